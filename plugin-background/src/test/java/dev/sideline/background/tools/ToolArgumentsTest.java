package dev.sideline.background.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Message;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.SessionCall;
import dev.sideline.background.PluginScenario;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong with arguments is said, and nothing is done. */
class ToolArgumentsTest {

  private static final String TASK = "background_task";
  private static final String OUTPUT = "background_output";
  private static final String CANCEL = "background_cancel";
  private static final String LIST = "background_list";
  private static final String CLEAR = "background_clear";
  private static final String SEND = "background_send";
  private static final List<String> TOOLS = List.of(TASK, OUTPUT, CANCEL, SEND, LIST, CLEAR);

  private static final String TEXT_200 = "must be a text of 1 to 200 characters.";
  private static final String PROMPT = "must be a text of 1 to 1000 characters.";
  private static final String REFS = "must be a list of 1 to 1000 texts.";
  private static final String SECONDS = "must be a whole number from 1 to 3600.";
  private static final String CHARS = "must be a whole number from 200 to 200000.";
  private static final String SINCE = "must be a whole number from 0 to 2147483647.";
  private static final String AFTER = "must be a list of 1 to 100 texts.";
  private static final String PRIORITY = "must be a whole number from -100 to 100.";
  private static final String WEEK = "must be a whole number from 1 to 604800.";
  private static final String MONEY = "must be a number above 0 and up to 1000000.";
  private static final String SEND_WHAT =
      "Give 'task_id' and 'message' to send a message, or 'request_id' and 'reply' to answer a"
          + " request.";
  private static final String REPLY =
      "must be \"allow\", \"always\", \"reject\", the answer to a question, or a list of 1 to 100"
          + " answers, each a text or a list of texts.";
  private static final String LIMIT = "must be a whole number from 1 to 200.";

  private final PluginScenario scenario =
      new PluginScenario(Map.of("max_prompt_chars", "1000", "max_wait_seconds", "3600"));

  @AfterEach
  void dispose() {
    scenario.close();
  }

