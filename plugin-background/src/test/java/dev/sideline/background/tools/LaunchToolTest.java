package dev.sideline.background.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.ModelRef;
import dev.sideline.api.Reach;
import dev.sideline.api.ToolResult;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.TaskSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LaunchToolTest {

  private static final String TOOL = "background_task";
  private static final String LEAST = "{'description':'d','prompt':'p','agent':'a'}";

  private ToolBench bench = new ToolBench(Map.of());

  @AfterEach
  void dispose() {
    bench.close();
  }

  private void with(Map<String, String> settings) {
    bench.close();
    bench = new ToolBench(settings);
  }

  @Test
  void everything_that_a_launch_asks_for_reaches_the_ledger() {
    with(Map.of("directories", "/"));
    Input.Launch launch =
        (Input.Launch)
            bench.input(
                TOOL,
                """
                {'description':' count ','prompt':' p ','agent':' explore ','model':'some/model/x',
                'variant':'high','directory':'/','after':['bg_1','ses_2'],'priority':-5,
                'timeout_seconds':600,'stall_seconds':30,
                'budget':{'max_tool_calls':10,'max_tokens':20000000000,'max_cost_usd':0.25},
                'notify':'silent','result_schema':{'type':'object'},'idempotency_key':'k',
                'requested_by':'ann'}\
                """);

    assertThat(launch)
        .isEqualTo(
            new Input.Launch(
                7,
                "me",
                new TaskSpec(
                    "count",
                    " p ",
                    "explore",
                    new ModelRef("some", "model/x"),
                    "high",
                    "/",
                    "{\"type\":\"object\"}"),
                new LaunchOptions(
                    -5,
                    Notify.SILENT,
                    600_000,
                    30_000,
                    new Budget(10, 20_000_000_000L, 0.25),
                    "k",
                    "ann"),
                List.of("bg_1", "ses_2"),
                null,
                launch.agents(),
                Reach.WOKEN));
  }

  @Test
  void what_a_launch_does_not_say_is_as_it_is_set() {
    with(
        Map.of(
            "timeout_seconds", "3600",
            "stall_seconds", "0",
            "max_tool_calls", "50",
            "max_cost_usd", "2.5"));

    assertThat(terms(LEAST))
        .isEqualTo(
            new LaunchOptions(0, Notify.EACH, 3_600_000, 0, new Budget(50, 0, 2.5), null, null));
    assertThat(
            terms(
                    LEAST.replace(
                        "}", ",'budget':{'max_tool_calls':50,'max_tokens':9},'stall_seconds':9}"))
                .budget())
        .isEqualTo(new Budget(50, 9, 2.5));
  }

  @Test
  void a_budget_may_not_exceed_what_is_set_for_each_task() {
    with(Map.of("max_tool_calls", "50", "max_tokens", "1000", "max_cost_usd", "2.5"));

    assertThatThrownBy(() -> budget("'max_tool_calls':51"))
        .hasMessage(
            "'budget.max_tool_calls' is 51, but must be a whole number from 1 to 50 (setting"
                + " max_tool_calls).");
    assertThatThrownBy(() -> budget("'max_tokens':1001"))
        .hasMessageContaining("from 1 to 1000 (setting max_tokens).");
    assertThatThrownBy(() -> budget("'max_cost_usd':2.51"))
        .hasMessage(
            "'budget.max_cost_usd' is 2.51, but must be a number above 0 and up to 2.5 (setting"
                + " max_cost_usd).");
    JsonNode budget =
        ToolBench.json(bench.tool(TOOL).spec().inputSchema()).at("/properties/budget/properties");
    assertThat(budget.at("/max_tool_calls/maximum").asInt()).isEqualTo(50);
    assertThat(budget.at("/max_cost_usd/maximum").asDouble()).isEqualTo(2.5);
  }

  @Test
  void models_that_the_operator_has_set_cannot_be_overridden() {
    with(Map.of("model_override", "refuse"));

    for (String name : List.of("model", "variant")) {
      assertThatThrownBy(() -> bench.input(TOOL, LEAST.replace("}", ",'" + name + "':'a/b'}")))
          .isInstanceOf(BadArgument.class)
          .hasMessage(
              "'"
                  + name
                  + "' is \"a/b\", but the operator has set which model each agent works with"
                  + " (setting model_override); leave it out.");
      assertThat(bench.tool(TOOL).spec().inputSchema()).doesNotContain("\"" + name + "\"");
    }
    assertThat(((Input.Launch) bench.input(TOOL, LEAST)).spec().model()).isNull();
    assertThatThrownBy(() -> bench.input(TOOL, LEAST.replace("}", ",'colour':1}")))
        .hasMessageNotContainingAny("model", "variant");
  }

  @Test
  void a_task_is_gone_on_with_by_the_same_agent_where_it_was() {
    Input.Launch launch =
        (Input.Launch) bench.input(TOOL, "{'description':'d','prompt':'p','task_id':'bg_1'}");

    assertThat(launch.resumes()).isEqualTo("bg_1");
    assertThat(launch.spec().agent()).isEmpty();
    assertThatThrownBy(
            () ->
                bench.input(
                    TOOL, "{'description':'d','prompt':'p','task_id':'bg_1','directory':'/x'}"))
        .hasMessage(
            "'directory' is \"/x\", but a task that is gone on with stays where it was; leave out"
                + " one of the two.");
  }

  @Test
  void an_answer_tells_in_words_and_in_JSON() {
    ToolResult told =
        bench.told(
            TOOL,
            LEAST,
            new Answer.Launched(
                new View(
                    SampleTasks.pending("bg_1"),
                    2,
                    new Limit("max_running_per_agent", 4, "a"),
                    false),
                false));

    assertThat(told.error()).isFalse();
    assertThat(told.text()).startsWith("Launched background task bg_1.");
    JsonNode json = ToolBench.json(told.structured());
    assertThat(json.path("existing").asBoolean(true)).isFalse();
    assertThat(json.path("queue_position").asInt()).isEqualTo(2);
    assertThat(json.path("limit"))
        .isEqualTo(
            ToolBench.json("{\"setting\":\"max_running_per_agent\",\"value\":4,\"of\":\"a\"}"));
  }

  @Test
  void a_refusal_is_an_error() {
    ToolResult told =
        bench.told(TOOL, LEAST, new Answer.LimitReached(new Limit("max_depth", 1, null)));

    assertThat(told.error()).isTrue();
    assertThat(told.text()).startsWith("Not launched: the setting max_depth is 1: ");
  }

  private LaunchOptions terms(String arguments) {
    return ((Input.Launch) bench.input(TOOL, arguments)).options();
  }

  private void budget(String member) {
    terms(LEAST.replace("}", ",'budget':{" + member + "}}"));
  }
}
