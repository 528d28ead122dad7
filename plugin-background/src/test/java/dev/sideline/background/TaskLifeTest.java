package dev.sideline.background;

import static dev.sideline.background.PluginScenario.PARENT;
import static dev.sideline.background.PluginScenario.answer;
import static dev.sideline.background.PluginScenario.json;
import static dev.sideline.background.PluginScenario.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.Prompt;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.SessionCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From launch to notice, as agents see it. */
class TaskLifeTest {

  private PluginScenario scenario = new PluginScenario(Map.of());

  @AfterEach
  void dispose() {
    scenario.close();
  }

  private void with(Map<String, String> settings) {
    scenario.close();
    scenario = new PluginScenario(settings);
  }

  // --- launching

  @Test
  void an_agent_that_does_not_exist_fails_visibly() {
    scenario.sessions.limitAgents("reviewer");

    JsonNode ended = scenario.awaitEnd(scenario.launch("work"));

    assertThat(ended.path("status").asText()).isEqualTo("failed");
    assertThat(ended.path("detail").asText()).contains("no agent 'worker'");
    patiently().until(() -> !scenario.notices().isEmpty());
    assertThat(scenario.notices().get(0).text()).contains("failed");
  }

  @Test
  void no_more_run_than_allowed_and_the_others_are_told_their_place() {
    with(Map.of("max_running", "2"));
    List<JsonNode> launched = new ArrayList<>();
    for (int task = 0; task < 5; task++) {
      ToolResult result =
          scenario.call(
              "background_task",
              PARENT,
              "{\"description\":\"d\",\"agent\":\"worker\",\"prompt\":\"p\"}");
      launched.add(json(result));
      assertThat(result.text())
          .contains(
              task < 2 ? "It is being started." : "at place " + (task - 1) + " of your queue");
    }
    assertThat(launched)
        .extracting(task -> task.path("queue_position").asInt())
        .containsExactly(0, 0, 1, 2, 3);

    for (JsonNode task : launched) {
      String id = task.path("task_id").asText();
      patiently()
          .until(() -> scenario.hasChild(id) && scenario.sessions.working(scenario.child(id)));
      assertThat(working()).isLessThanOrEqualTo(2);
      scenario.sessions.finish(scenario.child(id), "done");
      scenario.awaitStatus(id, "completed");
    }
    patiently().until(() -> scenario.sessions.working(PARENT));
    assertThat(scenario.calls(SessionCall.Create.class)).isEqualTo(5);
  }

  @Test
  void three_hundred_tasks_need_no_thread_each() {
    with(Map.of("max_running", "300", "max_running_per_parent", "300", "max_starting", "300"));
    for (int task = 0; task < 300; task++) {
      scenario.launch("work");
    }

    patiently().until(() -> working() == 300);
    // And one that asks the host for ids of messages, while there are any to ask for.
    assertThat(threads()).hasSizeBetween(3, 4);
  }

  @Test
  void tasks_go_no_deeper_than_allowed() {
    with(Map.of("max_depth", "1"));
    String task = scenario.launchAndAwait(PARENT, "work");

    ToolResult refused =
        scenario.call(
            "background_task",
            scenario.child(task),
            "{\"description\":\"d\",\"agent\":\"worker\",\"prompt\":\"p\"}");

    assertThat(refused.error()).isTrue();
    assertThat(refused.text()).startsWith("Not launched: ").contains("max_depth");
    assertThat(scenario.calls(SessionCall.Create.class)).isEqualTo(1);
    assertThat(scenario.sessions.calls(SessionCall.SendPrompt.class).get(0).prompt().deniedTools())
        .containsExactly("*background_task");
  }

  // --- nested tasks

  @Test
  void a_task_is_not_complete_while_one_of_its_own_runs() {
    with(Map.of("max_depth", "2"));
    String outer = scenario.launchAndAwait(PARENT, "outer");
    String child = scenario.child(outer);
    String inner = scenario.launchAndAwait(child, "inner");

    scenario.sessions.finish(child, "I have launched one");
    scenario.pass(Duration.ofMinutes(2));
    scenario.host.loseEvents();
    scenario.pass(Duration.ofMinutes(2));
    assertThat(scenario.status(outer)).isEqualTo("running");
    assertThat(scenario.notices()).isEmpty();

    scenario.sessions.finish(scenario.child(inner), "inner result");
    patiently().until(() -> scenario.sessions.working(child));
    scenario.sessions.finish(child, "outer result");

    scenario.awaitStatus(outer, "completed");
    assertThat(scenario.task(outer).path("output").asText()).isEqualTo("outer result");
    patiently().until(() -> scenario.sessions.working(PARENT));
    assertThat(scenario.notices()).hasSize(1);
    assertThat(scenario.notices().get(0).text()).contains(outer).doesNotContain(inner);
  }

