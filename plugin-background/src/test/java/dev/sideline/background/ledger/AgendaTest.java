package dev.sideline.background.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgendaTest {

  private final Agenda agenda = new Agenda();
  private final List<String> done = new ArrayList<>();

  @Test
  void what_is_due_is_done_in_the_order_of_its_time_and_then_in_that_of_its_planning() {
    agenda.at(20, () -> done.add("late"));
    agenda.at(10, () -> done.add("first"));
    agenda.at(10, () -> done.add("second"));
    assertThat(agenda.nextDue()).isEqualTo(10);
    agenda.run(9, Runnable::run);
    assertThat(done).isEmpty();
    agenda.run(10, Runnable::run);

    assertThat(done).containsExactly("first", "second");
    assertThat(agenda.nextDue()).isEqualTo(20);
    assertThat(agenda.size()).isEqualTo(1);
  }

  @Test
  void what_is_cancelled_is_not_done_and_leaves_at_once() {
    Agenda.Item item = agenda.at(10, () -> done.add("cancelled"));
    Agenda.Item other = agenda.at(10, () -> done.add("other"));
    assertThat(item).isNotEqualTo(other).isEqualTo(item).isNotEqualTo("item");
    assertThat(item.hashCode()).isNotEqualTo(other.hashCode());
    agenda.cancel(item);
    assertThat(agenda.size()).isEqualTo(1);
    agenda.run(10, Runnable::run);

    assertThat(done).containsExactly("other");
    assertThat(agenda.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void what_an_action_plans_for_the_same_time_is_done_too() {
    agenda.at(10, () -> agenda.at(10, () -> done.add("planned")));
    agenda.run(10, Runnable::run);

    assertThat(done).containsExactly("planned");
  }
}
