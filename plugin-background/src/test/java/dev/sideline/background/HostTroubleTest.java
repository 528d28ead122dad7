package dev.sideline.background;

import static dev.sideline.background.PluginScenario.PARENT;
import static dev.sideline.background.PluginScenario.answer;
import static dev.sideline.background.PluginScenario.json;
import static dev.sideline.background.PluginScenario.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.Message;
import dev.sideline.api.ToolResult;
import dev.sideline.background.FlakySessions.Trouble;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever call to the host goes wrong, and however: no call of an agent stays without an answer,
 * no task runs for ever, and the parent is told.
 */
class HostTroubleTest {

  private static final int SOMETIMES = 2;
  private static final int FOR_EVER = Integer.MAX_VALUE;

  static Stream<Arguments> everyTrouble() {
    return Stream.of("create", "prompt", "messages", "statuses", "abort", "delete")
        .flatMap(
            method ->
                Arrays.stream(Trouble.values()).map(trouble -> Arguments.of(method, trouble)));
  }

  @ParameterizedTest
  @MethodSource("everyTrouble")
  void a_task_ends_and_its_parent_is_told(String method, Trouble trouble) {
    try (PluginScenario scenario = scenario(method, trouble, SOMETIMES)) {
      scenario.sessions.onTurn(
          prompt -> scenario.sessions.finish(prompt.sessionId(), "there are 42"));
      List<String> tasks = List.of(scenario.launch("one"), scenario.launch("two"));

      patiently()
          .until(
              () -> {
                scenario.pass(Duration.ofSeconds(1));
                return tasks.stream().allMatch(task -> hasWokenFor(scenario, task));
              });
      tasks.forEach(task -> assertEndedAsItMay(scenario.awaitEnd(task)));
    }
  }

  @ParameterizedTest
  @MethodSource("everyTrouble")
  void a_parent_that_waits_is_answered_and_not_told_again(String method, Trouble trouble) {
    try (PluginScenario scenario = scenario(method, trouble, SOMETIMES)) {
      List<String> tasks = List.of(scenario.launch("one"), scenario.launch("two"));
      CompletableFuture<ToolResult> wait =
          scenario.begin(
              "background_output",
              PARENT,
              "{\"task_ids\":[\"%s\",\"%s\"],\"wait\":\"all\",\"timeout_seconds\":3600}"
                  .formatted(tasks.get(0), tasks.get(1)));

      patiently()
          .until(
              () -> {
                tasks.forEach(task -> finish(scenario, task));
                scenario.pass(Duration.ofSeconds(1));
                return wait.isDone();
              });
      ToolResult answer = answer(wait);
      assertThat(answer.error()).isFalse();
      json(answer).path("tasks").forEach(HostTroubleTest::assertEndedAsItMay);
      scenario.pass(Duration.ofMinutes(2));
      assertThat(tasks).noneMatch(task -> hasWokenFor(scenario, task));
    }
  }

  private static void finish(PluginScenario scenario, String task) {
    if (scenario.hasChild(task) && scenario.sessions.working(scenario.child(task))) {
      scenario.sessions.finish(scenario.child(task), "there are 42");
    }
  }

  private static void assertEndedAsItMay(JsonNode ended) {
    assertThat(ended.path("reason").asText()).isIn("ok", "launch_failed");
    if (ended.path("reason").asText().equals("ok")) {
      assertThat(ended.path("output").asText()).isEqualTo("there are 42");
    }
  }

  @ParameterizedTest
  @MethodSource("everyTrouble")
  void a_cancel_is_answered_and_its_tasks_end(String method, Trouble trouble) {
    try (PluginScenario scenario = scenario(method, trouble, SOMETIMES)) {
      String task = scenario.launch("work");
      CompletableFuture<ToolResult> cancel =
          scenario.begin("background_cancel", PARENT, "{\"all\":true}");

      JsonNode ended = scenario.awaitEnd(task);

      assertThat(ended.path("status").asText()).isIn("cancelled", "failed");
      assertThat(answer(cancel).error()).isFalse();
      boolean working = scenario.hasChild(task) && scenario.sessions.working(scenario.child(task));
      assertThat(working && !ended.path("reason").asText().equals("abandoned")).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_session_that_cannot_be_created_fails_its_task(Trouble trouble) {
    try (PluginScenario scenario = scenario("create", trouble, FOR_EVER)) {
      scenario.sessions.onTurn(prompt -> scenario.sessions.finish(prompt.sessionId(), "done"));

      JsonNode ended = scenario.awaitEnd(scenario.launch("work"));

      // A session that was created after all is found by its task's id, and used.
      assertThat(ended.path("reason").asText())
          .isEqualTo(trouble == Trouble.ANSWER_LOST ? "ok" : "launch_failed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_session_that_can_never_be_prompted_ends_its_task(Trouble trouble) {
    try (PluginScenario scenario = scenario("prompt", trouble, FOR_EVER)) {
      // If the prompt gets through all the same, its agent stops without a word.
      scenario.sessions.onTurn(prompt -> scenario.sessions.finish(prompt.sessionId(), ""));

      JsonNode ended = scenario.awaitEnd(scenario.launch("work"));

      assertThat(ended.path("reason").asText()).isIn("launch_failed", "lost", "empty");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_session_that_can_never_be_aborted_is_abandoned_and_not_called_stopped(Trouble trouble) {
    try (PluginScenario scenario = scenario("abort", trouble, FOR_EVER)) {
      scenario.sessions.ignoreAborts(true);
      String task = scenario.launchAndAwait(PARENT, "work");
      CompletableFuture<ToolResult> cancel =
          scenario.begin("background_cancel", PARENT, "{\"all\":true}");

      JsonNode ended = scenario.awaitEnd(task);

      assertThat(ended.path("reason").asText()).isEqualTo("abandoned");
      assertThat(answer(cancel).text()).startsWith("Told to stop, but").contains(task);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_host_that_never_shows_its_messages_can_still_be_stopped(Trouble trouble) {
    try (PluginScenario scenario = scenario("messages", trouble, FOR_EVER)) {
      String task = scenario.launchAndAwait(PARENT, "work");
      CompletableFuture<ToolResult> cancel =
          scenario.begin("background_cancel", PARENT, "{\"all\":true}");

      JsonNode ended = scenario.awaitEnd(task);

      assertThat(ended.path("status").asText()).isEqualTo("cancelled");
      assertThat(answer(cancel).error()).isFalse();
    }
  }

  private static boolean hasWokenFor(PluginScenario scenario, String task) {
    return scenario.notices().stream()
        .map(Message::text)
        .anyMatch(
            text ->
                text.contains("All of your background tasks have ended") && text.contains(task));
  }

  private static PluginScenario scenario(String method, Trouble trouble, int times) {
    return new PluginScenario(
        Map.of("cancel_grace_seconds", "20", "dispose_seconds", "1"),
        new FlakySessions(method, trouble, times).plugin());
  }
}
