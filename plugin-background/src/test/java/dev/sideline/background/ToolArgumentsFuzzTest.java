package dev.sideline.background;

import static dev.sideline.background.PluginScenario.PARENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.Session;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolResult;
import dev.sideline.api.fuzz.Fuzz;
import dev.sideline.api.fuzz.Garble;
import dev.sideline.api.testing.SessionCall;
import dev.sideline.background.schema.ResultSchemas;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever the arguments of calls are, each is answered, in our own words, and the plugin goes on.
 */
class ToolArgumentsFuzzTest {

  private static final int CALLS = 60;
  private static final String OTHER = "other";
  private static final String NOTHING_CHANGED = "Nothing was changed.";

  /** Stand in what is told only if it was made for programmers. */
  private static final String[] FOREIGN = {
    "java.",
    "Exception",
    "at dev.sideline",
    "fasterxml",
    "networknt",
    "StreamReadConstraints",
    "DeserializationFeature"
  };

  private final ResultSchemas schemas = new ResultSchemas();
  private ErrorLog log;

  @BeforeEach
  void listen() {
    log = new ErrorLog();
  }

  @AfterEach
  void stopListening() {
    log.close();
  }

  @Test
  void each_call_is_answered_in_words_whatever_its_arguments_are() {
    Fuzz.run(this::round);
  }

  private void round(Random random) throws Exception {
    Garble garble = new Garble(random);
    Map<String, String> settings =
        Map.of(
            "max_wait_seconds", "3",
            "max_running", garble.any("1", "4", "0"),
            "max_depth", garble.any("1", "3"),
            "max_prompt_chars", "1000",
            "permissions", garble.any("person", "parent_once"),
            "model_override", garble.any("allow", "refuse"),
            "cancel_grace_seconds", "2");
    try (PluginScenario scenario = new PluginScenario(settings)) {
      scenario.sessions.addSession(OTHER);
      for (int call = 0; call < CALLS; call++) {
        if (garble.oneIn(4)) {
          work(scenario, garble);
        }
        if (garble.oneIn(4)) {
          spoiled(scenario, random, garble);
        } else {
          several(scenario, random, garble);
        }
      }
      for (String caller : List.of(PARENT, OTHER)) {
        String all = "{\"all\":true}";
        assertThat(answer(scenario, all, scenario.begin("background_cancel", caller, all)).error())
            .isFalse();
      }
      goesOn(scenario);
    }
    log.assertNone();
  }