  static Stream<Arguments> badArguments() {
    return Stream.of(
        bad(TASK, "{}", "'description' is missing; it " + TEXT_200),
        bad(TASK, launch("description", "null"), "'description' is missing; it " + TEXT_200),
        bad(TASK, launch("description", "' '"), "'description' is \" \", but " + TEXT_200),
        bad(TASK, launch("description", "5"), "'description' is 5, but " + TEXT_200),
        bad(
            TASK,
            launch("description", "'" + "d".repeat(201) + "'"),
            "'description' has 201 characters; it " + TEXT_200),
        bad(TASK, launch("prompt", "null"), "'prompt' is missing; it " + PROMPT),
        bad(TASK, launch("prompt", "['a']"), "'prompt' is [\"a\"], but " + PROMPT),
        bad(
            TASK,
            launch("prompt", "'" + "p".repeat(1_001) + "'"),
            "'prompt' has 1001 characters; it " + PROMPT),
        bad(
            TASK,
            launch("agent", "null"),
            "Not launched: 'agent' is missing, and there is no default one."),
        bad(TASK, launch("agent", "{}"), "'agent' is {}, but " + TEXT_200),
        bad(TASK, launch("model", "'gpt'"), "'model' is \"gpt\", but must be PROVIDER/MODEL."),
        bad(TASK, launch("model", "'/gpt'"), "'model' is \"/gpt\", but must be PROVIDER/MODEL."),
        bad(
            TASK,
            launch("model", "'a\u202e\\u0007b'"),
            "'model' is \"a\\u202e\\u0007b\", but must be PROVIDER/MODEL."),
        bad(TASK, launch("model", "true"), "'model' is true, but " + TEXT_200),
        bad(
            TASK,
            launch("directory", "''"),
            "'directory' is \"\", but must be a text of 1 to 4096 characters."),
        bad(
            TASK,
            launch("timeout", "600"),
            "'timeout' is not an argument of this tool; it takes description, prompt, task_id,"
                + " agent, model, variant, directory, result_schema, notify, priority,"
                + " timeout_seconds, stall_seconds, budget, idempotency_key, requested_by, after."),
        bad(TASK, launch("variant", "1"), "'variant' is 1, but " + TEXT_200),
        bad(TASK, launch("task_id", "''"), "'task_id' is \"\", but " + TEXT_200),
        bad(
            TASK,
            "{'description':'d','prompt':'p','task_id':'bg_1','directory':'/x'}",
            "'directory' is \"/x\", but a task that is gone on with stays where it was; leave out"
                + " one of the two."),
        bad(TASK, launch("after", "'bg_1'"), "'after' is \"bg_1\", but " + AFTER),
        bad(TASK, launch("after", "[]"), "'after' is [], but " + AFTER),
        bad(TASK, launch("after", "[1]"), "'after' is [1], but " + AFTER),
        bad(TASK, launch("priority", "101"), "'priority' is 101, but " + PRIORITY),
        bad(TASK, launch("priority", "'high'"), "'priority' is \"high\", but " + PRIORITY),
        bad(TASK, launch("timeout_seconds", "0"), "'timeout_seconds' is 0, but " + WEEK),
        bad(
            TASK,
            launch("timeout_seconds", "3600000"),
            "'timeout_seconds' is 3600000, but "
                + WEEK
                + " If you meant milliseconds, that is 3600."),
        bad(TASK, launch("stall_seconds", "604801"), "'stall_seconds' is 604801, but " + WEEK),
        bad(TASK, launch("budget", "5"), "'budget' is 5, but must be a JSON object."),
        bad(
            TASK,
            launch("budget", "{'max_tool_calls':0}"),
            "'budget.max_tool_calls' is 0, but must be a whole number from 1 to 1000000."),
        bad(
            TASK,
            launch("budget", "{'max_tokens':1.5}"),
            "'budget.max_tokens' is 1.5, but must be a whole number from 1 to 1000000000000."),
        bad(
            TASK,
            launch("budget", "{'max_cost_usd':0}"),
            "'budget.max_cost_usd' is 0, but " + MONEY),
        bad(
            TASK,
            launch("budget", "{'max_cost_usd':'1'}"),
            "'budget.max_cost_usd' is \"1\", but " + MONEY),
        bad(
            TASK,
            launch("budget", "{'tokens':5}"),
            "'budget.tokens' is not an argument of this tool; it takes budget.max_tool_calls,"
                + " budget.max_tokens, budget.max_cost_usd."),
        bad(
            TASK,
            launch("notify", "'never'"),
            "'notify' is \"never\", but must be one of each, all, silent."),
        bad(
            TASK,
            launch("result_schema", "'{}'"),
            "'result_schema' is \"{}\", but must be a JSON object."),
        bad(TASK, launch("idempotency_key", "' '"), "'idempotency_key' is \" \", but " + TEXT_200),
        bad(TASK, launch("requested_by", "[]"), "'requested_by' is [], but " + TEXT_200),
        bad(OUTPUT, "{'task_id':5}", "'task_id' is 5, but " + TEXT_200),
        bad(OUTPUT, "{'task_id':''}", "'task_id' is \"\", but " + TEXT_200),
        bad(OUTPUT, "{'task_ids':'bg_1'}", "'task_ids' is \"bg_1\", but " + REFS),
        bad(OUTPUT, "{'task_ids':[]}", "'task_ids' is [], but " + REFS),
        bad(OUTPUT, "{'task_ids':['a',5]}", "'task_ids' is [\"a\",5], but " + REFS),
        bad(OUTPUT, "{'task_ids':['a','']}", "'task_ids' is [\"a\",\"\"], but " + REFS),
        bad(OUTPUT, "{'task_id':'a','task_ids':['b']}", "Give 'task_id' or 'task_ids', not both."),
        bad(OUTPUT, "{'wait':'some'}", "'wait' is \"some\", but must be one of none, any, all."),
        bad(OUTPUT, "{'wait':true}", "'wait' is true, but must be one of none, any, all."),
        bad(OUTPUT, wait("0"), "'timeout_seconds' is 0, but " + SECONDS),
        bad(OUTPUT, wait("-5"), "'timeout_seconds' is -5, but " + SECONDS),
        bad(OUTPUT, wait("1.5"), "'timeout_seconds' is 1.5, but " + SECONDS),
        bad(OUTPUT, wait("'10'"), "'timeout_seconds' is \"10\", but " + SECONDS),
        bad(OUTPUT, wait("1e999"), "'timeout_seconds' is \"Infinity\", but " + SECONDS),
        bad(
            OUTPUT,
            "{'timeout_seconds':10}",
            "'timeout_seconds' is given without a wait; set 'wait' to \"any\" or \"all\" as well."),
        bad(OUTPUT, "{'max_chars':199}", "'max_chars' is 199, but " + CHARS),
        bad(OUTPUT, "{'task_id':'a','since':-1}", "'since' is -1, but " + SINCE),
        bad(
            OUTPUT,
            "{'since':0}",
            "'since' reads on in one task's answer; give exactly one 'task_id'."),
        bad(
            OUTPUT,
            "{'task_ids':['a','b'],'since':0}",
            "'since' reads on in one task's answer; give exactly one 'task_id'."),
        bad(
            OUTPUT,
            "{'block':true}",
            "'block' is not an argument of this tool; it takes task_id, task_ids, wait,"
                + " timeout_seconds, max_chars, since, transcript, tool_results."),
        bad(
            OUTPUT,
            "{'transcript':true}",
            "'transcript' shows the messages of one task; give exactly one 'task_id'."),
        bad(OUTPUT, "{'transcript':1}", "'transcript' is 1, but must be true or false."),
        bad(
            OUTPUT,
            "{'task_id':'a','tool_results':true}",
            "'tool_results' belongs to a transcript; set 'transcript' to true as well."),
        bad(SEND, "{}", SEND_WHAT),
        bad(SEND, "{'task_id':'a'}", SEND_WHAT),
        bad(SEND, "{'message':'a'}", SEND_WHAT),
        bad(
            SEND,
            "{'task_id':'a','message':'b','mode':'now'}",
            "'mode' is \"now\", but must be one of queue, interrupt."),
        bad(
            SEND,
            "{'task_id':'a','message':'" + "m".repeat(1_001) + "'}",
            "'message' has 1001 characters; it " + PROMPT),
        bad(
            SEND,
            "{'task_id':'a','reply':'allow'}",
            "'reply' is given without a request; name it by its 'request_id'."),
        bad(SEND, "{'request_id':'a'}", "'request_id' is given without a 'reply'."),
        bad(
            SEND,
            "{'request_id':'a','reply':'allow','mode':'queue'}",
            "'mode' is \"queue\", but an answer to a request has no mode; leave it out."),
        bad(
            SEND,
            "{'request_id':'a','reply':'allow','message':'b'}",
            "'message' goes with the reply \"reject\" alone, and says why; leave it out, or put it"
                + " into the reply."),
        bad(SEND, reply("''"), "'reply' is \"\", but " + REPLY),
        bad(SEND, reply("true"), "'reply' is true, but " + REPLY),
        bad(SEND, reply("{'answer':'a'}"), "'reply' is {\"answer\":\"a\"}, but " + REPLY),
        bad(SEND, reply("[]"), "'reply' is [], but " + REPLY),
        bad(SEND, reply("['a',1]"), "'reply' is [\"a\",1], but " + REPLY),
        bad(SEND, reply("[['a',['b']]]"), "'reply' is [[\"a\",[\"b\"]]], but " + REPLY),
        bad(SEND, reply("[' ']"), "'reply' is [\" \"], but " + REPLY),
        bad(
            CLEAR,
            "{'what':'everything'}",
            "'what' is \"everything\", but must be one of tasks, notices."),
        bad(
            CLEAR,
            "{'task_id':'a'}",
            "'task_id' and 'task_ids' go with 'what' set to \"notices\"; tasks are cleared all"
                + " together."),
        bad(CANCEL, "{}", "Say what to cancel: 'task_id', 'task_ids', or 'all' set to true."),
        bad(
            CANCEL,
            "{'all':false}",
            "Say what to cancel: 'task_id', 'task_ids', or 'all' set to true."),
        bad(CANCEL, "{'all':true,'task_id':'a'}", "Give 'all' or the tasks by id, not both."),
        bad(CANCEL, "{'all':'yes'}", "'all' is \"yes\", but must be true or false."),
        bad(CANCEL, "{'all':1}", "'all' is 1, but must be true or false."),
        bad(
            CANCEL,
            "{'all':true,'reason':' '}",
            "'reason' is \" \", but must be a text of 1 to 500 characters."),
        bad(
            CANCEL,
            "{'all':true,'reason':'" + "r".repeat(501) + "'}",
            "'reason' has 501 characters; it must be a text of 1 to 500 characters."),
        bad(
            CANCEL,
            "{'all':true,'force':true}",
            "'force' is not an argument of this tool; it takes task_id, task_ids, all, reason."),
        bad(
            LIST,
            "{'status':'done'}",
            "'status' is \"done\", but must be one of pending, starting, running, retrying,"
                + " input_required, cancelling, completed, failed, cancelled."),
        bad(LIST, "{'limit':0}", "'limit' is 0, but " + LIMIT),
        bad(LIST, "{'limit':201}", "'limit' is 201, but " + LIMIT),
        bad(LIST, "{'limit':'ten'}", "'limit' is \"ten\", but " + LIMIT),
        bad(LIST, "{'all':true}", "'all' is not an argument of this tool; it takes status, limit."),
        bad(
            CLEAR,
            "{'all':true}",
            "'all' is not an argument of this tool; it takes what, task_id, task_ids."));
  }

