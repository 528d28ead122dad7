package dev.sideline.background.retain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.testing.SettableClock;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CaffeineFinishedTasksTest {

  private final SettableClock clock = new SettableClock();

  @Test
  void of_a_thousand_in_order_the_newest_hundred_stay() {
    CaffeineFinishedTasks retained = retained(Map.of("retained_max_count", "100"));
    List<TaskId> gone = new ArrayList<>();
    for (int number = 0; number < 1_000; number++) {
      gone.addAll(retained.add(task(number, "x")));
      // Reading makes nothing stay longer.
      assertThat(retained.find(id(number))).isNotNull();
      retained.find(id(Math.max(0, number - 99)));
    }

    assertThat(gone)
        .isEqualTo(IntStream.range(0, 900).mapToObj(CaffeineFinishedTasksTest::id).toList());
    for (int number = 0; number < 1_000; number++) {
      assertThat(retained.find(id(number)) != null).as("task " + number).isEqualTo(number >= 900);
    }
    assertThat(retained.ofTree("parent")).hasSize(100);
    assertThat(retained.ofTree("parent").get(0).id()).isEqualTo(id(900));
  }

  @Test
  void it_is_known_when_the_first_has_outlived_its_lifetime() {
    CaffeineFinishedTasks retained = retained(Map.of("retained_lifetime_seconds", "60"));
    assertThat(retained.millisToExpiry()).isEqualTo(Long.MAX_VALUE);
    assertThat(retained.add(task(1, "x"))).isEmpty();
    clock.advance(Duration.ofSeconds(20));
    assertThat(retained.add(task(2, "x"))).isEmpty();
    assertThat(retained.millisToExpiry()).isEqualTo(40_000);
    retained.remove(id(1));
    assertThat(retained.millisToExpiry()).isEqualTo(60_000);
    clock.advance(Duration.ofSeconds(70));
    assertThat(retained.expire()).containsExactly(id(2));
    assertThat(retained.millisToExpiry()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void the_bytes_of_the_answers_are_bounded() {
    CaffeineFinishedTasks retained = retained(Map.of("retained_max_bytes", "100000"));
    List<TaskId> gone = new ArrayList<>();
    for (int number = 0; number < 50; number++) {
      gone.addAll(retained.add(task(number, "x".repeat(10_000))));
    }

    List<Task> left = retained.ofTree("parent");
    assertThat(left).hasSizeBetween(3, 5);
    assertThat(left.get(left.size() - 1).id()).isEqualTo(id(49));
    assertThat(gone).hasSize(50 - left.size()).doesNotHaveDuplicates();
  }

  @Test
  void a_task_that_is_too_large_by_itself_goes_at_once_and_leaves_no_trace() {
    CaffeineFinishedTasks retained = retained(Map.of("retained_max_bytes", "65536"));

    assertThat(retained.add(task(1, "x".repeat(100_000)))).containsExactly(id(1));

    assertThat(retained.find(id(1))).isNull();
    assertThat(retained.ofTree("parent")).isEmpty();
    assertThat(retained.ofSession("ses_bg_1")).isEmpty();
    assertThat(retained.knowsParent("parent")).isFalse();
    assertThat(retained.add(task(2, "small"))).isEmpty();
    assertThat(retained.find(id(2))).isNotNull();
  }

  @Test
  void a_task_goes_when_its_lifetime_is_over() {
    CaffeineFinishedTasks retained = retained(Map.of("retained_lifetime_seconds", "60"));
    retained.add(settledNow(1));
    clock.advance(Duration.ofSeconds(30));
    retained.add(settledNow(2));

    clock.advance(Duration.ofSeconds(29));
    assertThat(retained.expire()).isEmpty();
    assertThat(retained.find(id(1))).isNotNull();

    clock.advance(Duration.ofSeconds(2));
    assertThat(retained.find(id(1))).isNull();
    assertThat(retained.expire()).containsExactly(id(1));
    assertThat(retained.ofTree("parent")).extracting(Task::id).containsExactly(id(2));
    assertThat(retained.knowsParent("parent")).isTrue();

    clock.advance(Duration.ofSeconds(30));
    assertThat(retained.expire()).containsExactly(id(2));
    assertThat(retained.knowsParent("parent")).isFalse();
  }

  @Test
  void the_one_that_settled_first_goes_first_even_if_it_came_last() {
    CaffeineFinishedTasks retained = retained(Map.of("retained_max_count", "3"));
    retained.add(task(10, "x"));
    retained.add(task(20, "x"));
    retained.add(task(5, "x"));

    assertThat(retained.ofTree("parent"))
        .extracting(Task::id)
        .containsExactly(id(5), id(10), id(20));
    assertThat(retained.add(task(30, "x"))).containsExactly(id(5));
    assertThat(retained.add(task(40, "x"))).containsExactly(id(10));
  }

  @Test
  void a_parent_is_known_as_long_as_a_task_of_it_is_here() {
    CaffeineFinishedTasks retained = retained(Map.of());
    retained.add(task(1, "x"));
    retained.add(task(2, "x"));

    retained.remove(id(1));
    assertThat(retained.knowsParent("parent")).isTrue();
    retained.remove(id(2));
    retained.remove(id(2));
    assertThat(retained.knowsParent("parent")).isFalse();
  }

  @Test
  void a_task_is_found_by_its_session_and_by_every_session_above_it() {
    CaffeineFinishedTasks retained = retained(Map.of());
    Task nested =
        SampleTasks.pending("bg_1", "nested", "middle", "top")
            .activated("bottom", "msg_1")
            .settled(new Outcome(Outcome.Reason.OK, null, "", 0), clock.millis(), Progress.NONE);
    retained.add(nested);

    assertThat(retained.ofSession("bottom")).containsExactly(nested);
    assertThat(retained.ofTree("middle")).containsExactly(nested);
    assertThat(retained.ofTree("top")).containsExactly(nested);
    assertThat(retained.ofTree("bottom")).isEmpty();
    assertThat(retained.knowsParent("top")).isFalse();
  }

  @Test
  void clearing_leaves_nothing() {
    CaffeineFinishedTasks retained = retained(Map.of());
    retained.add(task(1, "x"));

    retained.clear();

    assertThat(retained.find(id(1))).isNull();
    assertThat(retained.ofTree("parent")).isEmpty();
    assertThat(retained.ofSession("ses_bg_1")).isEmpty();
    assertThat(retained.knowsParent("parent")).isFalse();
    assertThat(retained.expire()).isEmpty();
  }

  private CaffeineFinishedTasks retained(Map<String, String> settings) {
    return new CaffeineFinishedTasks(SettingsReader.read(settings), clock::millis);
  }

  /** Settled a little later than those with a smaller number. */
  private Task task(int number, String text) {
    return SampleTasks.completed("bg_" + number, clock.millis() - 100_000 + number, text);
  }

  private Task settledNow(int number) {
    return SampleTasks.completed("bg_" + number, clock.millis(), "x");
  }

  private static TaskId id(int number) {
    return new TaskId("bg_" + number);
  }
}
