package dev.sideline.host.tasks;

import static dev.sideline.host.model.Turn.lastUserContains;
import static dev.sideline.host.opencode.harness.RealOpenCode.WORKER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.Prompt;
import dev.sideline.api.ToolResult;
import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.model.Gate;
import dev.sideline.host.model.Reply;
import dev.sideline.host.opencode.OpenCodeOptions;
import dev.sideline.host.opencode.OpenCodeRuntime;
import dev.sideline.host.opencode.harness.RawEvents;
import dev.sideline.host.opencode.harness.RealOpenCode;
import dev.sideline.host.opencode.harness.TcpProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The life of tasks on a real OpenCode server whose model does as the test says. */
@LeakCheck.OncePerClass
class TasksOnOpenCodeIT extends OnOpenCode {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @BeforeEach
  void open() {
    openHost();
  }

  @Test
  void a_task_works_with_tools_is_verified_announced_and_read() {
    opencode
        .model()
        .whenAsked("list the house")
        .reply(
            Reply.tool("bash", "{\"command\":\"echo one\",\"description\":\"look\"}")
                .withTokens(100, 40, 20))
        .reply(Reply.text("the house has one room").withTokens(200, 0, 30));

    String task = host.launch(parent, WORKER, "list the house");
    List<Message> notices = host.awaitNotices(parent, 1);
    assertThat(notices).hasSize(1);
    assertThat(notices.get(0).text()).contains(task).contains("All of your background tasks");
    await()
        .atMost(PATIENCE)
        .until(() -> !opencode.model().turns(lastUserContains("[Background tasks]")).isEmpty());

    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(ended.path("reason").asText()).isEqualTo("ok");
    assertThat(ended.path("output").asText()).isEqualTo("the house has one room");
    assertThat(ended.path("tool_calls").asInt()).isEqualTo(1);
    assertThat(ended.path("last_tool").asText()).isEqualTo("bash");
    assertThat(ended.path("tokens").asLong()).isEqualTo(350);
    assertThat(ended.path("cost_usd").asDouble()).isGreaterThan(0);
    host.awaitStates(task, "pending", "starting", "running", "completed");
  }

  @Test
  void a_parent_that_has_read_a_result_is_not_told_of_it() {
    Gate quick = opencode.model().whenAsked("a quick job").hold("quick", " done");
    Gate slow = opencode.model().whenAsked("a slow job").hold("slow", " done");
    String read = host.launch(parent, WORKER, "a quick job");
    String other = host.launch(parent, WORKER, "a slow job");
    quick.awaitReached();
    slow.awaitReached();
    CompletionStage<ToolResult> reading = host.beginWait(parent, read);
    quick.open();
    assertThat(TaskHost.structured(TaskHost.get(reading)).path("tasks").path(0).path("status"))
        .hasToString("\"completed\"");
    slow.open();

    assertThat(host.awaitNotices(parent, 1)).hasSize(1);
    assertThat(host.published(PluginEvent.NoticeSent.class))
        .extracting(PluginEvent.NoticeSent::taskIds)
        .containsExactly(List.of(other));
  }

  @Test
  void a_parent_is_told_of_each_task_and_woken_once_by_the_last() {
    Gate first = opencode.model().whenAsked("the first job").hold("one", " done");
    Gate second = opencode.model().whenAsked("the second job").hold("two", " done");
    String one = host.launch(parent, WORKER, "the first job");
    String two = host.launch(parent, WORKER, "the second job");
    first.awaitReached();
    second.awaitReached();

    first.open();
    Message told = host.awaitNotices(parent, 1).get(0);
    assertThat(told.text()).contains(one).doesNotContain(two).contains("1 other is still at work");
    assertThat(opencode.model().turns(lastUserContains("[Background tasks]"))).isEmpty();

    second.open();
    List<Message> notices = host.awaitNotices(parent, 2);
    assertThat(notices).hasSize(2);
    assertThat(notices.get(1).text()).contains("All of your").contains(one).contains(two);
    await()
        .atMost(PATIENCE)
        .until(() -> opencode.model().turns(lastUserContains("All of your")).size() == 1);
  }

  @Test
  void a_notice_keeps_the_agent_and_model_that_the_parent_uses() {
    ModelRef other = new ModelRef("fake", "other");
    TaskHost.get(
        host.sessions()
            .prompt(
                new Prompt(
                    parent,
                    host.sessions().newMessageId(),
                    "hello parent",
                    WORKER,
                    other,
                    null,
                    Set.of(),
                    true,
                    null)));
    await()
        .atMost(PATIENCE)
        .until(() -> TaskHost.get(host.sessions().messages(parent, 10)).size() >= 2);

    host.launch(parent, RealOpenCode.ASKER, "a small job");

    Message notice = host.awaitNotices(parent, 1).get(0);
    assertThat(notice.agent()).isEqualTo(WORKER);
    assertThat(notice.model()).isEqualTo(other);
  }

