package dev.sideline.background.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import dev.sideline.background.PluginScenario;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.RequestAnswered;
import dev.sideline.background.engine.protocol.Answer.Sent;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.schema.ResultSchemas;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.Provenance;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import dev.sideline.background.task.TaskStatus;
import dev.sideline.background.text.Requests;
import dev.sideline.background.text.TranscriptPage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the tools say of their arguments and answers is so. */
class ToolSchemasTest {

  private final ToolBench bench = new ToolBench(Map.of());
  private final ResultSchemas schemas = new ResultSchemas();

  @AfterEach
  void dispose() {
    bench.close();
  }

  static Stream<Arguments> answers() {
    List<View> views = views();
    View first = views.get(0);
    List<Arguments> all = new ArrayList<>();
    for (View view : views) {
      all.add(
          Arguments.of(
              "background_task",
              "{'description':'d','prompt':'p','agent':'a'}",
              new Answer.Launched(view, true)));
    }
    all.add(Arguments.of("background_output", "{}", new Answer.Shown(views, true)));
    all.add(Arguments.of("background_output", "{}", new Answer.Shown(List.of(), false)));
    all.add(Arguments.of("background_list", "{}", new Answer.Listed(views, 99)));
    all.add(
        Arguments.of(
            "background_cancel", "{'all':true}", new Answer.CancelEnded(views, views, views)));
    all.add(Arguments.of("background_clear", "{}", new Answer.Cleared(3, 4)));
    all.add(
        Arguments.of("background_clear", "{'what':'notices'}", new Answer.NoticesCleared(views)));
    for (Answer.SendStatus how : Answer.SendStatus.values()) {
      all.add(
          Arguments.of(
              "background_send", "{'task_id':'a','message':'b'}", new Sent(first, how, "because")));
    }
    for (Answer.ReplyStatus fate : Answer.ReplyStatus.values()) {
      all.add(
          Arguments.of(
              "background_send",
              "{'request_id':'a','reply':'allow'}",
              new RequestAnswered(first, "a", fate, null)));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("answers")
  void an_answer_fits_its_schema_and_holds_nothing_beyond_it(
      String tool, String arguments, Answer answer) {
    ToolResult told = bench.told(tool, arguments, answer);

    if (told.error()) {
      assertThat(told.structured()).isNull();
    } else {
      assertFits(strict(bench.tool(tool).spec().outputSchema()), told.structured());
    }
  }

  @Test
  void a_transcript_fits_its_schema() {
    ToolUse use = new ToolUse("c", "bash", ToolUse.State.COMPLETED, "{}", "ok");
    Message message =
        new Message(
            "m",
            Message.Role.ASSISTANT,
            Instant.EPOCH,
            null,
            "a",
            null,
            "text",
            List.of(use),
            null,
            null,
            new Failure("aborted", "stopped"),
            Usage.NONE);
    ObjectNode json = new JsonMapper().createObjectNode();
    TranscriptJson.write(json, TranscriptPage.of(List.of(message, message), true, 0, 1, true));

    assertFits(strict(TranscriptJson.SCHEMA), json.toString());
    assertThat(json.has("next_since")).isTrue();
  }

  @Test
  void the_schemas_of_arguments_are_schemas() {
    try (PluginScenario scenario = new PluginScenario(Map.of())) {
      for (Tool tool : scenario.hooks.tools()) {
        assertThat(schemas.problems(tool.spec().inputSchema())).as(tool.spec().name()).isEmpty();
        assertThat(schemas.problems(String.valueOf(tool.spec().outputSchema())))
            .as(tool.spec().name())
            .isEmpty();
      }
    }
  }

  @Test
  void a_launch_with_everything_fits_the_schema_of_its_arguments() {
    String arguments =
        """
        {'description':'d','prompt':'p','agent':'a','model':'a/b','variant':'high',
        'task_id':'bg_1','after':['bg_2'],'priority':-100,'timeout_seconds':1,'stall_seconds':1,
        'budget':{'max_tool_calls':1,'max_tokens':1,'max_cost_usd':0.5},'notify':'all',
        'result_schema':{},'idempotency_key':'k','requested_by':'me'}\
        """
            .replace('\'', '"');
    var unused = bench.input("background_task", arguments);

    assertFits(bench.tool("background_task").spec().inputSchema(), arguments);
  }

  private void assertFits(String schema, String json) {
    assertThat(schemas.check(schema, json).problems()).as(json).isEmpty();
  }

  /** The same schema, of which objects hold no more than it says. */
  private static String strict(String schema) {
    JsonNode node = ToolBench.json(schema);
    close(node);
    return node.toString();
  }

  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object && object.path("properties").isObject()) {
      object.put("additionalProperties", false);
    }
    node.forEach(ToolSchemasTest::close);
  }

  /** Tasks in every state and with every ending, which have everything that can be shown. */
  private static List<View> views() {
    List<View> views = new ArrayList<>();
    Progress progress =
        new Progress(
            3,
            "bash",
            5,
            new Usage(1, 2, 3, 4, 5, 0.5),
            "something",
            90_000,
            true,
            List.of(
                Requests.permission("per_1", "may I?"), Requests.question("que_1", "which?", "A")));
    Task full =
        Task.pending(
                new TaskId("bg_1"),
                List.of("me"),
                new TaskSpec("d", "p", "a", new ModelRef("a", "b"), "v", "/x", "{}"),
                new LaunchOptions(
                    5, LaunchOptions.Notify.ALL, 1, 1, new Budget(1, 1, 1), "k", "ann"),
                Provenance.following(List.of(new TaskId("bg_2")), new TaskId("bg_3")),
                "ses_3",
                0)
            .started(1)
            .activated("ses_3", "msg_1")
            .withProgress(progress);
    for (TaskStatus status : TaskStatus.values()) {
      if (!status.terminal()) {
        views.add(new View(full.withStatus(status), 7, new Limit("max_running", 16, "of"), false));
      }
    }
    Arrays.stream(Outcome.Reason.values())
        .map(reason -> new Outcome(reason, "because", "{\"count\":42}", 3))
        .forEach(outcome -> views.add(new View(full.settled(outcome, 9, progress), 0, null, true)));
    views.add(
        View.of(
            Task.adopted(new TaskId("bg_4"), List.of("me"), SampleTasks.spec("x"), "ses_4", 0)));
    return views;
  }
}