  @ParameterizedTest
  @MethodSource("badArguments")
  void a_bad_argument_is_named_with_its_value_and_what_is_allowed(
      String tool, String arguments, String message) {
    ToolResult result = harmless(tool, arguments);

    assertThat(result.text()).isEqualTo(message + " Nothing was changed.");
  }

  static Stream<Arguments> badJson() {
    List<String> texts =
        List.of(
            "",
            "no JSON",
            "{",
            "{'a':}",
            "{'task_id':'a'} {'task_id':'b'}",
            "{'all':true,'all':true}",
            "{'all':".repeat(2_000) + "true" + "}".repeat(2_000),
            "{'all':" + "[".repeat(100_000),
            "{'all':[" + "1,".repeat(50_000) + "1]}",
            "{'" + "n".repeat(100_000) + "':true}",
            "{'all':" + "9".repeat(10_000) + "}",
            "{'prompt':'" + "p".repeat(1_000_000) + "'}",
            "[]",
            "'text'",
            "null",
            "true");
    return TOOLS.stream()
        .flatMap(tool -> texts.stream().map(text -> Arguments.of(tool, text.replace('\'', '"'))));
  }

  @ParameterizedTest
  @MethodSource("badJson")
  void what_is_no_sound_JSON_object_is_refused_in_few_words(String tool, String arguments) {
    ToolResult result = harmless(tool, arguments);

    assertThat(result.text()).startsWith("The arguments ").endsWith(" Nothing was changed.");
    assertThat(result.text()).hasSizeLessThan(1_000);
  }