  @Test
  void a_task_cancelled_in_mid_stream_has_stopped_and_keeps_what_it_wrote() throws Exception {
    opencode.model().whenAsked("a long story").hold("Once upon a time", " the end");
    String task;
    String child;
    try (RawEvents events = opencode.rawEvents()) {
      task = host.launch(parent, WORKER, "a long story");
      child = host.childOf(parent, task);
      // What the model has sent, the server need not have taken in.
      await().atMost(PATIENCE).until(() -> events.told(child, "Once upon a time"));
    }

    JsonNode cancelled =
        TaskHost.structured(
            host.call(
                parent,
                "background_cancel",
                "{\"task_id\":\"" + task + "\",\"reason\":\"boring\"}"));

    assertThat(cancelled.path("stopped").path(0).path("task_id").asText()).isEqualTo(task);
    assertThat(TaskHost.get(host.sessions().statuses())).doesNotContainKey(child);
    JsonNode shown = host.task(parent, task);
    assertThat(shown.path("status").asText()).isEqualTo("cancelled");
    assertThat(shown.path("detail").asText()).isEqualTo("boring");
    assertThat(shown.path("output").asText()).contains("Once upon a time");
    assertThat(host.notices(parent)).isEmpty();
  }

  @Test
  void a_task_cancelled_while_its_model_is_tried_again_has_stopped() {
    opencode.model().whenAsked("a failing job").reply(Reply.error(500, "no luck"));
    String task = host.launch(parent, WORKER, "a failing job");
    host.awaitStatus(parent, task, "retrying");
    assertThat(host.task(parent, task).path("waiting_for").asText()).contains("no luck");

    host.call(parent, "background_cancel", "{\"all\":true}");

    JsonNode shown = host.task(parent, task);
    assertThat(shown.path("status").asText()).isEqualTo("cancelled");
    assertThat(shown.path("reason").asText()).isEqualTo("cancelled");
    assertThat(TaskHost.get(host.sessions().statuses()))
        .doesNotContainKey(shown.path("session_id").asText());
  }

  @Test
  void a_model_that_refuses_fails_the_task_with_its_words() {
    opencode.model().whenAsked("a refused job").reply(Reply.error(400, "too rude"));

    String task = host.launch(parent, WORKER, "a refused job");

    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isEqualTo("failed");
    assertThat(ended.path("reason").asText()).isEqualTo("session_error");
    assertThat(ended.path("detail").asText()).contains("too rude");
  }

  @Test
  void a_model_that_fails_for_a_while_delays_the_task_visibly() {
    opencode
        .model()
        .whenAsked("a patient job")
        .reply(Reply.error(429, "slow down"))
        .reply(Reply.text("got there"));

    String task = host.launch(parent, WORKER, "a patient job");

    assertThat(host.awaitEnd(parent, task).path("output").asText()).isEqualTo("got there");
    host.awaitStates(task, "pending", "starting", "running", "retrying", "running", "completed");
  }

  @Test
  void a_model_that_cuts_its_stream_does_not_leave_the_task_running() {
    opencode
        .model()
        .whenAsked("a broken job")
        .reply(Reply.text("half of").thenCut())
        .reply(Reply.text("all of it"));

    String task = host.launch(parent, WORKER, "a broken job");

    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isIn("completed", "failed");
    assertThat(ended.path("output").asText()).isNotEmpty();
  }

