package dev.sideline.background.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.ModelRef;
import dev.sideline.api.ToolResult;
import dev.sideline.api.Usage;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.Provenance;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import dev.sideline.background.text.Requests;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A task as JSON, as every tool shows it. */
class ListToolTest {

  private final ToolBench bench = new ToolBench(Map.of());

  @AfterEach
  void dispose() {
    bench.close();
  }

  @Test
  void how_a_task_came_to_be_is_shown() {
    Task task =
        Task.pending(
            new TaskId("bg_3"),
            List.of("me"),
            SampleTasks.spec("go on").by("worker", new ModelRef("a", "b/c"), null),
            new LaunchOptions(9, LaunchOptions.Notify.EACH, 0, 0, Budget.UNLIMITED, null, "ann"),
            Provenance.following(List.of(new TaskId("bg_1")), new TaskId("bg_2")),
            "ses_2",
            0);

    JsonNode json = shown(View.of(task));

    assertThat(json.path("model").asText()).isEqualTo("a/b/c");
    assertThat(json.path("priority").asInt()).isEqualTo(9);
    assertThat(json.path("requested_by").asText()).isEqualTo("ann");
    assertThat(json.path("after").path(0).asText()).isEqualTo("bg_1");
    assertThat(json.path("resumes").asText()).isEqualTo("bg_2");
    assertThat(json.has("adopted")).isFalse();
    assertThat(
            shown(
                    View.of(
                        Task.adopted(
                            new TaskId("bg_4"),
                            List.of("me"),
                            SampleTasks.spec("found"),
                            "ses_4",
                            0)))
                .path("adopted")
                .asBoolean())
        .isTrue();
  }

  @Test
  void what_a_task_asks_is_shown_with_its_options() {
    JsonNode json =
        shown(View.of(Requests.asking("bg_1", Requests.question("que_1", "Which?", "A", "B"))));

    assertThat(json.path("requests"))
        .isEqualTo(
            ToolBench.json(
                "[{\"request_id\":\"que_1\",\"kind\":\"question\",\"text\":\"Which?\","
                    + "\"options\":[\"A\",\"B\"]}]"));
    assertThat(json.path("waiting_for").asText()).isEqualTo("an answer");
  }

  @Test
  void what_a_task_asks_is_shown_within_bounds() {
    String long_ = "?".repeat(100_000);

    assertThat(
            shown(View.of(Requests.asking("bg_1", Requests.question("que_1", long_))))
                .at("/requests/0/text")
                .asText())
        .hasSize(4_000);
  }

  @Test
  void silence_and_the_next_try_are_shown_while_the_task_is_live() {
    Progress progress = new Progress(0, null, 1, Usage.NONE, "busy", 70_000, true, List.of());
    Task retrying =
        SampleTasks.running("bg_1").withStatus(TaskStatus.RETRYING).withProgress(progress);

    JsonNode json = shown(View.of(retrying));
    assertThat(json.path("stalled").asBoolean()).isTrue();
    assertThat(json.path("next_try_ms").asInt()).isEqualTo(10_000);
    assertThat(json.path("waiting_for").asText()).isEqualTo("busy");

    JsonNode ended =
        shown(
            View.of(
                retrying.settled(new Outcome(Outcome.Reason.STALLED, null, "", 0), 5, progress)));
    assertThat(ended.has("stalled") || ended.has("next_try_ms") || ended.has("waiting_for"))
        .isFalse();
  }

  @Test
  void a_notice_that_is_still_owed_is_shown() {
    View owed = new View(SampleTasks.completed("bg_1", 5, "x"), 0, null, true);

    assertThat(shown(owed).path("notice_pending").asBoolean()).isTrue();
    assertThat(list(owed).text()).contains("completed (you are still to be told)");
    assertThat(shown(View.of(owed.task())).has("notice_pending")).isFalse();
  }

  private ToolResult list(View view) {
    return bench.told("background_list", "{}", new Answer.Listed(List.of(view), 1));
  }

  private JsonNode shown(View view) {
    return ToolBench.json(list(view).structured()).at("/tasks/0");
  }
}
