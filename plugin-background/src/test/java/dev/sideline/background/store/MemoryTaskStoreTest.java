package dev.sideline.background.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Changes.NoticeRenaming;
import dev.sideline.background.engine.protocol.Changes.NoticeRow;
import dev.sideline.background.engine.protocol.Changes.OutcomeRow;
import dev.sideline.background.engine.protocol.Changes.TaskRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.engine.protocol.Handling;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Rows go in, and tasks come out as a whole. */
class MemoryTaskStoreTest {

  private static final Task PENDING = SampleTasks.pending("bg_a");
  private static final Task RUNNING = SampleTasks.running("bg_a");
  private static final Task COMPLETED = SampleTasks.completed("bg_a", 5, "42");

  private final MemoryTaskStore store = new MemoryTaskStore();

  @Test
  void a_task_is_put_together_from_what_was_recorded_of_it() {
    save(List.of(TaskRow.of(PENDING, TaskStateRow.of(PENDING, 1))), List.of(), List.of());
    assertThat(tasks()).containsExactly(stored(PENDING, 1));

    save(List.of(), List.of(TaskStateRow.of(RUNNING, 2)), List.of());
    assertThat(tasks()).containsExactly(stored(RUNNING, 2));

    OutcomeRow outcome =
        new OutcomeRow(COMPLETED.id(), Objects.requireNonNull(COMPLETED.outcome()));
    save(List.of(), List.of(TaskStateRow.of(COMPLETED, 3)), List.of(outcome));
    assertThat(tasks()).containsExactly(stored(COMPLETED, 3));
  }

  @Test
  void a_task_that_is_forgotten_is_gone() {
    save(List.of(TaskRow.of(PENDING, TaskStateRow.of(PENDING, 1))), List.of(), List.of());
    save(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(PENDING.id()));
    save(List.of(), List.of(TaskStateRow.of(RUNNING, 2)), List.of());

    assertThat(tasks()).isEmpty();
  }

  @Test
  void a_notice_is_owed_under_its_last_message_id() {
    Notice notice =
        new Notice("parent", "msg_1", List.of(PENDING), List.of(), List.of(PENDING), 1, true);
    save(List.of(TaskRow.of(PENDING, TaskStateRow.of(PENDING, 1))), List.of(), List.of());
    save(
        List.of(),
        List.of(),
        List.of(NoticeRow.of(notice)),
        List.of(new NoticeRenaming("msg_1", "msg_2")),
        List.of(),
        List.of());
    assertThat(owed()).containsExactly(NoticeRow.of(notice.withMessageId("msg_2")));

    save(List.of(), List.of(), List.of(), List.of(), List.of("msg_2"), List.of());
    assertThat(owed()).isEmpty();
  }

  private static RecordedTask stored(Task task, long version) {
    return new RecordedTask(task, version, Handling.NONE, MemoryTaskStore.OWNER);
  }

  private List<RecordedTask> tasks() {
    return store.load().toCompletableFuture().join().tasks();
  }

  private List<NoticeRow> owed() {
    return store.load().toCompletableFuture().join().owed();
  }

  private void save(List<TaskRow> created, List<TaskStateRow> moved, List<OutcomeRow> ended) {
    Changes.Builder rows = new Changes.Builder();
    created.forEach(rows::create);
    moved.forEach(rows::move);
    ended.forEach(rows::end);
    save(rows.drain());
  }

  private void save(
      List<TaskRow> created,
      List<TaskStateRow> moved,
      List<NoticeRow> owed,
      List<NoticeRenaming> renamed,
      List<String> delivered,
      List<TaskId> forgotten) {
    Changes.Builder rows = new Changes.Builder();
    created.forEach(rows::create);
    moved.forEach(rows::move);
    owed.forEach(rows::owe);
    renamed.forEach(rows::rename);
    delivered.forEach(rows::deliver);
    forgotten.forEach(rows::forget);
    save(rows.drain());
  }

  private void save(Changes changes) {
    assertThat(store.save(changes).toCompletableFuture()).isCompleted();
  }
}