  @Test
  void a_session_above_sees_and_stops_the_tasks_of_its_tasks() {
    with(Map.of("max_depth", "2"));
    String outer = scenario.launchAndAwait(PARENT, "outer");
    String inner = scenario.launchAndAwait(scenario.child(outer), "inner");

    assertThat(scenario.call("background_list", PARENT, "{}").text()).contains(outer, inner);
    ToolResult cancelled =
        scenario.call("background_cancel", PARENT, "{\"task_id\":\"" + outer + "\"}");

    assertThat(cancelled.text()).startsWith("Stopped:");
    patiently()
        .until(
            () ->
                !scenario.sessions.working(scenario.child(inner))
                    && !scenario.sessions.working(scenario.child(outer)));
    patiently()
        .untilAsserted(() -> assertThat(scenario.states(inner)).endsWith("cancelled: parent_gone"));
    assertThat(scenario.states(outer)).endsWith("cancelled: cancelled");
  }

  // --- notices

  @Test
  void a_notice_keeps_the_agent_and_the_model_of_its_parent() {
    ModelRef model = new ModelRef("acme", "large");
    assertThat(
            scenario.sessions.prompt(
                new Prompt(PARENT, "msg_0", "hello", "planner", model, null, Set.of(), true, null)))
        .isCompleted();
    scenario.sessions.finish(PARENT, "hello");
    String task = scenario.launchAndAwait(PARENT, "work");
    scenario.sessions.finish(scenario.child(task), "done");

    patiently().until(() -> !scenario.notices().isEmpty());

    Message notice = scenario.notices().get(0);
    assertThat(notice.agent()).isEqualTo("planner");
    assertThat(notice.model()).isEqualTo(model);
  }

  @Test
  void a_parent_that_is_at_work_is_told_when_it_has_finished_that() {
    String child = parentWorksWhileATaskEnds();
    assertThat(scenario.notices()).isEmpty();

    scenario.sessions.finish(PARENT, "busy no more");

    patiently().until(() -> !scenario.notices().isEmpty());
    assertThat(scenario.sessions.working(child)).isFalse();
    assertThat(scenario.sessions.working(PARENT)).as("woken by the notice").isTrue();
  }

  @Test
  void a_parent_that_is_at_work_is_told_all_the_same() {
    parentWorksWhileATaskEnds();

    scenario.pass(Duration.ofSeconds(61));

    patiently().until(() -> !scenario.notices().isEmpty());
    assertThat(scenario.sessions.working(PARENT)).isTrue();
  }

  /** Tells the session of the task. */
  private String parentWorksWhileATaskEnds() {
    assertThat(
            scenario.sessions.prompt(
                new Prompt(PARENT, "msg_0", "hello", null, null, null, Set.of(), true, null)))
        .isCompleted();
    String task = scenario.launchAndAwait(PARENT, "work");
    String child = scenario.child(task);
    scenario.sessions.finish(child, "done");
    patiently().until(() -> scenario.states(task).contains("completed: ok"));
    return child;
  }

  // --- the parent goes

  @Test
  void when_a_session_is_deleted_its_tasks_are_cancelled() {
    String task = scenario.launchAndAwait(PARENT, "work");
    String child = scenario.child(task);

    scenario.sessions.emit(new SessionEvent.Deleted(PARENT));

    patiently()
        .untilAsserted(() -> assertThat(scenario.states(task)).endsWith("cancelled: parent_gone"));
    assertThat(scenario.sessions.working(child)).isFalse();
    assertThat(scenario.notices()).isEmpty();
  }

  @Test
  void when_a_session_is_deleted_its_tasks_run_on_if_so_set() {
    with(Map.of("on_parent_deleted", "detach"));
    String task = scenario.launchAndAwait(PARENT, "work");
    String child = scenario.child(task);

    scenario.sessions.emit(new SessionEvent.Deleted(PARENT));
    scenario.pass(Duration.ofSeconds(60));
    assertThat(scenario.calls(SessionCall.Abort.class)).isZero();
    assertThat(scenario.sessions.working(child)).isTrue();
    scenario.sessions.finish(child, "done");

    patiently().untilAsserted(() -> assertThat(scenario.states(task)).endsWith("completed: ok"));
    assertThat(scenario.notices()).isEmpty();
  }

  // --- memory

  @Test
  void what_has_ended_can_be_cleared_and_what_runs_stays() {
    List<String> done = new ArrayList<>();
    for (int task = 0; task < 3; task++) {
      done.add(scenario.launchAndAwait(PARENT, "work"));
    }
    done.forEach(task -> scenario.sessions.finish(scenario.child(task), "done"));
    done.forEach(task -> scenario.awaitStatus(task, "completed"));
    patiently()
        .until(() -> scenario.call("background_list", PARENT, "{}").text().lines().count() == 3);
    patiently().until(() -> scenario.sessions.working(PARENT));
    String live = scenario.launchAndAwait(PARENT, "go on");

    patiently()
        .untilAsserted(
            () -> {
              ToolResult cleared = scenario.call("background_clear", PARENT, "{}");
              assertThat(json(cleared).path("kept").asInt()).isZero();
            });

    JsonNode listed = json(scenario.call("background_list", PARENT, "{}"));
    assertThat(listed.path("total").asInt()).isEqualTo(1);
    assertThat(listed.at("/tasks/0/task_id").asText()).isEqualTo(live);
    assertThat(
            scenario
                .call("background_output", PARENT, "{\"task_id\":\"" + done.get(0) + "\"}")
                .error())
        .isTrue();
    assertThat(scenario.sessions.working(scenario.child(live))).isTrue();
  }

