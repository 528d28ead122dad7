package dev.sideline.background.engine.scheduling;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sideline.api.ModelRef;
import dev.sideline.background.engine.model.Account;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Provenance;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept of limits, and what is done for a slot: nothing that nothing needs. */
class AdmissionQueueTest {

  private final AdmissionQueue admissionQueue =
      new AdmissionQueue(SettingsReader.read(Map.of("max_running_per_model", "3")));
  private final ParentSession parent =
      new ParentSession(
          List.of("parent"),
          new Account("parent", new UnitOfWork()),
          new Account("parent", new UnitOfWork()),
          new UnitOfWork());

  @Test
  void tasks_with_the_same_limits_share_a_lane_which_goes_with_the_last_of_them() {
    LiveTask first = live("bg_1");
    LiveTask second = live("bg_2");
    admissionQueue.assign(first);
    admissionQueue.assign(second);
    Lane shared = laneOf(first);
    assertThat(laneOf(second)).isSameAs(shared);
    admissionQueue.leave(first);
    admissionQueue.assign(first);
    assertThat(laneOf(first)).isSameAs(shared);
    admissionQueue.leave(first);
    admissionQueue.leave(second);
    admissionQueue.leave(second);
    assertThat(Lane.of(second)).isNull();

    admissionQueue.assign(first);
    assertThat(laneOf(first)).isNotSameAs(shared);
  }

  @Test
  void a_task_with_another_model_has_another_lane_and_leaves_its_own() {
    LiveTask live = live("bg_1");
    admissionQueue.assign(live);
    Lane before = laneOf(live);
    live.update(live.record().withModel(ModelRef.parse("acme/large")));
    admissionQueue.assign(live);

    assertThat(laneOf(live)).isNotSameAs(before);
    assertThat(ParentQueue.of(parent).lanes()).containsExactly(laneOf(live));
  }

  private static Lane laneOf(LiveTask live) {
    return requireNonNull(Lane.of(live));
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
    assertThat(ParentQueue.of(parent).size()).isEqualTo(1);
    assertThat(admissionQueue.next()).isSameAs(second);
    assertThat(admissionQueue.next()).isNull();
    assertThat(admissionQueue.working()).isEqualTo(1);
  }

  /** What is done for a slot makes objects, so that much more done would make many more of them. */
  @Test
  void a_slot_behind_a_limit_that_all_share_costs_the_same_however_many_parents_wait_for_it() {
    Crowd few = new Crowd(20);
    Crowd many = new Crowd(5_000);
    few.bytesOfASlot();
    many.bytesOfASlot();

    assertThat(many.bytesOfASlot()).isLessThan(2 * few.bytesOfASlot());
  }

  /**
   * Parents of which each has a task that waits for the same two limits, and for one of its tree.
   */
  private static final class Crowd {
    private static final int SLOTS = 1_000;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final AdmissionQueue queue =
        new AdmissionQueue(
            SettingsReader.read(
                Map.of(
                    "max_running", "100",
                    "max_running_per_tree", "3",
                    "max_running_per_agent", "5",
                    "max_running_per_model", "4",
                    "max_starting", "100")));
    private final Deque<LiveTask> working = new ArrayDeque<>();

    Crowd(int parents) {
      for (int i = 0; i < parents; i++) {
        List<String> ancestors = List.of("parent" + i, "root" + i % 10);
        ParentSession parent =
            new ParentSession(
                ancestors,
                new Account("parent", new UnitOfWork()),
                new Account("parent", new UnitOfWork()),
                new UnitOfWork());
        LiveTask live = live(parent, "bg_" + i);
        queue.assign(live);
        queue.enqueue(live);
      }
      grant();
    }

    private void grant() {
      for (LiveTask live = queue.next(); live != null; live = queue.next()) {
        queue.onLeftStarting();
        working.add(live);
      }
    }

    /** Of the slots of many tasks that make way for one another. */
    double bytesOfASlot() {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < SLOTS; i++) {
        LiveTask live = working.remove();
        queue.release(live);
        queue.enqueue(live);
        grant();
      }
      assertThat(working).hasSize(4);
      return (double) (threads.getCurrentThreadAllocatedBytes() - before) / SLOTS;
    }
  }

  private LiveTask live(String id) {
    return live(parent, id);
  }

  private static LiveTask live(ParentSession parent, String id) {
    TaskSpec spec = new TaskSpec("a task", "do it", "agent", null, null, null, null);
    return new LiveTask(
        parent,
        Task.pending(
            new TaskId(id),
            parent.ancestors(),
            spec,
            LaunchOptions.NONE,
            Provenance.LAUNCHED,
            null,
            1));
  }
}
