package dev.sideline.background;

import static dev.sideline.background.PluginScenario.PARENT;
import static dev.sideline.background.PluginScenario.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.HostContext;
import dev.sideline.api.Message;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.SessionClient;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.MinimalSessionClient;
import dev.sideline.api.testing.SessionCall;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tasks in a host that does only what every host has to. */
class MinimalHostTest {

  private final PluginScenario scenario = new PluginScenario(Map.of(), MinimalHostTest::activate);

  private static PluginHooks activate(HostContext host) {
    return new BackgroundPlugin().activate(new MinimalHost(host));
  }

  @AfterEach
  void dispose() {
    scenario.close();
  }

  @Test
  void a_task_runs_to_its_end_and_its_parent_is_told() {
    String task = scenario.launchAndAwait(PARENT, "work");
    scenario.sessions.finish(scenario.child(task), "forty-two");

    patiently().until(() -> !scenario.notices().isEmpty());
    assertThat(scenario.states(task)).last().isEqualTo("completed: ok");
    assertThat(scenario.task(task).path("output").asText()).isEqualTo("forty-two");
    assertThat(scenario.notices()).extracting(Message::text).hasSize(1);
  }

  @Test
  void a_task_can_be_cancelled_and_has_really_stopped() {
    String task = scenario.launchAndAwait(PARENT, "work");
    ToolResult cancelled =
        scenario.call("background_cancel", PARENT, "{\"task_id\":\"" + task + "\"}");

    assertThat(cancelled.text()).startsWith("Stopped:");
    assertThat(scenario.sessions.working(scenario.child(task))).isFalse();
  }

  @Test
  void a_session_of_which_it_is_not_known_whether_it_was_created_is_not_created_twice() {
    scenario.sessions.next(SessionCall.Create.class).losesItsAnswer();
    String task = scenario.launch("work");
    JsonNode ended = scenario.awaitEnd(task);

    assertThat(ended.path("reason").asText()).isEqualTo("launch_failed");
    assertThat(ended.path("detail").asText()).contains("the answer was lost");
    assertThat(scenario.calls(SessionCall.Create.class)).isEqualTo(1);
    assertThat(scenario.calls(SessionCall.GetChildren.class)).isZero();
  }

  @Test
  void a_question_that_such_a_host_tells_of_all_the_same_does_not_hold_its_task_for_ever() {
    String task = scenario.launchAndAwait(PARENT, "work");
    scenario.sessions.askQuestion(scenario.child(task), "Tea or coffee?");
    patiently().until(() -> scenario.states(task).contains("input_required"));

    scenario.host.loseEvents();
    patiently().until(() -> scenario.status(task).equals("running"));
    scenario.sessions.finish(scenario.child(task), "tea");
    patiently().until(() -> scenario.status(task).equals("completed"));
  }

  @Test
  void a_shutdown_stops_what_runs() {
    String task = scenario.launchAndAwait(PARENT, "work");
    String child = scenario.child(task);
    scenario.close();

    assertThat(scenario.sessions.working(child)).isFalse();
    assertThat(scenario.states(task)).last().isEqualTo("cancelled: shutdown");
  }

  /** A host that offers the sessions of another one, and no more than it has to. */
  private record MinimalHost(HostContext host) implements HostContext {

    @Override
    public SessionClient sessions() {
      return new MinimalSessionClient(host.sessions());
    }

    @Override
    public Map<String, String> settings() {
      return host.settings();
    }

    @Override
    public Clock clock() {
      return host.clock();
    }

    @Override
    public void publish(PluginEvent event) {
      host.publish(event);
    }
  }
}
