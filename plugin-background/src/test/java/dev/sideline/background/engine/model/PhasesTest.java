package dev.sideline.background.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The tables of the small states, each as a whole: what may follow what, and nothing else. */
class PhasesTest {

  @Test
  void a_probe_is_begun_ends_and_may_turn_out_to_be_worth_nothing() {
    assertThat(table(ProbePhase.values(), ProbePhase::canMoveTo))
        .containsExactly(
            "NONE -> UNDER_WAY", "UNDER_WAY -> NONE UNDER_WAY STALE", "STALE -> NONE UNDER_WAY");
  }

  @Test
  void a_message_is_sent_or_its_agent_is_stopped_first_and_never_both_at_once() {
    assertThat(table(MessagePhase.values(), MessagePhase::canMoveTo))
        .containsExactly(
            "IDLE -> INTERRUPTING SENDING",
            "INTERRUPTING -> IDLE",
            "SENDING -> IDLE UNCERTAIN",
            "UNCERTAIN -> IDLE");
  }

  @Test
  void a_request_is_answered_anew_only_where_the_answer_before_may_not_have_been_taken() {
    assertThat(table(RequestPhase.values(), RequestPhase::canMoveTo))
        .containsExactly(
            "OPEN -> ANSWERING", "ANSWERING -> OPEN UNCERTAIN", "UNCERTAIN -> OPEN ANSWERING");
  }

  @Test
  void a_notice_of_which_it_is_open_whether_it_arrived_is_looked_for_before_it_is_sent_again() {
    assertThat(table(NotificationPhase.values(), NotificationPhase::canMoveTo))
        .containsExactly(
            "UNSENT -> SENDING HELD",
            "SENDING -> UNSENT UNCERTAIN DROPPED",
            "UNCERTAIN -> PROBING",
            "PROBING -> UNSENT UNCERTAIN DROPPED",
            "HELD -> UNSENT",
            "DROPPED -> ");
  }

  @Test
  void a_notice_may_arrive_unnoticed_while_the_host_is_asked_or_has_not_said() {
    assertThat(Arrays.stream(NotificationPhase.values()).filter(NotificationPhase::uncertain))
        .containsExactly(
            NotificationPhase.SENDING,
            NotificationPhase.UNCERTAIN,
            NotificationPhase.PROBING,
            NotificationPhase.DROPPED);
    assertThat(Arrays.stream(NotificationPhase.values()).filter(NotificationPhase::calling))
        .containsExactly(
            NotificationPhase.SENDING, NotificationPhase.PROBING, NotificationPhase.DROPPED);
  }

  private static <T extends Enum<T>> List<String> table(T[] phases, BiPredicate<T, T> follows) {
    return Arrays.stream(phases)
        .map(
            from ->
                from
                    + " -> "
                    + Arrays.stream(phases)
                        .filter(to -> follows.test(from, to))
                        .map(Enum::name)
                        .collect(Collectors.joining(" ")))
        .toList();
  }
}
