package outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.Message;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.api.TaskStatus;
import dev.sideline.api.leak.LeakCheck;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of 200 tasks under 20 parents, in any weather. */
@ExtendWith(LeakCheck.class)
class TwoHundredTasksTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration BOUND_OF_DISPOSE = Duration.ofSeconds(10);
  private static final int TASKS = 200;

  /** Long enough for all that can go wrong, short enough that no retry is far away then. */
  private static final Duration STORM = Duration.ofSeconds(8);

  /** So that little has to be waited for. */
  private static final Map<String, String> IMPATIENT =
      Map.of(
          "call_timeout_seconds", "1",
          "reconcile_seconds", "1",
          "lost_seconds", "2",
          "cancel_grace_seconds", "3",
          "timeout_seconds", "15",
          "busy_parent_seconds", "2",
          "input_timeout_seconds", "5",
          "dispose_seconds", "2",
          "max_running", "64",
          "max_starting", "32");

  @Test
  void in_calm_weather_all_complete_and_each_parent_is_told_once_of_each() {
    try (Trial trial = new Trial(Map.of(), Weather.CALM)) {
      trial.launch(10, 10, "each", Trial.WORKERS);
      trial.launch(10, 10, "all", Trial.WORKERS);

      awaitEverybodyTold(trial);
      assertThat(trial.tasks()).allMatch(task -> task.status() == TaskStatus.COMPLETED);
      assertThat(trial.tasks()).extracting(TaskSnapshot::parentSessionId).hasSize(TASKS);
      assertThatNothingIsTwice(trial);
      await().atMost(PATIENCE).until(() -> trial.statuses().isEmpty());
      assertThat(trial.dispose()).isLessThan(BOUND_OF_DISPOSE);
      assertThat(trial.calledAfterDispose()).isEmpty();
    }
  }

  @Test
  void in_rough_weather_all_end_each_parent_is_told_once_of_each_and_dispose_returns() {
    long seed = Long.getLong("sideline.seed", System.nanoTime());
    System.out.println("seed of the storm: " + seed);
    Storm storm = new Storm(new Dice(seed));
    try (Trial trial = new Trial(IMPATIENT, storm)) {
      long begin = System.nanoTime();
      trial.launch(10, 10, "each", Trial.WORKERS);
      trial.launch(10, 10, "all", Trial.WORKERS);
      await().atMost(PATIENCE).until(() -> System.nanoTime() - begin > STORM.toNanos());
      storm.rages(false);

      awaitEverybodyTold(trial);
      assertThat(storm.met()).containsOnlyKeys(RoughSessions.Fate.values());
      assertThatNothingIsTwice(trial);

      storm.rages(true);
      trial.launch(1, 10, "each", List.of("endless"));
      await().atMost(PATIENCE).until(() -> trial.tasks().size() == TASKS + 10);
      assertThat(trial.dispose()).isLessThan(BOUND_OF_DISPOSE);
      storm.close();
      assertThat(trial.calledAfterDispose()).isEmpty();
    } finally {
      storm.close();
    }
  }

  private static void awaitEnd(Trial trial) {
    await().atMost(PATIENCE).until(() -> trial.tasks().size() == TASKS && live(trial).isEmpty());
  }

  private static void awaitEverybodyTold(Trial trial) {
    awaitEnd(trial);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(storiesOfUntold(trial)).isEmpty());
  }

  private static List<TaskSnapshot> live(Trial trial) {
    return trial.tasks().stream().filter(task -> !task.status().terminal()).toList();
  }

  /** What there is to know of each parent that was not told of all of its tasks. */
  private static List<String> storiesOfUntold(Trial trial) {
    return trial.tasks().stream()
        .filter(task -> noticesOf(trial, task).isEmpty())
        .map(TaskSnapshot::parentSessionId)
        .distinct()
        .map(trial::storyOf)
        .toList();
  }

  private static void assertThatNothingIsTwice(Trial trial) {
    for (TaskSnapshot task : trial.tasks()) {
      assertThat(noticesOf(trial, task)).as("notices of %s", task).hasSizeLessThan(2);
      assertThat(
              trial.told(PluginEvent.TaskChanged.class).stream()
                  .filter(change -> change.taskId().equals(task.id()))
                  .filter(change -> change.status().terminal()))
          .as("ends of %s", task)
          .hasSize(1);
    }
    for (String parent : trial.parents()) {
      assertThat(trial.messages(parent)).extracting(Message::id).doesNotHaveDuplicates();
    }
  }

  /** The ids of the messages that tell a task's parent of its end and stand in its session. */
  private static List<String> noticesOf(Trial trial, TaskSnapshot task) {
    Pattern end = Pattern.compile("- " + task.id() + " .*: " + task.status().wireName() + "\\b");
    Map<String, String> texts =
        trial.messages(task.parentSessionId()).stream()
            .collect(Collectors.toMap(Message::id, Message::text));
    return trial.told(PluginEvent.NoticeSent.class).stream()
        .filter(notice -> notice.taskIds().contains(task.id()))
        .filter(notice -> end.matcher(texts.getOrDefault(notice.messageId(), "")).find())
        .map(PluginEvent.NoticeSent::messageId)
        .toList();
  }
}
