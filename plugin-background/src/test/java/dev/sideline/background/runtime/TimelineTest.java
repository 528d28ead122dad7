package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.testing.SettableClock;
import dev.sideline.api.testing.TestHost;
import dev.sideline.background.engine.protocol.Input;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimelineTest {

  private final TestHost host = new TestHost();
  private final SettableClock clock = host.clock();
  private final long start = clock.millis();
  private final Timeline timeline = new Timeline(host);

  // --- what it shows

  @Test
  void it_begins_at_the_wall_clock_and_goes_on_with_the_stop_watch() {
    assertThat(timeline.nowMillis()).isEqualTo(start);
    runSeconds(10);

    assertThat(timeline.nowMillis()).isEqualTo(start + 10_000);
    assertThat(timeline.wallMillis(timeline.nowMillis())).isEqualTo(clock.millis());
  }

  @Test
  void it_goes_on_as_before_when_the_clock_is_put_back_an_hour() {
    runSeconds(10);
    clock.jump(Duration.ofHours(-1));
    assertThat(timeline.pass()).isNull();
    runSeconds(10);

    assertThat(timeline.nowMillis()).isEqualTo(start + 20_000);
    assertThat(timeline.wallMillis(timeline.nowMillis())).isEqualTo(clock.millis());
  }

  @Test
  void it_goes_on_as_before_when_the_clock_is_put_forward_but_all_is_to_be_looked_at() {
    runSeconds(10);
    clock.jump(Duration.ofHours(1));
    assertThat(timeline.pass()).isEqualTo(new Input.Paused(0));
    assertThat(timeline.pass()).isNull();
    runSeconds(10);

    assertThat(timeline.nowMillis()).isEqualTo(start + 20_000);
    assertThat(timeline.wallMillis(timeline.nowMillis())).isEqualTo(clock.millis());
  }

  @Test
  void a_machine_that_slept_has_all_looked_at() {
    runSeconds(10);
    clock.suspend(Duration.ofHours(8));

    assertThat(timeline.pass()).isEqualTo(new Input.Paused(0));
    assertThat(timeline.nowMillis()).isEqualTo(start + 10_000);
  }

  @Test
  void a_clock_that_is_put_right_now_and_then_has_nothing_looked_at() {
    for (int i = 0; i < 100; i++) {
      clock.jump(Duration.ofMillis(500));
      runSeconds(1);
    }

    assertThat(timeline.nowMillis()).isEqualTo(start + 100_000);
    assertThat(timeline.wallMillis(timeline.nowMillis())).isEqualTo(clock.millis());
  }

  @Test
  void a_time_is_told_by_the_clock_as_it_is_now() {
    long then = timeline.nowMillis();
    runSeconds(60);
    clock.jump(Duration.ofHours(-1));
    runSeconds(60);

    assertThat(timeline.wallMillis(then)).isEqualTo(clock.millis() - 120_000);
  }

  // --- pauses

  @Test
  void it_stands_still_while_the_process_does() {
    runSeconds(10);
    timeline.expectBy(timeline.nowMillis() + 1_000);
    clock.pause(Duration.ofHours(8));
    long atMost = start + 13_000;
    assertThat(timeline.nowMillis()).isEqualTo(atMost);
    Input.Paused paused = timeline.pass();

    assertThat(timeline.nowMillis()).isEqualTo(atMost);
    assertThat(paused).isEqualTo(new Input.Paused(Duration.ofHours(8).toMillis() - 3_000));
    assertThat(timeline.wallMillis(timeline.nowMillis())).isEqualTo(clock.millis());
    assertThat(timeline.pass()).isNull();
    runSeconds(5);
    assertThat(timeline.nowMillis()).isEqualTo(atMost + 5_000);
  }

  @Test
  void pauses_add_up() {
    for (int i = 0; i < 3; i++) {
      clock.pause(Duration.ofSeconds(64));
      assertThat(timeline.pass()).isEqualTo(new Input.Paused(60_000));
      runSeconds(6);
    }

    assertThat(timeline.nowMillis()).isEqualTo(start + 30_000);
  }

  @Test
  void a_pass_that_is_a_little_late_is_no_pause() {
    timeline.expectBy(timeline.nowMillis() + 1_000);
    clock.advance(Duration.ofSeconds(3));

    assertThat(timeline.pass()).isNull();
    assertThat(timeline.nowMillis()).isEqualTo(start + 3_000);
  }

  @Test
  void a_long_sleep_that_was_announced_is_no_pause_and_what_follows_it_may_be_one() {
    timeline.expectBy(timeline.nowMillis() + 60_000);
    clock.advance(Duration.ofSeconds(30));
    assertThat(timeline.pass()).isNull();
    assertThat(timeline.nowMillis()).isEqualTo(start + 30_000);
    clock.pause(Duration.ofSeconds(20));

    assertThat(timeline.pass()).isEqualTo(new Input.Paused(16_000));
  }

  @Test
  void a_pause_of_hours_in_a_process_whose_clock_is_put_back_meanwhile_is_one_all_the_same() {
    clock.pause(Duration.ofHours(8));
    clock.jump(Duration.ofHours(-8));

    assertThat(timeline.pass()).isEqualTo(new Input.Paused(Duration.ofHours(8).toMillis() - 4_000));
    assertThat(timeline.wallMillis(timeline.nowMillis())).isEqualTo(clock.millis());
  }

  @Test
  void it_never_goes_back() {
    long last = timeline.nowMillis();
    for (int i = 0; i < 1_000; i++) {
      clock.pause(Duration.ofMillis(i * 37L % 9_000));
      assertThat(timeline.nowMillis()).isGreaterThanOrEqualTo(last);
      last = timeline.nowMillis();
      Input.Paused unused = timeline.pass();
      assertThat(timeline.nowMillis()).isGreaterThanOrEqualTo(last);
      last = timeline.nowMillis();
      timeline.expectBy(last + i % 7 * 1_000L);
    }
  }

  // --- what a host names by its clock

  @Test
  void what_a_host_names_by_its_clock_is_told_by_this_time() {
    runSeconds(10);
    clock.jump(Duration.ofHours(-1));
    Input.Paused unused = timeline.pass();
    Instant soon = clock.instant().plusSeconds(5);

    assertThat(onTimeline(soon)).isEqualTo(Instant.ofEpochMilli(start + 15_000));
  }

  @Test
  void a_time_that_fits_nowhere_is_far_away_and_can_be_reckoned_with() {
    clock.jump(Duration.ofHours(1));
    Input.Paused unused = timeline.pass();
    for (Instant odd : new Instant[] {Instant.MAX, Instant.MIN}) {
      long told = onTimeline(odd).toEpochMilli();
      assertThat(Long.signum(told)).isEqualTo(odd.isAfter(Instant.EPOCH) ? 1 : -1);
      assertThat(Math.abs(told)).isGreaterThan(Long.MAX_VALUE / 4);
      assertThat(Math.subtractExact(told, timeline.nowMillis())).isNotZero();
    }
  }

  @Test
  void an_input_without_such_a_time_stays_as_it_is() {
    HostTimes times = new HostTimes(timeline);
    Input busy = new Input.StatusesFetched(Map.of("a", SessionStatus.BUSY));
    Input idle = new Input.Observed(new SessionEvent.StatusChanged("a", SessionStatus.IDLE));

    assertThat(times.onTimeline(busy)).isSameAs(busy);
    assertThat(times.onTimeline(idle)).isSameAs(idle);
  }

  /**
   * What becomes of the time of a next try, which comes with an event or when the host is asked.
   */
  private Instant onTimeline(Instant nextTry) {
    HostTimes times = new HostTimes(timeline);
    SessionStatus status = SessionStatus.retrying(2, "overloaded", nextTry);
    var told =
        (Input.Observed)
            times.onTimeline(new Input.Observed(new SessionEvent.StatusChanged("a", status)));
    var fetched =
        (Input.StatusesFetched)
            times.onTimeline(
                new Input.StatusesFetched(Map.of("a", status, "b", SessionStatus.BUSY)));
    SessionStatus shown = ((SessionEvent.StatusChanged) told.event()).status();
    assertThat(fetched.statuses()).isEqualTo(Map.of("a", shown, "b", SessionStatus.BUSY));
    assertThat(shown).usingRecursiveComparison().ignoringFields("nextTry").isEqualTo(status);
    return shown.nextTry();
  }

  private void runSeconds(int seconds) {
    for (int i = 0; i < seconds; i++) {
      clock.advance(Duration.ofSeconds(1));
      assertThat(timeline.pass()).isNull();
    }
  }
}
