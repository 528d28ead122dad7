package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.ModelRef;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Provenance;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept of limits: nothing that nothing needs. */
class AdmissionQueueTest {

  private final AdmissionQueue admissionQueue =
      new AdmissionQueue(SettingsReader.read(Map.of("max_running_per_model", "3")));
  private final ParentSession parent =
      new ParentSession(List.of("parent"), new Account(), new Account());

  @Test
  void tasks_with_the_same_limits_share_a_lane_which_goes_with_the_last_of_them() {
    LiveTask first = live("bg_1");
    LiveTask second = live("bg_2");
    admissionQueue.assign(first);
    admissionQueue.assign(second);
    assertThat(parent.lanes).hasSize(1);
    admissionQueue.leave(first);
    assertThat(parent.lanes).hasSize(1);
    admissionQueue.leave(second);
    admissionQueue.leave(second);

    assertThat(parent.lanes).isEmpty();
  }

  @Test
  void a_task_with_another_model_has_another_lane_and_leaves_its_own() {
    LiveTask live = live("bg_1");
    admissionQueue.assign(live);
    AdmissionQueue.Lane before = live.lane;
    live.task = live.task.withModel(ModelRef.parse("acme/large"));
    admissionQueue.assign(live);

    assertThat(live.lane).isNotSameAs(before);
    assertThat(parent.lanes.values()).containsExactly(live.lane);
  }

  @Test
  void a_task_that_has_left_the_queue_has_no_place_in_it() {
    LiveTask first = live("bg_1");
    LiveTask second = live("bg_2");
    admissionQueue.assign(first);
    admissionQueue.assign(second);
    admissionQueue.enqueue(first);
    admissionQueue.enqueue(second);
    admissionQueue.dequeue(first);
    admissionQueue.dequeue(first);

    assertThat(admissionQueue.position(first)).isZero();
    assertThat(admissionQueue.position(second)).isEqualTo(1);
    assertThat(parent.queued).isEqualTo(1);
    assertThat(admissionQueue.next()).isSameAs(second);
    assertThat(admissionQueue.next()).isNull();
    assertThat(admissionQueue.working()).isEqualTo(1);
  }

  private LiveTask live(String id) {
    TaskSpec spec = new TaskSpec("a task", "do it", "agent", null, null, null, null);
    return new LiveTask(
        parent,
        Task.pending(
            new TaskId(id),
            parent.ancestors,
            spec,
            LaunchOptions.NONE,
            Provenance.LAUNCHED,
            null,
            1));
  }
}
