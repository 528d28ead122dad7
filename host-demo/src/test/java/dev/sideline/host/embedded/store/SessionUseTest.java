package dev.sideline.host.embedded.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which sessions are more than may stay. */
class SessionUseTest {

  private static final long NOW = 1_000_000;
  private static final StoreLimits WIDE = new StoreLimits(Duration.ofMillis(NOW), 1_000, 100);

  @Test
  void all_stay_that_have_room() {
    assertThat(surplus(WIDE, use("a", null, 1, 10, 400), use("b", null, 2, 20, 600))).isEmpty();
  }

  @Test
  void what_was_not_used_for_too_long_goes() {
    StoreLimits hundred = new StoreLimits(Duration.ofMillis(100), 1_000, 100);

    assertThat(
            surplus(hundred, use("old", null, 1, NOW - 101, 1), use("new", null, 2, NOW - 100, 1)))
        .containsExactly("old");
  }

  @Test
  void a_session_is_used_as_long_as_those_below_it_are_whatever_their_order() {
    StoreLimits hundred = new StoreLimits(Duration.ofMillis(100), 1_000, 100);

    assertThat(
            surplus(
                hundred,
                use("grandchild", "child", 3, NOW - 5, 1),
                use("root", null, 1, 0, 1),
                use("child", "root", 2, 0, 1),
                use("sibling", "root", 4, 0, 1)))
        .containsExactly("sibling");
  }

  @Test
  void of_too_many_the_least_recently_used_go_each_after_those_below_it() {
    StoreLimits two = new StoreLimits(Duration.ofMillis(NOW), 1_000, 2);

    assertThat(
            surplus(
                two,
                use("parent", null, 1, 10, 1),
                use("child", "parent", 2, 10, 1),
                use("older", null, 3, 5, 1),
                use("new", null, 4, 30, 1),
                use("newer", null, 5, 40, 1)))
        .containsExactly("older", "child", "parent");
  }

  @Test
  void of_those_used_at_the_same_time_the_newest_stay() {
    StoreLimits two = new StoreLimits(Duration.ofMillis(NOW), 1_000, 2);

    assertThat(
            surplus(
                two,
                use("first", null, 1, 10, 1),
                use("second", null, 2, 10, 1),
                use("parent", null, 3, 10, 1),
                use("child", "parent", 4, 10, 1)))
        .containsExactly("first", "second");
  }

  @Test
  void of_too_much_text_the_least_recently_used_goes() {
    assertThat(
            surplus(
                WIDE,
                use("a", null, 1, 10, 400),
                use("b", null, 2, 20, 601),
                use("c", null, 3, 30, 400)))
        .containsExactly("a", "b");
  }

  private static List<String> surplus(StoreLimits limits, SessionUse... uses) {
    return SessionUse.surplus(List.of(uses), limits, NOW);
  }

  private static SessionUse use(String id, String parent, long number, long used, long size) {
    return new SessionUse(id, parent, number, used, size);
  }
}
