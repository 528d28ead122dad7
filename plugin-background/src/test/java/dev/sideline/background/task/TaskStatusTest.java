package dev.sideline.background.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.EndReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TaskStatusTest {

  /**
   * One row a state, one column a state, in the order of the enum: x where a task may move from the
   * row's state to the column's. Written by hand from what the states mean.
   */
  private static final String EXPECTED =
      """
      .               pend star runn retr inpu cllg comp fail cncl
      pending         .    x    .    .    .    .    .    x    x
      starting        .    .    x    .    .    x    .    x    .
      running         .    .    .    x    x    x    x    x    x
      retrying        .    .    x    .    x    x    x    x    x
      input_required  .    .    x    x    .    x    x    x    x
      cancelling      .    .    .    .    .    .    .    x    x
      completed       .    .    .    .    .    .    .    .    .
      failed          .    .    .    .    .    .    .    .    .
      cancelled       .    .    .    .    .    .    .    .    .
      """;

  static Stream<Arguments> everyPair() {
    List<Arguments> pairs = new ArrayList<>();
    List<String> rows = EXPECTED.lines().skip(1).toList();
    assertThat(rows).hasSameSizeAs(TaskStatus.values());
    TaskStatus[] states = TaskStatus.values();
    for (int from = 0; from < states.length; from++) {
      List<String> row = Arrays.asList(rows.get(from).split(" +"));
      assertThat(row.get(0)).isEqualTo(states[from].wireName());
      for (int to = 0; to < states.length; to++) {
        pairs.add(Arguments.of(states[from], states[to], row.get(to + 1).equals("x")));
      }
    }
    return pairs.stream();
  }

  @ParameterizedTest(name = "{0} to {1}: {2}")
  @MethodSource("everyPair")
  void a_task_moves_only_as_the_table_allows(TaskStatus from, TaskStatus to, boolean allowed) {
    assertThat(from.canMoveTo(to)).isEqualTo(allowed);
  }

  @Test
  void hosts_know_the_same_states_and_reasons_by_the_same_names() {
    assertThat(dev.sideline.api.TaskStatus.values())
        .extracting(dev.sideline.api.TaskStatus::wireName)
        .containsExactly(
            Arrays.stream(TaskStatus.values()).map(TaskStatus::wireName).toArray(String[]::new));
    assertThat(EndReason.values())
        .extracting(EndReason::wireName)
        .containsExactly(
            Arrays.stream(Outcome.Reason.values())
                .map(Outcome.Reason::wireName)
                .toArray(String[]::new));
  }

  @Test
  void the_terminal_states_are_those_that_nothing_follows() {
    for (TaskStatus status : TaskStatus.values()) {
      boolean followed = Arrays.stream(TaskStatus.values()).anyMatch(status::canMoveTo);
      assertThat(status.terminal()).as(status.wireName()).isEqualTo(!followed);
    }
  }

  @Test
  void every_state_can_be_reached_and_every_live_one_can_be_left_for_cancelled() {
    for (TaskStatus status : TaskStatus.values()) {
      if (status != TaskStatus.PENDING) {
        assertThat(Arrays.stream(TaskStatus.values()).anyMatch(from -> from.canMoveTo(status)))
            .as("into " + status)
            .isTrue();
      }
      if (!status.terminal()) {
        assertThat(
                status.canMoveTo(TaskStatus.CANCELLED) || status.canMoveTo(TaskStatus.CANCELLING))
            .as("out of " + status)
            .isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void every_outcome_leads_to_a_terminal_state(Outcome.Reason reason) {
    assertThat(reason.status().terminal()).isTrue();
  }
}
