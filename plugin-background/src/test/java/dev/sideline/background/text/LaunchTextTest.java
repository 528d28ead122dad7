package dev.sideline.background.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.CannotResume;
import dev.sideline.background.engine.protocol.Answer.ResumeRefusal;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.Provenance;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchTextTest {

  private static final Task PENDING = SampleTasks.pending("bg_1");

  @Test
  void a_task_that_is_being_started() {
    assertThat(launched(View.of(PENDING)))
        .isEqualTo(
            """
            Launched background task bg_1. It is being started.
            Go on with your own work: you will be told when it has ended, there is no need to poll. \
            Then read its result with background_output(task_id="bg_1").\
            """);
  }

  @Test
  void a_task_that_waits_for_a_slot_tells_its_place_and_the_limit_that_stands_in_its_way() {
    assertThat(launched(new View(PENDING, 3, null, false)))
        .contains("It starts by itself; it is now waiting for a slot at place 3 of your queue.\n");
    assertThat(
            launched(new View(PENDING, 1, new Limit("max_running_per_agent", 2, "explore"), false)))
        .contains("at place 1 of your queue (max_running_per_agent is 2 for \"explore\").\nGo on");
  }

  @Test
  void a_task_that_waits_for_others_names_them() {
    List<TaskId> ids = IntStream.range(0, 8).mapToObj(i -> new TaskId("bg_" + i)).toList();

    assertThat(launched(View.of(after(ids.subList(0, 1)))))
        .contains("It starts by itself; it is now waiting until bg_0 has ended.\n");
    assertThat(launched(View.of(after(ids))))
        .contains("waiting until bg_0, bg_1, bg_2, bg_3, bg_4 and 3 more have ended.\n");
  }

  @ParameterizedTest
  @CsvSource({
    "EACH,   you will be told when it has ended",
    "ALL,    you will be told when the last of your tasks has ended",
    "SILENT, You will not be told when it has ended; look with background_output",
  })
  void how_it_is_told_is_said_as_it_is(Notify notify, String words) {
    assertThat(launched(View.of(with(notify)))).contains(words);
  }

  @ParameterizedTest
  @CsvSource({
    "WOKEN,    you will be told when it has ended",
    "READ,     a message will stand here when it has ended",
    "ANSWERED, Nothing will set you to work when it has ended",
  })
  void no_more_is_promised_than_will_be_kept(Promise promise, String words) {
    Answer.Launched launched = new Answer.Launched(View.of(with(Notify.EACH)), false);

    assertThat(LaunchText.launched(launched, promise, 0)).contains(words);
  }

  @Test
  void a_second_launch_with_the_same_key_tells_what_has_become_of_the_first() {
    assertThat(
            LaunchText.launched(
                new Answer.Launched(View.of(SampleTasks.running("bg_1")), true),
                Promise.WOKEN,
                1_000))
        .startsWith(
            "Background task bg_1 was launched before, with the same idempotency_key; no second one"
                + " was launched. It is running.\nGo on");
    assertThat(
            LaunchText.launched(
                new Answer.Launched(View.of(SampleTasks.completed("bg_1", 5, "x")), true),
                Promise.WOKEN,
                1_000))
        .endsWith(
            "It has ended: completed. Read its result with background_output(task_id=\"bg_1\").");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "max_running",
        "max_running_per_parent",
        "max_running_per_tree",
        "max_running_per_agent",
        "max_starting",
        "max_tasks",
        "max_tasks_per_parent",
        "max_tasks_bytes",
        "max_launches_per_parent",
        "max_depth",
      })
  void a_limit_is_named_with_its_value_and_with_what_can_be_done(String setting) {
    String text = LaunchText.refused(new Answer.LimitReached(new Limit(setting, 7, "explore")));

    assertThat(text)
        .startsWith("Not launched: the setting " + setting + " is 7 for \"explore\"")
        .endsWith(" Nothing was changed.");
    assertThat(text).containsPattern("[Tt]ry again|Wait until|yourself");
  }

  @ParameterizedTest
  @EnumSource
  void a_task_that_cannot_be_gone_on_with_tells_why_and_what_to_do_instead(ResumeRefusal why) {
    String text = LaunchText.refused(new CannotResume(View.of(SampleTasks.running("bg_1")), why));

    assertThat(text)
        .startsWith("Not launched: ")
        .contains("bg_1")
        .endsWith(" Nothing was changed.");
    assertThat(text).containsPattern("without 'task_id'|background_send");
  }

  @Test
  void a_spent_budget_a_taken_key_and_an_ended_caller_are_told() {
    assertThat(LaunchText.refused(new Answer.BudgetSpent("510 tokens were used; 500 are allowed")))
        .startsWith("Not launched: ")
        .contains("may use together: 510 tokens were used; 500 are allowed. ");
    assertThat(LaunchText.refused(new Answer.KeyTaken("my\n\"key\"", new TaskId("bg_9"))))
        .startsWith("Not launched: the idempotency_key \"my 'key'\" belongs to bg_9, ")
        .contains("Give this task another key or none");
    assertThat(LaunchText.refused(new Answer.CallerEnded())).startsWith("Not launched: ");
    assertThat(LaunchText.refused(new Answer.NotRecorded()))
        .startsWith("Not launched: ")
        .contains("try again later");
  }

  @Test
  void another_answer_is_a_defect() {
    assertThatThrownBy(() -> LaunchText.refused(new Answer.Abandoned()))
        .isInstanceOf(IllegalStateException.class);
  }

  private static String launched(View view) {
    return LaunchText.launched(new Answer.Launched(view, false), Promise.WOKEN, 0);
  }

  private static Task after(List<TaskId> ids) {
    return Task.pending(
        new TaskId("bg_9"),
        List.of("parent"),
        SampleTasks.spec("later"),
        LaunchOptions.NONE,
        Provenance.following(ids, null),
        null,
        0);
  }

  private static Task with(Notify notify) {
    return Task.pending(
        new TaskId("bg_9"),
        List.of("parent"),
        SampleTasks.spec("told somehow"),
        new LaunchOptions(0, notify, 0, 0, Budget.UNLIMITED, null, null),
        Provenance.LAUNCHED,
        null,
        0);
  }
}
