package dev.sideline.background;

import static dev.sideline.background.PluginScenario.PARENT;
import static dev.sideline.background.PluginScenario.json;
import static dev.sideline.background.PluginScenario.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.Message;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.SessionCall;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A task whose answer has to fit a schema. */
class ResultLifeTest {

  private static final String SCHEMA =
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\"}},"
          + "\"required\":[\"count\"]}";

  private final PluginScenario scenario = new PluginScenario(Map.of());

  @AfterEach
  void dispose() {
    scenario.close();
  }

  @Test
  void an_answer_that_fits_is_a_result() {
    String task = launched(launch(SCHEMA));
    assertThat(prompts(task).get(0)).contains("JSON Schema", SCHEMA);

    scenario.sessions.finish(scenario.child(task), "Here:\n```json\n{\"count\": 42}\n```");

    JsonNode ended = scenario.awaitEnd(task);
    assertThat(ended.path("reason").asText()).isEqualTo("ok");
    assertThat(ended.path("output").asText()).isEqualTo("{\"count\": 42}");
    assertThat(ended.at("/result/count").asInt()).isEqualTo(42);
  }

  @Test
  void an_answer_that_does_not_fit_is_asked_for_once_more() {
    String task = launched(launch(SCHEMA));
    scenario.sessions.finish(scenario.child(task), "there are 42");
    patiently().until(() -> prompts(task).size() == 2);
    assertThat(prompts(task).get(1)).contains("does not fit", "the answer is not JSON");

    scenario.sessions.finish(scenario.child(task), "{\"count\":42}");

    assertThat(scenario.awaitEnd(task).path("reason").asText()).isEqualTo("ok");
  }

  @Test
  void an_answer_that_never_fits_is_rejected_and_kept() {
    String task = launched(launch(SCHEMA));
    scenario.sessions.finish(scenario.child(task), "{\"count\":\"many\"}");
    patiently().until(() -> prompts(task).size() == 2);
    scenario.sessions.finish(scenario.child(task), "{\"count\":\"very many\"}");

    JsonNode ended = scenario.awaitEnd(task);

    assertThat(ended.path("status").asText()).isEqualTo("failed");
    assertThat(ended.path("reason").asText()).isEqualTo("rejected");
    assertThat(ended.path("output").asText()).isEqualTo("{\"count\":\"very many\"}");
    assertThat(ended.has("result")).isFalse();
    assertThat(prompts(task)).hasSize(2);
  }

  @Test
  void a_host_that_takes_structured_answers_is_given_the_schema() {
    scenario.sessions.offerStructuredOutput(true);
    String task = launched(launch(SCHEMA));
    assertThat(prompts(task)).containsExactly("count");
    assertThat(scenario.sessions.calls(SessionCall.SendPrompt.class).get(0).prompt().resultSchema())
        .isEqualTo(SCHEMA);

    scenario.sessions.finishStructured(scenario.child(task), "{\"count\":42}");

    assertThat(scenario.awaitEnd(task).at("/result/count").asInt()).isEqualTo(42);
  }

  @Test
  void what_is_no_schema_is_refused_and_nothing_is_launched() {
    ToolResult refused = launch("{\"type\":\"number of files\",\"pattern\":\"(\"}");

    assertThat(refused.error()).isTrue();
    assertThat(refused.text())
        .startsWith("'result_schema' is not a JSON Schema that can be used: at /type: ")
        .endsWith(" Nothing was changed.");
    assertThat(scenario.calls(SessionCall.Create.class)).isZero();
  }

  @Test
  void a_schema_that_would_take_for_ever_delays_nobody_else() {
    String defs =
        IntStream.range(0, 100)
            .mapToObj(
                i ->
                    "\"d%d\":{\"anyOf\":[{\"$ref\":\"#/$defs/d%d\"},{\"$ref\":\"#/$defs/d%d\"}]}"
                        .formatted(i, i + 1, i + 1))
            .collect(Collectors.joining(","));
    String hostile =
        "{\"$defs\":{" + defs + ",\"d100\":{\"type\":\"integer\"}},\"$ref\":\"#/$defs/d0\"}";
    String task = launched(launch(hostile));
    scenario.sessions.finish(scenario.child(task), "\"no\"");

    String other = scenario.launchAndAwait(PARENT, "work");
    scenario.sessions.finish(scenario.child(other), "done");
    scenario.awaitStatus(other, "completed");

    patiently().until(() -> prompts(task).size() == 2);
    assertThat(prompts(task).get(1)).contains("it takes too many steps to check");
  }

  private ToolResult launch(String schema) {
    return scenario.call(
        "background_task",
        PARENT,
        "{\"description\":\"count\",\"agent\":\"worker\",\"prompt\":\"count\",\"result_schema\":"
            + schema
            + "}");
  }

  private String launched(ToolResult result) {
    assertThat(result.error()).as(result.text()).isFalse();
    String task = json(result).path("task_id").asText();
    patiently()
        .until(() -> scenario.hasChild(task) && scenario.sessions.working(scenario.child(task)));
    return task;
  }

  /** What the agent of a task was told, in order. */
  private List<String> prompts(String task) {
    return scenario.sessions.transcript(scenario.child(task)).stream()
        .filter(message -> message.role() == Message.Role.USER)
        .map(Message::text)
        .toList();
  }
}