  @Test
  void a_model_that_says_nothing_is_not_a_success() {
    opencode.model().whenAsked("a silent job").reply(Reply.empty());

    String task = host.launch(parent, WORKER, "a silent job");

    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("reason").asText()).isNotEqualTo("ok");
  }

  @Test
  void a_model_that_hangs_is_shown_as_running_and_can_be_cancelled() {
    opencode.model().whenAsked("a hanging job").reply(Reply.hanging());
    String task = host.launch(parent, WORKER, "a hanging job");
    await()
        .atMost(PATIENCE)
        .until(() -> !opencode.model().turns(lastUserContains("a hanging job")).isEmpty());

    JsonNode vain =
        TaskHost.structured(
            host.call(
                parent,
                "background_output",
                "{\"task_id\":\"" + task + "\",\"wait\":\"any\",\"timeout_seconds\":10}"));
    assertThat(vain.path("waited_in_vain").asBoolean()).isTrue();
    assertThat(vain.path("tasks").path(0).path("status").asText()).isEqualTo("running");

    host.call(parent, "background_cancel", "{\"task_id\":\"" + task + "\"}");
    assertThat(host.task(parent, task).path("reason").asText()).isEqualTo("cancelled");
  }

  @Test
  void a_child_that_is_deleted_fails_its_task() {
    Gate gate = opencode.model().whenAsked("a doomed job").hold("begun", " ended");
    String task = host.launch(parent, WORKER, "a doomed job");
    gate.awaitReached();

    TaskHost.get(host.sessions().delete(host.childOf(parent, task)));

    assertThat(host.awaitNotices(parent, 1).get(0).text()).contains(task);
    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isIn("failed", "cancelled");
    assertThat(ended.path("reason").asText()).isIn("session_deleted", "interrupted");
  }

  @Test
  void tasks_of_a_deleted_parent_are_stopped_and_forgotten() {
    Gate gate = opencode.model().whenAsked("an orphan job").hold("begun", " ended");
    String task = host.launch(parent, WORKER, "an orphan job");
    gate.awaitReached();
    String child = host.childOf(parent, task);

    TaskHost.get(host.sessions().delete(parent));

    await()
        .atMost(PATIENCE)
        .until(() -> host.call(parent, "background_list", "{}").text().contains("no background"));
    assertThat(TaskHost.get(host.sessions().statuses())).doesNotContainKey(child);
  }

  @Test
  void another_session_sees_nothing_of_a_task() {
    String task = host.launch(parent, WORKER, "a private job");
    host.awaitEnd(parent, task);
    String stranger = host.newParent();

    String foreign =
        host.call(stranger, "background_output", "{\"task_id\":\"" + task + "\"}").text();
    String unknown =
        host.call(stranger, "background_output", "{\"task_id\":\"bg_unknown\"}").text();

    assertThat(foreign.replace(task, "ID")).isEqualTo(unknown.replace("bg_unknown", "ID"));
    assertThat(host.call(stranger, "background_list", "{}").text())
        .isEqualTo("You have no background tasks.");
  }

  @Test
  void a_shutdown_stops_what_is_running() {
    Gate gate = opencode.model().whenAsked("a job at closing time").hold("begun", " ended");
    String task = host.launch(parent, WORKER, "a job at closing time");
    gate.awaitReached();
    String child = host.childOf(parent, task);

    host.close();

    try (OpenCodeRuntime observer = OpenCodeRuntime.connect(opencode.options())) {
      assertThat(TaskHost.get(observer.sessions().statuses())).doesNotContainKey(child);
    }
  }

  @Test
  void an_agent_goes_on_when_its_server_was_killed_and_started_again() {
    Gate gate = opencode.model().whenAsked("a job broken off").hold("half a", " word");
    opencode.model().whenAsked("Your work was broken off").reply(Reply.text("a whole word"));
    String task = host.launch(parent, WORKER, "a job broken off");
    gate.awaitReached();
    host.awaitStatus(parent, task, "running");

    opencode.kill();
    opencode.restart();

    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(ended.path("output").asText()).isEqualTo("a whole word");
    assertThat(TaskHost.get(host.sessions().children(parent))).hasSize(1);
  }

  @Test
  void a_task_is_lost_with_its_server_where_that_is_set() {
    host.close();
    openHost("on_restart", "fail");
    Gate gate = opencode.model().whenAsked("a job cut short").hold("half a", " word");
    String lost = host.launch(parent, WORKER, "a job cut short");
    gate.awaitReached();
    host.awaitStatus(parent, lost, "running");

    opencode.kill();
    opencode.restart();

    assertThat(host.awaitNotices(parent, 1).get(0).text()).contains(lost);
    JsonNode ended = host.awaitEnd(parent, lost);
    assertThat(ended.path("status").asText()).isEqualTo("failed");
    assertThat(ended.path("reason").asText()).isEqualTo("lost");
    String next = host.launch(parent, WORKER, "a job after the restart");
    assertThat(host.awaitEnd(parent, next).path("status").asText()).isEqualTo("completed");
  }

  @Test
  void a_task_that_ends_while_the_event_stream_is_cut_is_found_to_have_ended() throws IOException {
    Gate gate = opencode.model().whenAsked("a job in the dark").hold("begun", " and ended");
    OpenCodeOptions direct = opencode.options();
    host.close();
    try (TcpProxy network = new TcpProxy(opencode.url());
        OpenCodeRuntime beside = OpenCodeRuntime.connect(direct)) {
      OpenCodeOptions through =
          OpenCodeOptions.of(
                  network.url(),
                  Map.of(OpenCodeOptions.PASSWORD_VARIABLE, String.valueOf(direct.password())))
              .withDirectory(opencode.project());
      // With so slow a beat, only the end of the cut can bring it to light.
      host = new TaskHost(OpenCodeRuntime.connect(through), Map.of("reconcile_seconds", "3600"));
      parent = host.newParent();
      String task = host.launch(parent, WORKER, "a job in the dark");
      gate.awaitReached();
      String child = host.childOf(parent, task);

      network.cut();
      gate.open();
      await()
          .atMost(PATIENCE)
          .until(() -> !TaskHost.get(beside.sessions().statuses()).containsKey(child));
      assertThat(host.task(parent, task).path("status").asText()).isEqualTo("running");
      network.mend();

      assertThat(host.awaitNotices(parent, 1)).hasSize(1);
      assertThat(host.awaitEnd(parent, task).path("output").asText()).isEqualTo("begun and ended");
      host.close();
    }
  }
}