  @Test
  void a_session_clears_its_own_tasks_only() {
    scenario.sessions.addSession("stranger");
    String task = scenario.launchAndAwait(PARENT, "work");
    scenario.sessions.finish(scenario.child(task), "done");
    scenario.awaitStatus(task, "completed");
    patiently().until(() -> scenario.sessions.working(PARENT));

    assertThat(json(scenario.call("background_clear", "stranger", "{}")).path("cleared").asInt())
        .isZero();
    assertThat(scenario.status(task)).isEqualTo("completed");
  }

  @Test
  void of_many_finished_tasks_the_newest_stay() {
    with(Map.of("retained_max_count", "10"));
    scenario.sessions.onTurn(
        prompt -> {
          // A parent that stayed at work would not be told of the next.
          scenario.sessions.finish(prompt.sessionId(), "done");
        });
    List<String> tasks = new ArrayList<>();
    for (int task = 0; task < 30; task++) {
      String id = scenario.launch("work");
      patiently().until(() -> scenario.states(id).contains("completed: ok"));
      scenario.pass(Duration.ofSeconds(1));
      tasks.add(id);
    }

    patiently()
        .untilAsserted(
            () -> {
              JsonNode listed = json(scenario.call("background_list", PARENT, "{\"limit\":200}"));
              assertThat(listed.path("tasks"))
                  .extracting(task -> task.path("task_id").asText())
                  .containsExactlyInAnyOrderElementsOf(tasks.subList(20, 30));
            });
  }

  // --- the end

  @Test
  void dispose_stops_what_runs_answers_who_waits_and_leaves_no_thread() {
    List<String> tasks = new ArrayList<>();
    List<CompletableFuture<ToolResult>> waits = new ArrayList<>();
    for (int task = 0; task < 3; task++) {
      tasks.add(scenario.launchAndAwait(PARENT, "work"));
      waits.add(scenario.begin("background_output", PARENT, "{\"wait\":\"all\"}"));
    }

    scenario.hooks.dispose();

    assertThat(waits)
        .allSatisfy(
            wait -> {
              assertThat(wait).isDone();
              assertThat(answer(wait).text()).isNotEmpty();
            });
    assertThat(tasks)
        .allSatisfy(task -> assertThat(scenario.states(task)).endsWith("cancelled: shutdown"));
    assertThat(working()).isZero();
    assertThat(threads()).isEmpty();
    int calls = scenario.sessions.calls().size();
    scenario.hooks.dispose();
    assertThat(scenario.call("background_list", PARENT, "{}").text())
        .isEqualTo("Background tasks are being shut down. Nothing was changed.");
    assertThat(scenario.sessions.calls()).hasSize(calls);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void dispose_does_not_wait_for_ever_for_what_will_not_stop(boolean silent) {
    with(Map.of("dispose_seconds", "1"));
    scenario.launchAndAwait(PARENT, "work");
    CompletableFuture<ToolResult> wait =
        scenario.begin("background_output", PARENT, "{\"wait\":\"all\"}");
    CompletableFuture<ToolResult> cancel;
    if (silent) {
      scenario.sessions.next(SessionCall.Abort.class).neverAnswers();
    }
    scenario.sessions.ignoreAborts(true);
    cancel = scenario.begin("background_cancel", PARENT, "{\"all\":true}");
    long begun = System.nanoTime();

    scenario.hooks.dispose();

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    assertThat(wait).isDone();
    assertThat(cancel).isDone();
    assertThat(threads()).isEmpty();
  }

  @Test
  void whoever_watches_a_wait_is_told_how_far_it_is() {
    String task = scenario.launchAndAwait(PARENT, "p");
    Queue<String> told = new ConcurrentLinkedQueue<>();
    CompletableFuture<ToolResult> wait =
        scenario.begin(
            ToolCall.of(PARENT, "{\"wait\":\"all\",\"timeout_seconds\":600}")
                .withProgress(told::add),
            "background_output");

    patiently()
        .until(
            () -> {
              scenario.pass(Duration.ofSeconds(1));
              return told.contains("Waiting for \"a test\" (worker, running)");
            });
    scenario.sessions.finish(scenario.child(task), "42");

    assertThat(PluginScenario.answer(wait).text()).contains("42");
  }

  private long working() {
    return scenario.sessions.sessions().stream()
        .filter(session -> scenario.sessions.working(session.id()))
        .filter(session -> !session.id().equals(PARENT))
        .count();
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("sideline-"))
        .toList();
  }
}
