package dev.sideline.api.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.HostContext;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.TaskStatus;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class TestHostTest {

  @Test
  void a_plugin_gets_settings_events_and_tool_calls_until_it_is_disposed() {
    Echo echo = new Echo();
    try (TestHost host = new TestHost().setting("greeting", "hello")) {
      host.activate(echo);
      host.sessions().addSession("followed");
      host.sessions().emit(new SessionEvent.Idle("followed"));
      host.sessions().emit(new SessionEvent.Idle("other"));
      ToolResult result = host.call("echo", "followed", "{}").toCompletableFuture().join();

      assertThat(result.text()).isEqualTo("hello followed");
      assertThat(echo.heard).containsExactly("Created followed", "Idle followed");
      assertThat(host.published()).hasSize(1);
      host.loseEvents();
      assertThat(echo.heard).endsWith("lost");
      assertThatThrownBy(() -> host.call("no_such", "followed", "{}"))
          .hasMessageContaining("no_such");
    }
    assertThat(echo.heard).endsWith("disposed");
  }

  @Test
  void a_clock_moves_only_when_it_is_told_to_and_in_all_its_zones() {
    SettableClock clock = new SettableClock(Instant.parse("2026-05-01T12:00:00Z"));
    SettableClock elsewhere = clock.withZone(ZoneId.of("Asia/Tokyo"));
    clock.advance(Duration.ofMinutes(5));

    assertThat(elsewhere.instant()).isEqualTo("2026-05-01T12:05:00Z");
    elsewhere.set(Instant.EPOCH);
    assertThat(clock.instant()).isEqualTo(Instant.EPOCH);
    assertThat(clock.withZone(clock.getZone()).millis()).isZero();
  }

  @Test
  void a_clock_has_a_stop_watch_that_goes_on_whatever_the_clock_is_set_to() {
    try (TestHost host = new TestHost()) {
      SettableClock clock = host.clock();
      Instant start = clock.instant();
      long began = host.nanoTime();
      clock.jump(Duration.ofHours(-1));
      clock.suspend(Duration.ofHours(8));
      clock.set(clock.instant().plusSeconds(1));
      assertThat(host.nanoTime()).isEqualTo(began);
      assertThat(clock.instant()).isEqualTo(start.plus(Duration.ofHours(7)).plusSeconds(1));
      clock.advance(Duration.ofSeconds(3));
      clock.pause(Duration.ofSeconds(20));

      assertThat(host.nanoTime() - began).isEqualTo(23_000_000_000L);
      assertThat(clock.instant()).isEqualTo(start.plus(Duration.ofHours(7)).plusSeconds(24));
    }
  }

  private static final class Echo implements AgentPlugin, PluginHooks, Tool {

    private final List<String> heard = new ArrayList<>();
    private HostContext host;

    @Override
    public PluginHooks activate(HostContext context) {
      host = context;
      return this;
    }

    @Override
    public List<Tool> tools() {
      return List.of(this);
    }

    @Override
    public boolean observes(String sessionId) {
      return sessionId.equals("followed");
    }

    @Override
    public void onEvent(SessionEvent event) {
      heard.add(event.getClass().getSimpleName() + " " + event.sessionId());
    }

    @Override
    public void onEventsLost() {
      heard.add("lost");
    }

    @Override
    public void dispose() {
      heard.add("disposed");
    }

    @Override
    public ToolSpec spec() {
      return ToolSpec.of("echo", "Echoes", "{}");
    }

    @Override
    public CompletionStage<ToolResult> call(ToolCall call) {
      host.publish(
          new PluginEvent.TaskChanged(
              "bg_1", call.sessionId(), call.sessionId(), null, "echo", TaskStatus.PENDING, null));
      String greeting = host.settings().get("greeting");
      return CompletableFuture.completedStage(
          ToolResult.of(greeting + " " + call.sessionId(), null));
    }
  }
}