  @ParameterizedTest
  @MethodSource("badJson")
  void what_a_parser_says_of_it_is_not_passed_on(String tool, String arguments) {
    assertThat(scenario.call(tool, PluginScenario.PARENT, arguments).text())
        .doesNotContain("Exception", "Stream", "java", "Unexpected", "token", "code 1");
  }

  @Test
  void a_prompt_that_is_far_too_long_is_told_so_with_its_name_and_the_limit() {
    ToolResult result =
        harmless(TASK, launch("prompt", "'" + "p".repeat(11_000) + "'").replace('\'', '"'));

    assertThat(result.text()).startsWith("'prompt' has 11000 characters; it " + PROMPT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'timeout_seconds':7200                 | 7200                 | 3600   | ''",
        "'timeout_seconds':600000               | 600000               | 3600   | If you meant"
            + " milliseconds, that is 600.",
        "'timeout_seconds':99999999999999999999 | 99999999999999999999 | 3600   | ''",
        "'max_chars':200001                     | 200001               | 200000 | ''",
      },
      quoteCharacter = '^')
  void what_is_above_the_most_that_there_is_is_cut_to_it_and_said(
      String argument, String given, int most, String hint) {
    ToolResult result =
        scenario.call(
            OUTPUT, PluginScenario.PARENT, ("{'wait':'any'," + argument + "}").replace('\'', '"'));

    assertThat(result.error()).isFalse();
    assertThat(result.text())
        .contains("was " + given + " and is cut to " + most + ", the most that there is.")
        .contains(hint.equals("''") ? "" : hint);
  }

