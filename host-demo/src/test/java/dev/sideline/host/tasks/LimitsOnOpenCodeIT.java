package dev.sideline.host.tasks;

import static dev.sideline.host.model.Turn.lastUserContains;
import static dev.sideline.host.opencode.harness.RealOpenCode.WORKER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.ToolResult;
import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.model.Gate;
import dev.sideline.host.model.Reply;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What stops tasks that do not stop by themselves, and what helps them on, on a real server. */
@LeakCheck.OncePerClass
class LimitsOnOpenCodeIT extends OnOpenCode {

  @Test
  void a_task_that_takes_too_long_is_stopped_with_what_it_has() {
    openHost();
    opencode.model().whenAsked("an endless tale").hold("Once upon a time", " for ever");

    String task = host.launch(parent, WORKER, "an endless tale", "{\"timeout_seconds\":2}");

    assertThat(host.awaitNotices(parent, 1).get(0).text()).contains(task, "longer than allowed");
    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("reason").asText()).isEqualTo("timed_out");
    assertThat(ended.path("output").asText()).contains("Once upon a time");
    assertQuiet(ended);
  }

  @Test
  void a_task_that_calls_too_many_tools_is_stopped_with_what_it_has() {
    openHost();
    AtomicInteger calls = new AtomicInteger();
    opencode
        .model()
        .whenAsked("turn every stone")
        .reply(turn -> bash("echo stone " + calls.incrementAndGet()));

    String task =
        host.launch(parent, WORKER, "turn every stone", "{\"budget\":{\"max_tool_calls\":3}}");

    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("reason").asText()).isEqualTo("budget_exceeded");
    assertThat(ended.path("detail").asText()).contains("tool calls");
    assertThat(ended.path("tool_calls").asInt()).isGreaterThanOrEqualTo(3);
    assertQuiet(ended);
    int atEnd = calls.get();
    assertThat(atEnd).isLessThan(20);
  }

  @Test
  void a_task_that_uses_too_many_tokens_is_stopped() {
    openHost();
    AtomicInteger calls = new AtomicInteger();
    opencode
        .model()
        .whenAsked("think hard")
        .reply(turn -> bash("echo thought " + calls.incrementAndGet()).withTokens(9_000, 0, 1_000));

    String task = host.launch(parent, WORKER, "think hard", "{\"budget\":{\"max_tokens\":25000}}");

    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("reason").asText()).isEqualTo("budget_exceeded");
    assertThat(ended.path("detail").asText()).contains("tokens");
    assertThat(ended.path("tokens").asLong()).isGreaterThan(25_000);
    assertQuiet(ended);
  }

  @Test
  void a_task_that_goes_round_in_circles_is_stopped_and_one_that_works_much_is_not() {
    openHost("loop_calls", "5");
    opencode.model().whenAsked("round and round").reply(bash("echo again"));
    AtomicInteger calls = new AtomicInteger();
    opencode
        .model()
        .whenAsked("step by step")
        .reply(
            turn ->
                calls.incrementAndGet() <= 12
                    ? bash("echo step " + calls.get())
                    : Reply.text("twelve steps"));

    String round = host.launch(parent, WORKER, "round and round");
    String steps = host.launch(parent, WORKER, "step by step");

    JsonNode ended = host.awaitEnd(parent, round);
    assertThat(ended.path("reason").asText()).isEqualTo("loop");
    assertThat(ended.path("detail").asText()).contains("bash", "same input");
    assertQuiet(ended);
    JsonNode worked = host.awaitEnd(parent, steps);
    assertThat(worked.path("output").asText()).isEqualTo("twelve steps");
    assertThat(worked.path("tool_calls").asInt()).isEqualTo(12);
  }

  @Test
  void a_task_whose_model_fails_is_gone_on_with_by_another_and_stays_the_same_task() {
    openHost("fallback_models", "*=fake/other");
    opencode
        .model()
        .when(turn -> turn.model().equals("fake") && lastUserContains("a hard nut").test(turn))
        .reply(Reply.error(400, "too hard for me"));
    opencode.model().when(turn -> turn.model().equals("other")).reply(Reply.text("cracked"));

    String task = host.launch(parent, WORKER, "a hard nut");

    assertThat(host.awaitNotices(parent, 1)).hasSize(1);
    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(ended.path("output").asText()).isEqualTo("cracked");
    assertThat(ended.path("model").asText()).isEqualTo("fake/other");
    assertThat(TaskHost.get(host.sessions().children(parent))).hasSize(1);
  }

  @Test
  void a_task_that_gives_no_sign_of_life_is_told_of_and_runs_on() {
    openHost();
    Gate gate = opencode.model().whenAsked("a deep sleep").hold("falling asleep", " and awake");

    String task = host.launch(parent, WORKER, "a deep sleep", "{\"stall_seconds\":2}");

    assertThat(host.awaitNotices(parent, 1).get(0).text()).contains(task, "no sign of life");
    JsonNode stalled = host.task(parent, task);
    assertThat(stalled.path("status").asText()).isEqualTo("running");
    assertThat(stalled.path("stalled").asBoolean()).isTrue();
    gate.open();
    assertThat(host.awaitEnd(parent, task).path("output").asText())
        .isEqualTo("falling asleep and awake");
  }

  @Test
  void a_task_may_not_launch_tasks_deeper_than_the_limit() {
    openHost("max_depth", "2");
    Gate child = opencode.model().whenAsked("the child").hold("child", " done");
    Gate grandchild = opencode.model().whenAsked("the grandson").hold("grandson", " done");
    String task = host.launch(parent, WORKER, "the child");
    child.awaitReached();
    String childSession = host.childOf(parent, task);
    String below = host.launch(childSession, WORKER, "the grandson");
    grandchild.awaitReached();
    String grandchildSession = host.childOf(childSession, below);

    ToolResult tooDeep =
        host.call(
            grandchildSession,
            "background_task",
            TaskHost.launchArguments(WORKER, "the great-grandson", "{}").toString());

    assertThat(tooDeep.error()).isTrue();
    assertThat(tooDeep.text()).contains("max_depth", "2");
    assertThat(TaskHost.get(host.sessions().children(grandchildSession))).isEmpty();
    child.open();
    grandchild.open();
    assertThat(host.awaitEnd(parent, task).path("status").asText()).isEqualTo("completed");
  }

  @Test
  void one_task_after_another_when_only_one_may_run_and_the_important_one_first() {
    openHost("max_running", "1");
    Gate gate = opencode.model().whenAsked("job one").hold("one", " done");
    String one = host.launch(parent, WORKER, "job one");
    gate.awaitReached();
    String two = host.launch(parent, WORKER, "job two");
    String three = host.launch(parent, WORKER, "job three", "{\"priority\":10}");
    String four =
        host.launch(parent, WORKER, "job four", "{\"after\":[\"" + three + "\"],\"priority\":5}");
    assertThat(host.task(parent, three).path("queue_position").asInt()).isEqualTo(1);
    assertThat(host.task(parent, three).path("limit").path("setting").asText())
        .isEqualTo("max_running");
    gate.open();

    for (String task : new String[] {one, two, three, four}) {
      assertThat(host.awaitEnd(parent, task).path("status").asText()).isEqualTo("completed");
    }
    assertThat(
            opencode.model().turns(lastUserContains("job ")).stream()
                .map(turn -> turn.lastUser())
                .filter(text -> !text.contains("[Background tasks]"))
                .toList())
        .hasSize(4)
        .startsWith("job one", "job three")
        .containsSubsequence("job three", "job four");
  }

  private static Reply bash(String command) {
    return Reply.tool("bash", "{\"command\":\"" + command + "\",\"description\":\"does it\"}");
  }

  /** Its session does nothing any more. */
  private void assertQuiet(JsonNode task) {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(TaskHost.get(host.sessions().statuses()))
                    .doesNotContainKey(task.path("session_id").asText()));
  }
}
