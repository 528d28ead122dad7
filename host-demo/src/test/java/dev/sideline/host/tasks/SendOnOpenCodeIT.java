package dev.sideline.host.tasks;

import static dev.sideline.host.model.Turn.anyUserContains;
import static dev.sideline.host.opencode.harness.RealOpenCode.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.ToolResult;
import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.model.Gate;
import dev.sideline.host.model.Reply;
import org.junit.jupiter.api.Test;

/** Messages to tasks, and tasks that go on where others left off, on a real OpenCode server. */
@LeakCheck.OncePerClass
class SendOnOpenCodeIT extends OnOpenCode {

  @Test
  void a_queued_message_is_read_when_the_agent_has_finished_what_it_does() {
    openHost();
    Gate gate = opencode.model().whenAsked("the first part").hold("part one ", "is done");
    opencode.model().whenAsked("the second part").reply(Reply.text("both parts are done"));
    String task = host.launch(parent, WORKER, "the first part");
    gate.awaitReached();

    assertThat(send(task, "now the second part", "queue")).isEqualTo("delivered");
    assertThat(host.task(parent, task).path("status").asText()).isEqualTo("running");
    gate.open();

    assertThat(host.awaitNotices(parent, 1)).hasSize(1);
    assertThat(host.awaitEnd(parent, task).path("output").asText())
        .isEqualTo("both parts are done");
  }

  @Test
  void an_interrupting_message_stops_what_the_agent_does_and_is_worked_on_at_once() {
    openHost();
    Gate gate = opencode.model().whenAsked("the long way").hold("going the long way", " home");
    opencode.model().whenAsked("take the short way").reply(Reply.text("there already"));
    String task = host.launch(parent, WORKER, "the long way");
    gate.awaitReached();

    assertThat(send(task, "take the short way", "interrupt")).isEqualTo("interrupted");

    assertThat(host.awaitNotices(parent, 1)).hasSize(1);
    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(ended.path("output").asText()).isEqualTo("there already");
  }

  @Test
  void a_message_reaches_a_task_whose_model_is_being_tried_again() {
    openHost();
    opencode.model().whenAsked("a rough road").reply(Reply.error(500, "a hole in the road"));
    opencode.model().whenAsked("go round the hole").reply(Reply.text("round it"));
    String task = host.launch(parent, WORKER, "a rough road");
    host.awaitStatus(parent, task, "retrying");

    assertThat(send(task, "go round the hole", "interrupt")).isEqualTo("interrupted");

    assertThat(host.awaitEnd(parent, task).path("output").asText()).isEqualTo("round it");
  }

  @Test
  void a_task_that_has_ended_is_gone_on_with_in_its_session_by_a_new_one() {
    openHost();
    opencode.model().whenAsked("count to three").reply(Reply.text("one two three"));
    opencode.model().whenAsked("and on to five").reply(Reply.text("four five"));
    String first = host.launch(parent, WORKER, "count to three");
    JsonNode ended = host.awaitEnd(parent, first);
    assertThat(host.call(parent, "background_send", message(first, "hello?", "queue")).error())
        .isTrue();

    String second =
        TaskHost.structured(
                host.call(
                    parent,
                    "background_task",
                    "{\"description\":\"on\",\"prompt\":\"and on to five\",\"task_id\":\""
                        + first
                        + "\"}"))
            .path("task_id")
            .asText();

    assertThat(second).isNotEqualTo(first);
    JsonNode gone = host.awaitEnd(parent, second);
    assertThat(gone.path("output").asText()).isEqualTo("four five");
    assertThat(gone.path("session_id").asText()).isEqualTo(ended.path("session_id").asText());
    assertThat(gone.path("resumes").asText()).isEqualTo(first);
    assertThat(gone.path("agent").asText()).isEqualTo(WORKER);
    assertThat(host.task(parent, first).path("output").asText()).isEqualTo("one two three");
    assertThat(opencode.model().turns(anyUserContains("and on to five")))
        .isNotEmpty()
        .allMatch(turn -> anyUserContains("count to three").test(turn));
  }

  @Test
  void a_task_that_is_not_there_is_neither_written_to_nor_gone_on_with() {
    openHost();
    ToolResult sent = host.call(parent, "background_send", message("bg_none", "hello?", "queue"));
    ToolResult launched =
        host.call(
            parent,
            "background_task",
            "{\"description\":\"on\",\"prompt\":\"go on\",\"task_id\":\"bg_none\"}");

    assertThat(sent.error()).isTrue();
    assertThat(sent.text()).contains("bg_none");
    assertThat(launched.error()).isTrue();
    assertThat(launched.text()).contains("bg_none");
    assertThat(TaskHost.get(host.sessions().children(parent))).isEmpty();
  }

  private String send(String task, String message, String mode) {
    return host.send(parent, message(task, message, mode));
  }

  private static String message(String task, String message, String mode) {
    return "{\"task_id\":\""
        + task
        + "\",\"message\":\""
        + message
        + "\",\"mode\":\""
        + mode
        + "\"}";
  }
}