  /** Calls that are begun at the same time. */
  private void several(PluginScenario scenario, Random random, Garble garble) throws Exception {
    record Begun(Tool tool, String arguments, CompletableFuture<ToolResult> answer) {}
    List<Begun> begun = new ArrayList<>();
    List<String> ids = ids(scenario);
    Instant begunAt = scenario.host.clock().instant();
    List<Object> before = state(scenario);
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      Tool tool = garble.anyOf(scenario.hooks.tools());
      String arguments = new OddArguments(random, tool.spec(), ids).any();
      String caller =
          garble.any(PARENT, PARENT, PARENT, OTHER, garble.anyOf(ids), "nobody", "", garble.text());
      begun.add(new Begun(tool, arguments, scenario.begin(tool.spec().name(), caller, arguments)));
    }
    boolean nothingChanged = true;
    for (Begun call : begun) {
      String what = shown(call.tool(), call.arguments());
      ToolResult result = answer(scenario, what, call.answer());
      inOurWords(what, call.tool(), result);
      nothingChanged &= result.error() && result.text().endsWith(NOTHING_CHANGED);
    }
    // What was launched before with little time is stopped in its time, whoever calls meanwhile.
    if (nothingChanged && scenario.host.clock().instant().equals(begunAt)) {
      assertThat(state(scenario)).isEqualTo(before);
    }
  }

  /** A call of which one argument alone is wrong: it is named. */
  private void spoiled(PluginScenario scenario, Random random, Garble garble) throws Exception {
    Tool tool = garble.anyOf(scenario.hooks.tools());
    OddArguments.Spoiled spoiled = new OddArguments(random, tool.spec(), ids(scenario)).spoiled();
    List<Object> before = state(scenario);
    String what = shown(tool, spoiled.json());

    ToolResult result =
        answer(scenario, what, scenario.begin(tool.spec().name(), PARENT, spoiled.json()));

    inOurWords(what, tool, result);
    assertThat(result.error()).as(what).isTrue();
    assertThat(result.text())
        .as(what)
        .contains("'" + spoiled.name() + "'")
        .endsWith(NOTHING_CHANGED);
    assertThat(state(scenario)).isEqualTo(before);
  }

  private static String shown(Tool tool, String arguments) {
    return tool.spec().name()
        + " "
        + (arguments.length() < 2_000 ? arguments : arguments.substring(0, 2_000) + "…");
  }

  /** An answer may be waited for as long as the longest wait is, on the scenario's clock. */
  private static ToolResult answer(
      PluginScenario scenario, String what, CompletableFuture<ToolResult> call) throws Exception {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(30)) {
      try {
        return call.get(5, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        scenario.pass(Duration.ofSeconds(1));
      }
    }
    throw new AssertionError("not answered: " + what);
  }

  private void inOurWords(String what, Tool tool, ToolResult result) {
    assertThat(result.text()).as(what).isNotBlank().doesNotContain(FOREIGN);
    assertThat(result.text())
        .as(what)
        .doesNotContain("failed inside Sideline", "error of its own")
        .doesNotContainPattern("\\p{Cs}");
    if (result.error()) {
      assertThat(result.text().length()).as(what).isLessThan(20_000);
      assertThat(result.text()).as(what).doesNotContainPattern("[\\p{Cc}&&[^\n]]");
    } else {
      String structured = result.structured();
      assertThat(structured).as(what).isNotNull().doesNotContainPattern("\\p{Cs}");
      assertThat(schemas.check(tool.spec().outputSchema(), structured).problems())
          .as("%s -> %s", what, structured)
          .isEmpty();
    }
  }

  /** What calls that are refused must leave as it is: which tasks there are, and which sessions. */
  private static List<Object> state(PluginScenario scenario) {
    Set<String> tasks = new TreeSet<>();
    for (String caller : List.of(PARENT, OTHER)) {
      for (JsonNode task : tasks(scenario, caller)) {
        tasks.add(task.path("task_id").asText() + task.path("requested_by").asText());
      }
    }
    return List.of(
        tasks,
        scenario.calls(SessionCall.Abort.class),
        scenario.calls(SessionCall.SendReply.class));
  }

  private static JsonNode tasks(PluginScenario scenario, String caller) {
    return PluginScenario.json(scenario.call("background_list", caller, "{\"limit\":200}"))
        .path("tasks");
  }

  private static List<String> ids(PluginScenario scenario) {
    List<String> ids = new ArrayList<>(List.of("bg_1", "nothing", PARENT));
    for (String caller : List.of(PARENT, OTHER)) {
      for (JsonNode task : tasks(scenario, caller)) {
        ids.add(task.path("task_id").asText());
        ids.add(task.path("session_id").asText("no session"));
        task.path("requests").forEach(request -> ids.add(request.path("request_id").asText()));
      }
    }
    return ids;
  }

  /** An agent goes on, or ends. */
  private static void work(PluginScenario scenario, Garble garble) {
    List<String> working =
        scenario.sessions.sessions().stream()
            .filter(session -> session.parentId() != null)
            .map(Session::id)
            .filter(scenario.sessions::working)
            .toList();
    if (working.isEmpty()) {
      return;
    }
    String session = garble.anyOf(working);
    try {
      switch (garble.any(1, 2, 3, 4, 5)) {
        case 1 -> scenario.sessions.finish(session, garble.text());
        case 2 -> scenario.sessions.finish(session, garble.json());
        case 3 -> scenario.sessions.askPermission(session, garble.text());
        case 4 -> scenario.sessions.askQuestion(session, "q" + garble.text(), "a", "b");
        default -> scenario.sessions.write(session, garble.text());
      }
    } catch (IllegalStateException stoppedMeanwhile) {
      assertThat(scenario.sessions.working(session)).isFalse();
    }
  }

  private static void goesOn(PluginScenario scenario) {
    String task = scenario.launchAndAwait(PARENT, "more work");
    scenario.sessions.finish(scenario.child(task), "done");
    JsonNode ended = scenario.awaitEnd(task);
    assertThat(ended.path("reason").asText()).isEqualTo("ok");
    assertThat(ended.path("output").asText()).isEqualTo("done");
  }
}
