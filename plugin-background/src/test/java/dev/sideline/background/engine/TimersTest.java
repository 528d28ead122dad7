package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimersTest {

  private final Timers timers = new Timers();
  private final List<String> done = new ArrayList<>();

  @Test
  void what_is_due_is_done_in_the_order_of_its_time_and_then_in_that_of_its_planning() {
    timers.at(20, () -> done.add("late"));
    timers.at(10, () -> done.add("first"));
    timers.at(10, () -> done.add("second"));
    assertThat(timers.nextDue()).isEqualTo(10);
    timers.run(9, Runnable::run);
    assertThat(done).isEmpty();
    timers.run(10, Runnable::run);

    assertThat(done).containsExactly("first", "second");
    assertThat(timers.nextDue()).isEqualTo(20);
    assertThat(timers.size()).isEqualTo(1);
  }

  @Test
  void what_is_cancelled_is_not_done_and_leaves_at_once() {
    Timers.Timer item = timers.at(10, () -> done.add("cancelled"));
    Timers.Timer other = timers.at(10, () -> done.add("other"));
    assertThat(item).isNotEqualTo(other).isEqualTo(item).isNotEqualTo("item");
    assertThat(item.hashCode()).isNotEqualTo(other.hashCode());
    timers.cancel(item);
    assertThat(timers.size()).isEqualTo(1);
    timers.run(10, Runnable::run);

    assertThat(done).containsExactly("other");
    assertThat(timers.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void what_an_action_plans_for_the_same_time_is_done_too() {
    timers.at(10, () -> timers.at(10, () -> done.add("planned")));
    timers.run(10, Runnable::run);

    assertThat(done).containsExactly("planned");
  }
}
