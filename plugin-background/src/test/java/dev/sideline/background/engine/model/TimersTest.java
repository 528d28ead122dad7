package dev.sideline.background.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimersTest {

  private static final TimedEvent FIRST = new TimedEvent.WaitTimeout(1);
  private static final TimedEvent SECOND = new TimedEvent.WaitTimeout(2);
  private static final TimedEvent LATE = new TimedEvent.WaitTimeout(3);

  private final Timers timers = new Timers();

  @Test
  void what_is_due_comes_in_the_order_of_its_time_and_then_in_that_of_its_setting() {
    timers.at(20, LATE);
    timers.at(10, FIRST);
    timers.at(10, SECOND);
    assertThat(timers.nextDue()).isEqualTo(10);

    assertThat(timers.pollDue(9)).isNull();
    assertThat(timers.pollDue(10)).isEqualTo(FIRST);
    assertThat(timers.pollDue(10)).isEqualTo(SECOND);
    assertThat(timers.pollDue(10)).isNull();
    assertThat(timers.nextDue()).isEqualTo(20);
    assertThat(timers.size()).isEqualTo(1);
  }

  @Test
  void what_is_cancelled_is_not_due_and_leaves_at_once() {
    Timer cancelled = timers.at(10, FIRST);
    Timer other = timers.at(10, SECOND);
    assertThat(cancelled).isNotEqualTo(other).isEqualTo(cancelled).isNotEqualTo("timer");
    assertThat(cancelled.hashCode()).isNotEqualTo(other.hashCode());
    timers.cancel(cancelled);
    timers.cancel(null);
    assertThat(timers.size()).isEqualTo(1);
    assertThat(timers.contains(cancelled)).isFalse();

    assertThat(timers.pollDue(10)).isEqualTo(SECOND);
    assertThat(timers.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void a_timer_is_moved_unless_it_was_due_or_cancelled() {
    Timer timer = timers.at(10, FIRST);
    Timer moved = timers.move(timer, 30);
    assertThat(moved.atMillis()).isEqualTo(30);
    assertThat(timers.pollDue(30)).isEqualTo(FIRST);

    assertThat(timers.move(moved, 40)).isSameAs(moved);
    assertThat(timers.size()).isZero();
  }
}