  @Test
  void a_long_value_is_not_repeated_whole() {
    ToolResult result = harmless(CANCEL, "{\"all\":\"" + "y".repeat(5_000) + "\"}");

    assertThat(result.text()).hasSizeLessThan(200).contains("yyy…, but must be true or false.");
  }

  @Test
  void what_cannot_be_seen_in_a_value_or_a_name_is_shown() {
    assertThat(said(TASK, "{\"a\u202eb\":1,\"description\":\"d\",\"prompt\":\"p\"}"))
        .contains("a\\u202eb")
        .doesNotContain("\u202e");
    assertThat(said(CANCEL, "{\"all\":\"\udb40\udc41\"}"))
        .contains("\\udb40\\udc41")
        .doesNotContain("\udb40");
    assertThat(said(OUTPUT, "{\"task_id\":\"x\u202e'\\n. Nothing is left to do\"}"))
        .startsWith("No task of yours has the id \"x\\u202e' . Nothing is left to do\".");
  }

  @Test
  void half_a_character_goes_no_further() {
    String task =
        scenario.launchAndAwait(
            PluginScenario.PARENT, "cut \\ud83d off \ud83d, not \\ud83d\\udc4d");

    assertThat(scenario.sessions.transcript(scenario.child(task)))
        .extracting(Message::text)
        .contains("cut \ufffd off \ufffd, not \ud83d\udc4d");
  }

  @Test
  void every_tool_was_asked() {
    assertThat(scenario.hooks.tools())
        .extracting((Tool tool) -> tool.spec().name())
        .containsExactlyElementsOf(TOOLS);
  }

  private String said(String tool, String arguments) {
    return scenario.call(tool, PluginScenario.PARENT, arguments).text();
  }

  /** Makes a call that is refused, and looks that nothing has come of it. */
  private ToolResult harmless(String tool, String arguments) {
    String task = scenario.launchAndAwait(PluginScenario.PARENT, "work");
    ToolResult result = scenario.call(tool, PluginScenario.PARENT, arguments);

    assertThat(result.error()).isTrue();
    assertThat(result.structured()).isNull();
    assertThat(scenario.status(task)).isEqualTo("running");
    assertThat(scenario.calls(SessionCall.Create.class)).isEqualTo(1);
    assertThat(scenario.calls(SessionCall.SendPrompt.class)).isEqualTo(1);
    assertThat(scenario.calls(SessionCall.Abort.class)).isZero();
    return result;
  }

  private static Arguments bad(String tool, String arguments, String message) {
    return Arguments.of(tool, arguments.replace('\'', '"'), message);
  }

  /** The arguments of a launch, one of which is another. */
  private static String launch(String name, String value) {
    StringBuilder json = new StringBuilder("{");
    for (String required : List.of("description", "prompt", "agent")) {
      if (!required.equals(name)) {
        json.append("'").append(required).append("':'fine',");
      }
    }
    return json.append("'").append(name).append("':").append(value).append("}").toString();
  }

  private static String wait(String timeout) {
    return "{'wait':'all','timeout_seconds':" + timeout + "}";
  }

  private static String reply(String reply) {
    return "{'request_id':'a','reply':" + reply + "}";
  }
}
