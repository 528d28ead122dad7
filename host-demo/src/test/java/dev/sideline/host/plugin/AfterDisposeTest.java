package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.CancelSignal;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What still calls a plugin whose dispose has returned: nothing. */
class AfterDisposeTest {

  private final String calls = "sideline.test." + UUID.randomUUID();
  private final List<Runnable> onCancel = new ArrayList<>();

  @TempDir private Path folder;

  @AfterEach
  void forget() {
    System.clearProperty(calls);
  }

  @Test
  void a_cancellation_reaches_a_plugin_while_it_is_there() {
    try (TestPlugins plugins = plugins()) {
      CompletionStage<ToolResult> waiting = plugins.tool("waits").call(cancellable());
      onCancel.forEach(Runnable::run);
      assertThat(TestPlugins.answer(waiting).text()).isEqualTo("cancelled");
    }
    assertThat(System.getProperty(calls)).isEqualTo("cancelled disposed ");
  }

  @Test
  void whoever_runs_the_host_reaches_the_tasks_of_a_plugin_while_it_is_there() {
    try (TestPlugins plugins = plugins()) {
      assertThat(plugins.host.operators().get("noting").tasks().toCompletableFuture())
          .isCompletedWithValue(List.of());
    }
    assertThat(System.getProperty(calls)).isEqualTo("operator disposed ");
  }

  @Test
  void nothing_calls_a_plugin_that_has_been_disposed() {
    TestPlugins plugins = plugins();
    CompletionStage<ToolResult> waiting = plugins.tool("waits").call(cancellable());
    plugins.close();
    assertThat(TestPlugins.answer(waiting).error()).isTrue();

    onCancel.forEach(Runnable::run);
    plugins.event("s1");
    plugins.host.events().eventsLost();
    plugins.host.events().accept(new SessionEvent.Deleted("s1"));
    assertThat(plugins.host.events().observes("s1")).isFalse();
    assertThat(plugins.call("waits").error()).isTrue();
    assertThat(plugins.host.operators().get("noting").tasks().toCompletableFuture())
        .isCompletedExceptionally();

    assertThat(System.getProperty(calls)).isEqualTo("disposed ");
  }

  private ToolCall cancellable() {
    CancelSignal signal =
        action -> {
          onCancel.add(action);
          return () -> {};
        };
    return new ToolCall("{}", "s1", null, null, signal, line -> {});
  }

  private TestPlugins plugins() {
    PluginJar.named("noting")
        .hooks(
            """
            void note(String what) {
              String key = "%s";
              System.setProperty(key, System.getProperty(key, "") + what + " ");
            }
            public List<Tool> tools() {
              return List.of(
                  tool(
                      "waits",
                      call -> {
                        CompletableFuture<ToolResult> answer = new CompletableFuture<>();
                        call.cancellation()
                            .onCancel(
                                () -> {
                                  note("cancelled");
                                  answer.complete(ToolResult.of("cancelled", null));
                                });
                        return answer;
                      }));
            }
            public Optional<TaskOperator> operator() {
              return Optional.of(
                  (TaskOperator)
                      java.lang.reflect.Proxy.newProxyInstance(
                          Hooks.class.getClassLoader(),
                          new Class<?>[] {TaskOperator.class},
                          (proxy, method, arguments) -> {
                            note("operator");
                            return CompletableFuture.completedFuture(List.of());
                          }));
            }
            public boolean observes(String id) { note("observes"); return true; }
            public void onEvent(SessionEvent event) { note("event"); }
            public void onEventsLost() { note("lost"); }
            public void dispose() { note("disposed"); }
            """
                .formatted(calls))
        .writeTo(folder);
    return new TestPlugins(folder);
  }
}
