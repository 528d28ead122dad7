package dev.sideline.background;

import static dev.sideline.background.PluginScenario.PARENT;
import static dev.sideline.background.PluginScenario.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.EndReason;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.PluginEvent.RequestGone;
import dev.sideline.api.PluginEvent.RequestPending;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.Reply;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.TaskOperator.Answered;
import dev.sideline.api.TaskOperator.Fate;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.api.TaskStatus;
import dev.sideline.api.ToolUse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The tasks of all sessions, as whoever runs the host sees and stops them. */
class OperatorLifeTest {

  private final PluginScenario scenario = new PluginScenario(Map.of("max_running", "2"));
  private final TaskOperator operator = operatorOf(scenario.hooks);

  private static TaskOperator operatorOf(PluginHooks hooks) {
    return hooks.operator().orElseThrow();
  }

  @AfterEach
  void dispose() {
    scenario.close();
  }

  @Test
  void a_board_sees_the_tasks_of_all_sessions_and_what_they_wait_for() {
    scenario.sessions.addSession("another");
    Instant begin = scenario.host.clock().instant();
    String running = scenario.launchAndAwait(PARENT, "work");
    scenario.pass(Duration.ofSeconds(5));
    scenario.sessions.use(
        scenario.child(running), new ToolUse("call_1", "grep", ToolUse.State.RUNNING));
    String asking = scenario.launchAndAwait("another", "ask");
    PendingRequest request = scenario.sessions.askPermission(scenario.child(asking), "may I?");
    patiently().until(() -> task(asking).status() == TaskStatus.INPUT_REQUIRED);
    String next = scenario.launchAndAwait("another", "work");
    String waiting = scenario.launch("another", "wait");

    List<TaskSnapshot> tasks = get(operator.tasks());
    assertThat(tasks).extracting(TaskSnapshot::id).containsExactly(waiting, next, asking, running);
    patiently().until(() -> task(running).toolCalls() == 1);
    TaskSnapshot first = task(running);
    assertThat(first.parentSessionId()).isEqualTo(PARENT);
    assertThat(first.childSessionId()).isEqualTo(scenario.child(running));
    assertThat(first.agent()).isEqualTo("worker");
    assertThat(first.status()).isEqualTo(TaskStatus.RUNNING);
    assertThat(first.waitsFor()).isNull();
    assertThat(first.lastTool()).isEqualTo("grep");
    assertThat(first.times().created()).isEqualTo(begin);
    assertThat(first.times().changed()).isEqualTo(begin);
    assertThat(first.times().ended()).isNull();
    TaskSnapshot second = task(asking);
    assertThat(second.waitsFor()).isEqualTo(new TaskSnapshot.Answer());
    assertThat(second.requests())
        .containsExactly(
            new TaskSnapshot.Asked(request, second.times().changed().plusSeconds(3_600)));
    assertThat(second.times().changed()).isEqualTo(begin.plusSeconds(5));
    assertThat(task(waiting).waitsFor()).isEqualTo(new TaskSnapshot.Slot(1, "max_running", 2));
    assertThat(task(waiting).times().started()).isNull();
  }

  @Test
  void a_stop_button_stops_a_task_and_its_parent_is_told_by_whom() {
    String task = scenario.launchAndAwait(PARENT, "work");
    TaskSnapshot stopped = get(operator.cancel(task, "too dear")).orElseThrow();

    assertThat(stopped.reason()).isEqualTo(EndReason.CANCELLED_BY_OPERATOR);
    assertThat(stopped.detail()).isEqualTo("too dear");
    assertThat(stopped.times().ended()).isEqualTo(scenario.host.clock().instant());
    assertThat(scenario.sessions.working(scenario.child(task))).isFalse();
    patiently().until(() -> !scenario.notices().isEmpty());
    assertThat(scenario.notices().get(0).text()).contains("cancelled by an operator");
    assertThat(scenario.task(task).path("reason").asText()).isEqualTo("cancelled_by_operator");
    assertThat(get(operator.cancel("bg_unknown", null))).isEmpty();
  }

  @Test
  void an_answer_from_a_board_lets_the_agent_go_on_and_the_host_is_told_from_first_to_last() {
    String task = scenario.launchAndAwait(PARENT, "ask");
    PendingRequest request = scenario.sessions.askPermission(scenario.child(task), "may I?");
    patiently().until(() -> task(task).status() == TaskStatus.INPUT_REQUIRED);
    Answered answered = get(operator.answer(request.id(), new Reply.AllowAlways()));

    assertThat(answered).isEqualTo(new Answered(Fate.TAKEN, null));
    assertThat(scenario.sessions.replyTo(request.id())).contains(new Reply.AllowAlways());
    patiently().until(() -> task(task).status() == TaskStatus.RUNNING);
    assertThat(scenario.host.published())
        .filteredOn(event -> event instanceof RequestPending || event instanceof RequestGone)
        .containsExactly(
            new RequestPending(task, PARENT, PARENT, request, Duration.ofHours(1)),
            new RequestGone(task, PARENT, PARENT, request.id(), RequestGone.How.ANSWERED));
    assertThat(get(operator.answer(request.id(), new Reply.Allow())))
        .isEqualTo(new Answered(Fate.NOT_WAITING, null));
  }

  @Test
  void nothing_is_seen_and_nobody_waits_for_ever_once_the_plugin_is_disposed() {
    scenario.launchAndAwait(PARENT, "work");
    scenario.close();

    assertThat(operator.tasks())
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableThat()
        .withRootCauseInstanceOf(IllegalStateException.class);
  }

  private TaskSnapshot task(String id) {
    Optional<TaskSnapshot> task = get(operator.task(id));
    return task.orElseThrow();
  }

  private static <T> T get(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    return future.orTimeout(10, TimeUnit.SECONDS).join();
  }
}
