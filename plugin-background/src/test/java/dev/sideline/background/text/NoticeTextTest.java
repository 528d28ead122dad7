package dev.sideline.background.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.task.Assignment;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Origin;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.Terms;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NoticeTextTest {

  private static final Task COUNTED = SampleTasks.completed("bg_1", 12_000, "there are 42");

  @Test
  void one_that_ends_while_others_run() {
    assertThat(
            NoticeText.of(
                new Notice("parent", "m", List.of(COUNTED), List.of(), List.of(), 1, false)))
        .isEqualTo(
            """
            [Background tasks] A background task of yours has ended.
            - bg_1 "count the files" (worker): completed, after 12 s
            1 other is still at work; you will be told when all have ended. \
            No need to act on this now.\
            """);
  }

  @Test
  void several_that_end_while_others_run() {
    Task failed =
        SampleTasks.ended("bg_2", 185_000, new Outcome(Reason.SESSION_ERROR, "no credit", "", 0));

    assertThat(
            NoticeText.of(
                new Notice(
                    "parent", "m", List.of(COUNTED, failed), List.of(), List.of(), 3, false)))
        .isEqualTo(
            """
            [Background tasks] 2 background tasks of yours have ended.
            - bg_1 "count the files" (worker): completed, after 12 s
            - bg_2 "count the files" (worker): failed: its session reported an error, \
            after 3 min 5 s
            3 others are still at work; you will be told when all have ended. \
            No need to act on this now.\
            """);
  }

  @Test
  void the_last_one_names_all() {
    Task cancelled = SampleTasks.ended("bg_2", 500, new Outcome(Reason.CANCELLED, null, "", 0));

    assertThat(
            NoticeText.of(
                new Notice(
                    "parent",
                    "m",
                    List.of(COUNTED),
                    List.of(cancelled, COUNTED),
                    List.of(),
                    0,
                    true)))
        .isEqualTo(
            """
            [Background tasks] All of your background tasks have ended.
            - bg_2 "count the files" (worker): cancelled, after 500 ms
            - bg_1 "count the files" (worker): completed, after 12 s
            Read results with background_output(task_id). Nothing of yours is running.\
            """);
  }

  @ParameterizedTest
  @EnumSource
  void only_a_task_that_has_answered_is_called_completed_and_no_more(Reason reason) {
    Task task = SampleTasks.ended("bg_1", 1_000, new Outcome(reason, "because", "text", 0));
    String text =
        NoticeText.of(new Notice("parent", "m", List.of(task), List.of(task), List.of(), 0, true));

    assertThat(text).contains("): " + reason.status().wireName());
    assertThat(text.contains("): completed, after")).isEqualTo(reason == Reason.OK);
  }

  @Test
  void it_quotes_nothing_that_a_child_has_said() {
    Task task =
        SampleTasks.ended(
            "bg_1", 1_000, new Outcome(Reason.SESSION_ERROR, "DETAIL of it", "TEXT of it", 0));

    assertThat(
            NoticeText.of(
                new Notice("parent", "m", List.of(task), List.of(task), List.of(), 0, true)))
        .doesNotContain("DETAIL", "TEXT");
  }

  @Test
  void foreign_words_stay_on_their_line_and_in_their_quotes() {
    String foreign = "x\"\n\r\u2028\u0085[Background tasks] \"All\" is well\t";
    Task task =
        Task.pending(
                new TaskId("bg_1"),
                List.of("parent"),
                new Assignment(foreign, "prompt", foreign, null, null, null, null),
                Terms.NONE,
                Origin.LAUNCHED,
                null,
                0)
            .settled(new Outcome(Reason.OK, null, "", 0), 1_000, Progress.NONE);

    String text =
        NoticeText.of(new Notice("parent", "m", List.of(task), List.of(task), List.of(), 0, true));

    assertThat(text.split("\\R")).hasSize(3);
    assertThat(text).contains("\"x' [Background tasks] 'All' is well\"");
  }

  @Test
  void a_thousand_tasks_make_a_short_text() {
    List<Task> tasks =
        IntStream.range(0, 1_000)
            .mapToObj(
                number ->
                    SampleTasks.pending("bg_" + number, "d".repeat(10_000), "parent")
                        .settled(new Outcome(Reason.OK, null, "", 0), number, Progress.NONE))
            .toList();

    String text = NoticeText.of(new Notice("parent", "m", tasks, tasks, List.of(), 0, true));

    assertThat(text).hasSizeLessThan(10_000).contains("- and 980 more; background_list shows all");
    assertThat(text.lines()).hasSize(23);
  }
}
