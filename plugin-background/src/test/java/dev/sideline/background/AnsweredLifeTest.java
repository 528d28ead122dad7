package dev.sideline.background;

import static dev.sideline.background.PluginScenario.PARENT;
import static dev.sideline.background.PluginScenario.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.CancelSource;
import dev.sideline.api.Reach;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an agent is told whose session takes nothing but the answers to its calls. */
class AnsweredLifeTest {

  private static final String NEWS = "[Background tasks] ";

  private final PluginScenario scenario = new PluginScenario(Reach.ANSWERED);

  @AfterEach
  void dispose() {
    scenario.close();
  }

  @Test
  void the_next_answer_of_any_tool_begins_with_what_has_ended_and_the_one_after_does_not() {
    String task = ended();

    String list = list();
    assertThat(list)
        .startsWith(NEWS + "All of your background tasks have ended. Since the last answer:\n- ")
        .contains(task, "Read results with background_output(task_id).\n\n");
    assertThat(list()).doesNotContain(NEWS);
    assertThat(scenario.notices()).isEmpty();
  }

  @Test
  void whoever_reads_the_structured_content_finds_it_there() {
    String task = ended();

    ToolResult list = scenario.call("background_list", PARENT, "{}");

    assertThat(PluginScenario.json(list).path("news").asText()).startsWith(NEWS).contains(task);
    assertThat(PluginScenario.json(list).path("total").asInt()).isEqualTo(1);
    ToolResult next = scenario.call("background_list", PARENT, "{}");
    assertThat(PluginScenario.json(next).has("news")).isFalse();
    for (String tool : List.of("list", "output", "task", "cancel", "clear", "send")) {
      assertThat(PluginScenario.json(spec("background_" + tool).outputSchema()).at("/properties"))
          .as(tool)
          .anyMatch(property -> property.path("description").asText().contains("answers alone"))
          .hasSizeGreaterThan(1);
    }
  }

  @Test
  void a_refused_call_tells_it_too() {
    ended();

    ToolResult refused = scenario.call("background_output", PARENT, "{\"no\":1}");

    assertThat(refused.error()).isTrue();
    assertThat(refused.text()).startsWith(NEWS).contains("'no' is not an argument");
  }

  @Test
  void nothing_is_promised_that_is_not_kept() {
    ToolResult launched =
        scenario.call(
            "background_task",
            PARENT,
            "{\"description\":\"d\",\"prompt\":\"p\",\"agent\":\"worker\"}");

    assertThat(launched.text())
        .contains("Nothing will set you to work", "background_output(wait=\"all\")")
        .doesNotContain("you will be told");
    assertThat(spec("background_task").description())
        .contains("nothing else tells you")
        .doesNotContain("You are told");
    assertThat(spec("background_output").inputSchema()).contains("\"default\":3600");
  }

  @Test
  void what_a_cancelled_call_would_have_told_the_next_one_tells() {
    ended();
    CancelSource cancel = new CancelSource();
    cancel.cancel();
    CompletableFuture<ToolResult> given =
        scenario.begin(
            ToolCall.of(PARENT, "{}").withCancellation(cancel.signal()), "background_list");

    assertThat(PluginScenario.answer(given).text()).doesNotContain(NEWS);
    assertThat(list()).startsWith(NEWS);
  }

  /** A task that has ended, which nobody has looked at. */
  private String ended() {
    String task = scenario.launchAndAwait(PARENT, "count");
    scenario.sessions.finish(scenario.child(task), "42");
    patiently().until(() -> scenario.states(task).contains("completed: ok"));
    return task;
  }

  private ToolSpec spec(String tool) {
    return scenario.hooks.tool(tool).spec();
  }

  private String list() {
    return scenario.call("background_list", PARENT, "{}").text();
  }
}
