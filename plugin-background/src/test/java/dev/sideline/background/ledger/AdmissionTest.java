package dev.sideline.background.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.ModelRef;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.task.Assignment;
import dev.sideline.background.task.Origin;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.Terms;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept of limits: nothing that nothing needs. */
class AdmissionTest {

  private final Admission admission =
      new Admission(SettingsReader.read(Map.of("max_running_per_model", "3")));
  private final Family family = new Family(List.of("parent"), new Account(), new Account());

  @Test
  void tasks_with_the_same_limits_share_a_lane_which_goes_with_the_last_of_them() {
    Entry first = entry("bg_1");
    Entry second = entry("bg_2");
    admission.assign(first);
    admission.assign(second);
    assertThat(family.lanes).hasSize(1);
    admission.leave(first);
    assertThat(family.lanes).hasSize(1);
    admission.leave(second);
    admission.leave(second);

    assertThat(family.lanes).isEmpty();
  }

  @Test
  void a_task_with_another_model_has_another_lane_and_leaves_its_own() {
    Entry entry = entry("bg_1");
    admission.assign(entry);
    Admission.Lane before = entry.lane;
    entry.task = entry.task.withModel(ModelRef.parse("acme/large"));
    admission.assign(entry);

    assertThat(entry.lane).isNotSameAs(before);
    assertThat(family.lanes.values()).containsExactly(entry.lane);
  }

  @Test
  void a_task_that_has_left_the_queue_has_no_place_in_it() {
    Entry first = entry("bg_1");
    Entry second = entry("bg_2");
    admission.assign(first);
    admission.assign(second);
    admission.enqueue(first);
    admission.enqueue(second);
    admission.dequeue(first);
    admission.dequeue(first);

    assertThat(admission.position(first)).isZero();
    assertThat(admission.position(second)).isEqualTo(1);
    assertThat(family.queued).isEqualTo(1);
    assertThat(admission.next()).isSameAs(second);
    assertThat(admission.next()).isNull();
    assertThat(admission.working()).isEqualTo(1);
  }

  private Entry entry(String id) {
    Assignment assignment = new Assignment("a task", "do it", "agent", null, null, null, null);
    return new Entry(
        family,
        Task.pending(
            new TaskId(id), family.lineage, assignment, Terms.NONE, Origin.LAUNCHED, null, 1));
  }
}
