package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class MessageIdsTest {

  private static final long NOW = 1_795_227_828_745L;
  private static final long LOW_BITS = 0xFFFFFFFFFL;

  private final MessageIds ids =
      new MessageIds(Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC));

  @Test
  void an_id_has_the_form_of_the_servers_own() {
    String id = ids.next();

    assertThat(id).matches("msg_[0-9a-f]{12}[0-9A-Za-z]{14}");
    // What the server itself wrote in that millisecond began so.
    assertThat(id).startsWith("msg_1fbeac20");
    assertThat(MessageIds.partId(id)).isEqualTo("prt_" + id.substring(4));
  }

  @Test
  void ids_of_one_millisecond_ascend() {
    String first = ids.next();

    assertThat(ids.next()).isGreaterThan(first);
  }

  @Test
  void an_event_that_comes_late_says_nothing_against_our_clock() {
    ids.serverTime(eventAt(NOW - 9_500));

    assertThat(millis(ids.next())).isEqualTo(NOW & LOW_BITS);
  }

  @Test
  void ids_follow_a_server_whose_clock_is_ahead_by_the_event_that_was_least_late() {
    ids.serverTime(eventAt(NOW + 60_000 - 700));
    ids.serverTime(eventAt(NOW + 60_000 - 20));
    ids.serverTime(eventAt(NOW + 60_000 - 900));

    assertThat(millis(ids.next())).isEqualTo((NOW + 60_000 - 20) & LOW_BITS);
  }

  @Test
  void ids_follow_a_server_whose_clock_is_behind() {
    ids.serverTime(eventAt(NOW - 3_600_000));

    assertThat(millis(ids.next())).isEqualTo((NOW - 3_600_000) & LOW_BITS);
  }

  @Test
  void ids_never_go_back_even_if_the_server_does() {
    String before = ids.next();
    ids.serverTime(eventAt(NOW - 3_600_000));

    assertThat(ids.next()).isGreaterThan(before);
  }

  @Test
  void a_clock_that_was_set_is_believed_after_some_events() {
    ids.serverTime(eventAt(NOW + 60_000));
    for (int i = 0; i < 10; i++) {
      ids.serverTime(eventAt(NOW - 10));
    }

    assertThat(millis(ids.next())).isEqualTo(NOW & LOW_BITS);
  }

  @Test
  void what_is_no_id_of_the_server_is_ignored() {
    ids.serverTime("nonsense");
    ids.serverTime("");

    assertThat(millis(ids.next())).isEqualTo(NOW & LOW_BITS);
  }

  private static String eventAt(long millis) {
    return "evt_" + String.format("%012x", (millis << 12) & 0xFFFFFFFFFFFFL) + "NF6co1JxlftWcC";
  }

  /** The lowest 36 bits of the time in an id. */
  private static long millis(String id) {
    return Long.parseLong(id.substring(4, 16), 16) >> 12;
  }
}
