package dev.sideline.host.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CallPlacesTest {

  private final CallPlaces places = new CallPlaces();
  private final AtomicInteger refused = new AtomicInteger();

  @AfterEach
  void close() {
    places.close();
  }

  @Test
  void a_session_has_so_many_waits_and_another_its_own() {
    List<CallPlaces.Place> first = waits("ses_1", CallPlaces.MAX_WAITS + 3);
    await().untilAsserted(() -> assertThat(refused).hasValue(3));

    waits("ses_2", CallPlaces.MAX_WAITS);
    settle("ses_3");
    assertThat(refused).hasValue(3);

    first.forEach(CallPlaces.Place::close);
    first.forEach(CallPlaces.Place::close);
    waits("ses_1", CallPlaces.MAX_WAITS);
    settle("ses_4");
    assertThat(refused).hasValue(3);
  }

  @Test
  void calls_that_are_answered_before_they_are_waits_take_no_place() {
    for (int i = 0; i < 5_000; i++) {
      place("ses_1").close();
    }
    waits("ses_1", CallPlaces.MAX_WAITS);
    settle("ses_2");

    assertThat(refused).hasValue(0);
  }

  @Test
  void whoever_brings_too_many_at_once_is_held_up_until_they_are_waits() {
    // Would not come back if nothing made room.
    waits("ses_1", 2_500);

    await().untilAsserted(() -> assertThat(refused).hasValue(2_500 - CallPlaces.MAX_WAITS));
  }

  private List<CallPlaces.Place> waits(String session, int count) {
    List<CallPlaces.Place> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(place(session));
    }
    return all;
  }

  private CallPlaces.Place place(String session) {
    CallPlaces.Place place = places.take(true, refused::incrementAndGet);
    place.of(session);
    return place;
  }

  /** Until those that were taken before are waits: they become so in their order. */
  private void settle(String session) {
    AtomicBoolean told = new AtomicBoolean();
    waits(session, CallPlaces.MAX_WAITS);
    CallPlaces.Place last = places.take(true, () -> told.set(true));
    last.of(session);
    await().untilTrue(told);
  }
}
