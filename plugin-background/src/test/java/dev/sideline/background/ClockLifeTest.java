package dev.sideline.background;

import static dev.sideline.background.PluginScenario.PARENT;
import static dev.sideline.background.PluginScenario.answer;
import static dev.sideline.background.PluginScenario.json;
import static dev.sideline.background.PluginScenario.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.SessionCall;
import dev.sideline.api.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clocks that are set, processes that are stopped and machines that sleep, as agents see it. */
class ClockLifeTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration NIGHT = Duration.ofHours(8);

  private final PluginScenario scenario =
      new PluginScenario(
          Map.of(
              "timeout_seconds", "1800",
              "stall_seconds", "300",
              "cancel_grace_seconds", "10",
              "retained_lifetime_seconds", "600"));
  private final SettableClock clock = scenario.host.clock();

  @AfterEach
  void dispose() {
    scenario.close();
  }

  // --- the clock is put back

  @Test
  void a_deadline_comes_at_its_time_though_the_clock_was_put_back_an_hour() {
    String task = scenario.launchAndAwait(PARENT, "work");
    clock.jump(HOUR.negated());
    keepAlive(task, Duration.ofMinutes(29));
    assertThat(scenario.status(task)).isEqualTo("running");

    patiently()
        .until(
            () -> {
              scenario.pass(Duration.ofSeconds(1));
              return scenario.states(task).contains("cancelling");
            });
    patiently()
        .untilAsserted(() -> assertThat(scenario.states(task)).endsWith("failed: timed_out"));
  }

  @Test
  void a_wait_ends_at_its_time_though_the_clock_was_put_back_an_hour() {
    scenario.launchAndAwait(PARENT, "work");
    CompletableFuture<ToolResult> wait = waitOfAMinute();
    clock.jump(HOUR.negated());
    scenario.pass(Duration.ofSeconds(59));
    assertThat(wait).isNotDone();
    scenario.pass(Duration.ofSeconds(1));

    assertThat(json(answer(wait)).path("waited_in_vain").asBoolean()).isTrue();
  }

  @Test
  void what_a_host_tells_by_its_clock_is_shown_as_it_is_from_now() {
    String task = scenario.launchAndAwait(PARENT, "work");
    clock.jump(HOUR.negated());
    scenario.pass(Duration.ofSeconds(1));
    String child = scenario.child(task);
    scenario.sessions.write(child, "half of it");
    scenario.sessions.retry(child, 1, "overloaded", clock.instant().plusSeconds(5));

    patiently()
        .untilAsserted(
            () -> assertThat(scenario.task(task).path("next_try_ms").asLong()).isEqualTo(5_000));
    ToolResult transcript =
        scenario.call(
            "background_output", PARENT, "{\"task_id\":\"" + task + "\",\"transcript\":true}");
    assertThat(transcript.text()).contains("assistant, 0 ms ago");
  }

  // --- the clock is put forward

  @Test
  void nothing_times_out_or_expires_when_the_clock_is_put_forward_an_hour() {
    String done = scenario.launchAndAwait(PARENT, "first");
    scenario.sessions.finish(scenario.child(done), "42");
    patiently().until(() -> scenario.sessions.working(PARENT));
    String task = scenario.launchAndAwait(PARENT, "second");
    CompletableFuture<ToolResult> wait = waitOfAMinute();

    clock.jump(HOUR);
    scenario.pass(Duration.ofSeconds(5));

    assertThat(scenario.task(done).path("output").asText()).isEqualTo("42");
    assertThat(scenario.status(task)).isEqualTo("running");
    assertThat(scenario.task(task).path("elapsed_ms").asLong()).isEqualTo(5_000);
    assertThat(wait).isNotDone();
    assertThat(scenario.calls(SessionCall.Abort.class)).isZero();
  }

  // --- the machine sleeps

  @Test
  void an_answer_that_was_given_while_the_machine_slept_is_found_when_it_wakes() {
    String task = scenario.launchAndAwait(PARENT, "work");
    scenario.pass(Duration.ofSeconds(10));
    finishUnheard(task);
    clock.suspend(NIGHT);
    scenario.pass(Duration.ZERO);

    patiently().untilAsserted(() -> assertThat(scenario.states(task)).endsWith("completed: ok"));
    patiently().until(() -> !scenario.notices().isEmpty());
  }

  // --- the process is stopped and continued

  @Test
  void a_task_that_has_its_answer_when_the_process_goes_on_is_completed() {
    String task = scenario.launchAndAwait(PARENT, "work");
    scenario.pass(Duration.ofSeconds(10));
    finishUnheard(task);
    clock.pause(NIGHT);
    scenario.pass(Duration.ZERO);

    patiently().untilAsserted(() -> assertThat(scenario.states(task)).endsWith("completed: ok"));
    assertThat(scenario.calls(SessionCall.Abort.class)).isZero();
    assertThat(scenario.task(task).path("elapsed_ms").asLong()).isBetween(10_000L, 20_000L);
  }

  @Test
  void a_task_that_works_through_a_pause_goes_on_and_is_neither_late_nor_silent() {
    String task = scenario.launchAndAwait(PARENT, "work");
    scenario.pass(Duration.ofSeconds(10));
    clock.pause(NIGHT);
    scenario.pass(Duration.ofMinutes(2));

    assertThat(scenario.states(task)).endsWith("running");
    assertThat(scenario.task(task).path("stalled").asBoolean()).isFalse();
    assertThat(scenario.notices()).isEmpty();
    scenario.sessions.finish(scenario.child(task), "42");
    patiently().untilAsserted(() -> assertThat(scenario.states(task)).endsWith("completed: ok"));
  }

  @Test
  void a_task_that_is_being_cancelled_is_told_once_more_and_is_not_abandoned() {
    String task = scenario.launchAndAwait(PARENT, "work");
    scenario.sessions.ignoreAborts(true);
    CompletableFuture<ToolResult> cancel =
        scenario.begin("background_cancel", PARENT, "{\"task_id\":\"" + task + "\"}");
    patiently().until(() -> scenario.calls(SessionCall.Abort.class) > 0);
    scenario.pass(Duration.ofSeconds(8));
    clock.pause(NIGHT);
    scenario.sessions.ignoreAborts(false);
    scenario.pass(Duration.ofSeconds(1));

    assertThat(answer(cancel).text()).startsWith("Stopped:");
    patiently()
        .untilAsserted(() -> assertThat(scenario.states(task)).endsWith("cancelled: cancelled"));
  }

  @Test
  void a_wait_ends_at_its_time_though_the_process_was_stopped_in_the_middle_of_it() {
    scenario.launchAndAwait(PARENT, "work");
    CompletableFuture<ToolResult> wait = waitOfAMinute();
    scenario.pass(Duration.ofSeconds(10));
    clock.pause(Duration.ofSeconds(20));
    scenario.pass(Duration.ofSeconds(29));
    assertThat(wait).isNotDone();
    scenario.pass(Duration.ofSeconds(1));

    assertThat(json(answer(wait)).path("waited_in_vain").asBoolean()).isTrue();
  }

  @Test
  void a_wait_whose_time_passed_while_the_process_was_stopped_ends_when_it_goes_on() {
    String task = scenario.launchAndAwait(PARENT, "work");
    CompletableFuture<ToolResult> wait = waitOfAMinute();
    scenario.pass(Duration.ofSeconds(10));
    clock.pause(NIGHT);
    scenario.pass(Duration.ZERO);

    assertThat(json(answer(wait)).path("waited_in_vain").asBoolean()).isTrue();
    assertThat(scenario.status(task)).isEqualTo("running");
  }

  @Test
  void a_pause_is_noticed_without_anything_that_calls_for_it() {
    String task = scenario.launchAndAwait(PARENT, "work");
    finishUnheard(task);
    clock.pause(NIGHT);

    patiently().untilAsserted(() -> assertThat(scenario.states(task)).endsWith("completed: ok"));
  }

  // --- times that fit nowhere

  @Test
  void a_next_try_at_the_end_of_all_time_keeps_no_other_task_from_its_end() {
    List<String> tasks =
        List.of(scenario.launchAndAwait(PARENT, "a"), scenario.launchAndAwait(PARENT, "b"));
    scenario.sessions.dropEvents(true);
    scenario.sessions.retry(scenario.child(tasks.get(0)), 1, "overloaded", Instant.MAX);
    scenario.sessions.finish(scenario.child(tasks.get(1)), "42");
    scenario.sessions.dropEvents(false);
    scenario.host.loseEvents();

    patiently()
        .untilAsserted(() -> assertThat(scenario.states(tasks.get(1))).endsWith("completed: ok"));
    JsonNode retrying = scenario.task(tasks.get(0));
    assertThat(retrying.path("status").asText()).isEqualTo("retrying");
    assertThat(retrying.path("next_try_ms").asLong()).isPositive();
  }

  private CompletableFuture<ToolResult> waitOfAMinute() {
    CompletableFuture<ToolResult> wait =
        scenario.begin("background_output", PARENT, "{\"wait\":\"all\",\"timeout_seconds\":60}");
    // It has begun when what comes after it has been taken.
    scenario.pass(Duration.ZERO);
    return wait;
  }

  /** The agent of a task gives its answer, and nobody is told. */
  private void finishUnheard(String task) {
    scenario.sessions.dropEvents(true);
    scenario.sessions.finish(scenario.child(task), "42");
    scenario.sessions.dropEvents(false);
  }

  /** Lets time pass for a task that is heard of. */
  private void keepAlive(String task, Duration time) {
    for (Duration left = time; !left.isZero(); left = left.minusMinutes(1)) {
      scenario.sessions.write(scenario.child(task), "still at it");
      scenario.pass(Duration.ofMinutes(1));
    }
  }
}
