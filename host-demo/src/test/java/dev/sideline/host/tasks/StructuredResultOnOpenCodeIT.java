package dev.sideline.host.tasks;

import static dev.sideline.host.model.Turn.anyUserContains;
import static dev.sideline.host.opencode.harness.RealOpenCode.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.ToolResult;
import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.model.Reply;
import org.junit.jupiter.api.Test;

/** Answers that have to fit a schema, on a real OpenCode server. */
@LeakCheck.OncePerClass
class StructuredResultOnOpenCodeIT extends OnOpenCode {

  private static final String SCHEMA =
      """
      {"result_schema":{"type":"object","properties":{"rooms":{"type":"integer"}},
       "required":["rooms"],"additionalProperties":false}}
      """;

  @Test
  void an_answer_that_fits_is_the_result_and_nothing_but_that() {
    openHost();
    opencode
        .model()
        .whenAsked("count the rooms")
        .reply(Reply.text("Here it is:\n```json\n{\"rooms\": 3}\n```"));

    String task = host.launch(parent, WORKER, "count the rooms", SCHEMA);

    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(ended.path("output").asText()).isEqualToIgnoringWhitespace("{\"rooms\":3}");
    assertThat(opencode.model().turns(anyUserContains("count the rooms")))
        .first()
        .matches(turn -> turn.lastUser().contains("\"required\":[\"rooms\"]"));
  }

  @Test
  void an_answer_that_does_not_fit_is_mended_once() {
    openHost();
    opencode.model().whenAsked("count them well").reply(Reply.text("{\"rooms\": \"three\"}"));
    opencode.model().whenAsked("does not fit").reply(Reply.text("{\"rooms\": 3}"));

    String task = host.launch(parent, WORKER, "count them well", SCHEMA);

    assertThat(host.awaitNotices(parent, 1)).hasSize(1);
    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(ended.path("output").asText()).isEqualToIgnoringWhitespace("{\"rooms\":3}");
  }

  @Test
  void an_answer_that_never_fits_is_rejected_and_kept() {
    openHost();
    opencode.model().whenAsked("count them badly").reply(Reply.text("about three"));
    opencode.model().whenAsked("does not fit").reply(Reply.text("three, I said"));

    String task = host.launch(parent, WORKER, "count them badly", SCHEMA);

    assertThat(host.awaitNotices(parent, 1).get(0).text()).contains(task, "does not fit");
    JsonNode ended = host.awaitEnd(parent, task);
    assertThat(ended.path("status").asText()).isEqualTo("failed");
    assertThat(ended.path("reason").asText()).isEqualTo("rejected");
    assertThat(ended.path("output").asText()).contains("three, I said");
  }

  @Test
  void a_schema_that_is_none_is_refused_and_nothing_is_launched() {
    openHost();

    ToolResult refused =
        host.call(
            parent,
            "background_task",
            TaskHost.launchArguments(
                    WORKER, "never asked", "{\"result_schema\":{\"type\":\"integr\"}}")
                .toString());

    assertThat(refused.error()).isTrue();
    assertThat(refused.text()).contains("result_schema", "Nothing was changed");
    assertThat(TaskHost.get(host.sessions().children(parent))).isEmpty();
  }
}
