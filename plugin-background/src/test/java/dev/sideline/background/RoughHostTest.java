package dev.sideline.background;

import static dev.sideline.background.PluginScenario.PARENT;
import static dev.sideline.background.PluginScenario.answer;
import static dev.sideline.background.PluginScenario.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.Message;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Prompt;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.SessionCall;
import dev.sideline.background.RoughHost.Trouble;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whichever method of the host breaks its contract, and however: other sessions' tasks, notices and
 * cancels go on, and when the trouble or its time limit is over nothing is left of it.
 */
class RoughHostTest {

  private static final String OTHER = "other";

  private static final List<String> METHODS =
      List.of(
          "create",
          "get",
          "children",
          "statuses",
          "messages",
          "prompt",
          "abort",
          "delete",
          "pendingRequests",
          "reply",
          "structuredOutput",
          "newMessageId",
          "publish");

  static Stream<Arguments> everyTrouble() {
    return troubles(EnumSet.allOf(Trouble.class));
  }

  static Stream<Arguments> everyTroubleThatLasts() {
    return troubles(EnumSet.of(Trouble.NEVER_ANSWERS, Trouble.BLOCKS, Trouble.ANSWERS_LATE));
  }

  private static Stream<Arguments> troubles(Set<Trouble> troubles) {
    return METHODS.stream()
        .flatMap(method -> troubles.stream().map(trouble -> Arguments.of(method, trouble)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("everyTrouble")
  void other_sessions_go_on_and_nothing_is_left_for_ever(String method, Trouble trouble) {
    RoughHost host = new RoughHost(method, trouble, 1);
    try (PluginScenario scenario = scenario(host)) {
      List<String> victims = beginTasks(scenario, method);
      CompletableFuture<ToolResult> cancel = cancelOne(scenario, method);

      othersGoOn(scenario, host);

      until(scenario, host, () -> cancel.isDone() && host.struck() == 1);
      if (trouble == Trouble.BLOCKS || trouble == Trouble.ANSWERS_LATE) {
        host.calmDown();
      }
      for (String victim : victims) {
        until(scenario, host, () -> hasEnded(scenario, victim) && told(scenario, PARENT, victim));
        until(scenario, host, () -> sessionsOf(scenario, victim) <= 1);
      }
      until(scenario, host, () -> allHaveEnded(scenario));
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("everyTroubleThatLasts")
  void in_the_middle_of_it_the_plugin_can_be_disposed_and_calls_nobody_any_more(
      String method, Trouble trouble) {
    RoughHost host = new RoughHost(method, trouble, Integer.MAX_VALUE);
    try (PluginScenario scenario = scenario(host)) {
      beginTasks(scenario, method);
      CompletableFuture<ToolResult> cancel = cancelOne(scenario, method);
      until(scenario, host, () -> host.struck() > 0);

      scenario.host.close();

      host.end();
      host.calmDown();
      assertThat(cancel).isDone();
      assertThat(host.callsAfterEnd()).isEmpty();
    }
  }

  /** Tasks in whose life the method is called. */
  private static List<String> beginTasks(PluginScenario scenario, String method) {
    switch (method) {
      case "children" -> scenario.sessions.next(SessionCall.Create.class).losesItsAnswer();
      case "delete" ->
          scenario
              .sessions
              .next(SessionCall.SendPrompt.class)
              .fails(new SessionException(Code.INVALID, "on purpose"));
      default -> {}
    }
    List<String> tasks = List.of(launch(scenario, PARENT, "work"), launch(scenario, PARENT, "ask"));
    if (method.equals("get")) {
      scenario.sessions.addSession("the host's own", PARENT);
    }
    if (method.equals("pendingRequests")) {
      scenario.host.loseEvents();
    }
    return tasks;
  }

  private static CompletableFuture<ToolResult> cancelOne(PluginScenario scenario, String method) {
    if (!method.equals("abort")) {
      return CompletableFuture.completedFuture(ToolResult.failure("nothing was cancelled"));
    }
    String task = launch(scenario, PARENT, "stay");
    patiently().until(() -> last(scenario, task).equals("running"));
    return cancel(scenario, PARENT, task);
  }

  private static void othersGoOn(PluginScenario scenario, RoughHost host) {
    scenario.sessions.addSession(OTHER);
    String works = launch(scenario, OTHER, "work");
    String stays = launch(scenario, OTHER, "stay");
    until(scenario, host, () -> last(scenario, works).equals("completed: ok"));
    until(scenario, host, () -> told(scenario, OTHER, works));
    until(scenario, host, () -> last(scenario, stays).equals("running"));
    CompletableFuture<ToolResult> cancel = cancel(scenario, OTHER, stays);
    until(scenario, host, cancel::isDone);
    assertThat(answer(cancel).error()).isFalse();
    until(scenario, host, () -> last(scenario, stays).equals("cancelled: cancelled"));
  }

  // --- the agents

  private static PluginScenario scenario(RoughHost host) {
    PluginScenario scenario =
        new PluginScenario(
            Map.of(
                "call_timeout_seconds", "60",
                "notice_delay_ms", "0",
                "adopt_children", "yes",
                "dispose_seconds", "1"),
            host.plugin());
    scenario.sessions.onTurn(prompt -> play(scenario, prompt));
    return scenario;
  }

  private static void play(PluginScenario scenario, Prompt prompt) {
    if (prompt.text().startsWith("ask")) {
      scenario.sessions.askPermission(prompt.sessionId(), "may it?");
    } else if (!prompt.text().startsWith("stay")) {
      scenario.sessions.finish(prompt.sessionId(), "{\"n\":1}");
    }
  }

  /** Gives the answer that an agent waits for, and has it come to its end with that. */
  private static void answerRequests(PluginScenario scenario) {
    for (PendingRequest request :
        scenario.sessions.pendingRequests().toCompletableFuture().join()) {
      var unused =
          scenario
              .begin(
                  "background_send",
                  PARENT,
                  "{\"request_id\":\"" + request.id() + "\",\"reply\":\"reject\"}")
              .thenAccept(ignored -> finishAnswered(scenario, request));
    }
  }

  private static void finishAnswered(PluginScenario scenario, PendingRequest request) {
    if (scenario.sessions.replyTo(request.id()).isPresent()
        && scenario.sessions.working(request.sessionId())) {
      scenario.sessions.finish(request.sessionId(), "{\"n\":1}");
    }
  }

  // --- what the sessions see

  private static String launch(PluginScenario scenario, String caller, String prompt) {
    ToolResult launched =
        scenario.call(
            "background_task",
            caller,
            "{\"description\":\"a test\",\"agent\":\"worker\",\"prompt\":\""
                + prompt
                + "\",\"result_schema\":{\"type\":\"object\"}}");
    assertThat(launched.error()).as(launched.text()).isFalse();
    return json(launched).path("task_id").asText();
  }

  private static CompletableFuture<ToolResult> cancel(
      PluginScenario scenario, String caller, String task) {
    return scenario.begin("background_cancel", caller, "{\"task_id\":\"" + task + "\"}");
  }

  private static String last(PluginScenario scenario, String task) {
    List<String> states = scenario.states(task);
    return states.isEmpty() ? "" : states.get(states.size() - 1);
  }

  /** The host's own among them, of which it may take a while to see that it does nothing. */
  private static boolean allHaveEnded(PluginScenario scenario) {
    JsonNode tasks = json(scenario.call("background_list", PARENT, "{}")).path("tasks");
    return !tasks.isEmpty()
        && StreamSupport.stream(tasks.spliterator(), false).allMatch(task -> task.has("reason"));
  }

  private static boolean hasEnded(PluginScenario scenario, String task) {
    return last(scenario, task).contains(":");
  }

  private static boolean told(PluginScenario scenario, String parent, String task) {
    return scenario.sessions.transcript(parent).stream()
        .map(Message::text)
        .anyMatch(text -> text.startsWith("[Background tasks]") && text.contains(task));
  }

  private static long sessionsOf(PluginScenario scenario, String task) {
    return scenario.sessions.sessions().stream()
        .filter(session -> session.metadata().containsValue(task))
        .count();
  }

  // --- time

  /** Lets time pass until something holds, and plays the agents meanwhile. */
  private static void until(PluginScenario scenario, RoughHost host, Callable<Boolean> condition) {
    AtomicInteger rounds = new AtomicInteger();
    patiently()
        .until(
            () -> {
              // What waits behind a thread that is held waits for real seconds, and must not
              // come to its limit meanwhile.
              if (!host.holdsThread() || rounds.incrementAndGet() % 20 == 0) {
                answerRequests(scenario);
                scenario.pass(Duration.ofSeconds(1));
              }
              return condition.call();
            });
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(5));
  }
}
