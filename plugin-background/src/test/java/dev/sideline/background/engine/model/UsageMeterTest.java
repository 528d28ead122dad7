package dev.sideline.background.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Usage;
import org.junit.jupiter.api.Test;

class UsageMeterTest {

  private final UsageMeter meter = new UsageMeter();

  @Test
  void nothing_was_used_at_first() {
    assertThat(meter.total()).isEqualTo(Usage.NONE);
  }

  @Test
  void a_message_counts_once_however_often_it_is_reported() {
    meter.report("msg_1", usage(10));
    meter.report("msg_1", usage(10));
    meter.report("msg_2", usage(5));
    meter.report("msg_1", usage(10));

    assertThat(meter.total()).isEqualTo(usage(15));
  }

  @Test
  void a_message_that_grows_counts_with_its_last_figure() {
    meter.report("msg_1", usage(10));
    meter.report("msg_2", usage(1));
    assertThat(meter.report("msg_1", usage(30))).isTrue();

    assertThat(meter.total()).isEqualTo(usage(31));
  }

  @Test
  void a_report_that_comes_late_does_not_make_it_less() {
    meter.report("msg_1", usage(30));
    assertThat(meter.report("msg_1", usage(25))).isFalse();
    assertThat(meter.report("msg_1", Usage.NONE)).isFalse();
    assertThat(meter.report("msg_1", usage(30))).isFalse();

    assertThat(meter.total()).isEqualTo(usage(30));
  }

  @Test
  void every_kind_of_token_and_the_money_are_added() {
    meter.report("msg_1", new Usage(1, 2, 3, 4, 5, 0.5));
    meter.report("msg_2", new Usage(10, 20, 30, 40, 50, 0.25));
    meter.report("msg_1", new Usage(2, 3, 4, 5, 6, 0.75));

    assertThat(meter.total()).isEqualTo(new Usage(12, 23, 34, 45, 56, 1.0));
  }

  @Test
  void thousands_of_messages_are_added_and_the_newest_of_them_may_still_grow() {
    for (int message = 0; message < 5_000; message++) {
      meter.report("msg_" + message, usage(1));
      for (int recent = Math.max(0, message - 100); recent < message; recent++) {
        meter.report("msg_" + recent, usage(2));
      }
    }

    assertThat(meter.total()).isEqualTo(usage(2 * 5_000 - 1));
  }

  @Test
  void what_is_too_large_to_count_stays_the_largest_that_there_is() {
    meter.report("msg_1", usage(10));
    meter.report("msg_2", new Usage(Long.MAX_VALUE - 5, 0, 0, 0, 0, Double.MAX_VALUE));
    meter.report("msg_1", new Usage(20, 0, 0, 0, 0, Double.MAX_VALUE));
    meter.report("msg_3", usage(1));

    assertThat(meter.total()).isEqualTo(new Usage(Long.MAX_VALUE, 0, 0, 0, 0, Double.MAX_VALUE));
  }

  @Test
  void a_message_that_grows_beyond_what_can_be_counted_counts_as_the_most() {
    meter.report("msg_1", usage(10));
    meter.report("msg_2", usage(10));
    meter.report("msg_1", usage(Long.MAX_VALUE));

    assertThat(meter.total()).isEqualTo(usage(Long.MAX_VALUE));
  }

  private static Usage usage(long tokens) {
    return new Usage(tokens, 0, 0, 0, 0, 0);
  }
}
