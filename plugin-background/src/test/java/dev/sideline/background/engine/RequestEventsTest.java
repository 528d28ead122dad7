package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.PluginEvent.RequestGone;
import dev.sideline.api.PluginEvent.RequestGone.How;
import dev.sideline.api.PluginEvent.RequestPending;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.TaskId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a host is told of the permissions and questions that tasks wait for. */
class RequestEventsTest {

  private EngineScenario scenario = new EngineScenario("input_timeout_seconds=60");
  private TaskId task = scenario.launch("parent");
  private String session = scenario.run(task);

  private void with(String... settings) {
    scenario = new EngineScenario(settings);
    task = scenario.launch("parent");
    session = scenario.run(task);
  }

  @Test
  void that_a_task_asks_is_told_once_with_what_and_for_how_long() {
    scenario.asks(session, "req");
    scenario.asks(session, "req");

    assertThat(scenario.published(RequestPending.class))
        .containsExactly(
            new RequestPending(
                task.value(),
                "parent",
                "parent",
                EngineScenario.permission(session, "req"),
                Duration.ofSeconds(60)));
    assertThat(scenario.published(RequestGone.class)).isEmpty();
  }

  @Test
  void one_that_waits_for_ever_has_no_timeout() {
    with("input_timeout_seconds=0");
    scenario.asks(session, "req");

    assertThat(scenario.published(RequestPending.class))
        .extracting(RequestPending::timeout)
        .containsOnlyNulls();
  }

  @Test
  void an_answer_through_the_plugin_is_told_as_one_when_the_host_has_taken_it() {
    scenario.asks(session, "req");
    scenario.reply("parent", "req", new Reply.Allow());
    assertThat(scenario.published(RequestGone.class)).isEmpty();
    scenario.apply(new Input.RequestReplied(task, "req"));
    scenario.event(new SessionEvent.RequestAnswered(session, "req"));

    assertThat(gone()).containsExactly(gone(How.ANSWERED));
  }

  @Test
  void what_was_answered_or_taken_back_in_the_host_is_told_as_that() {
    scenario.asks(session, "req");
    scenario.event(new SessionEvent.RequestAnswered(session, "req"));

    assertThat(gone()).containsExactly(gone(How.GONE_IN_HOST));
  }

  @Test
  void what_nobody_answers_in_time_is_told_as_timed_out() {
    scenario.asks(session, "req");
    scenario.passSeconds(60);
    scenario.apply(new Input.RequestReplied(task, "req"));

    assertThat(gone()).containsExactly(gone(How.TIMED_OUT));
  }

  @Test
  void so_is_one_that_has_its_task_cancelled() {
    with("input_timeout_seconds=60", "on_input_timeout=cancel");
    scenario.asks(session, "req");
    scenario.passSeconds(60);
    scenario.stops(task);

    assertThat(gone()).containsExactly(gone(How.TIMED_OUT));
  }

  @Test
  void one_that_is_answered_after_the_host_has_refused_what_is_set_for_that_was_answered() {
    scenario.asks(session, "req");
    scenario.passSeconds(60);
    scenario.apply(new Input.RequestReplyFailed(task, "req", Code.INVALID, "no"));
    scenario.reply("parent", "req", new Reply.Allow());
    scenario.apply(new Input.RequestReplied(task, "req"));

    assertThat(gone()).containsExactly(gone(How.ANSWERED));
  }

  @Test
  void what_a_task_had_asked_when_it_ended_or_was_stopped_is_withdrawn() {
    scenario.asks(session, "req");
    scenario.asks(session, "another");
    scenario.cancel("parent", task);
    scenario.finds(task, Kind.STOPPED, "");

    assertThat(gone())
        .containsExactlyInAnyOrder(
            gone(How.WITHDRAWN),
            new RequestGone(task.value(), "parent", "parent", "another", How.WITHDRAWN));
  }

  private List<RequestGone> gone() {
    return scenario.published(RequestGone.class);
  }

  private RequestGone gone(How how) {
    return new RequestGone(task.value(), "parent", "parent", "req", how);
  }
}
