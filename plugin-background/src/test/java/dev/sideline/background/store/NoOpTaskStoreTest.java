package dev.sideline.background.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Changes.TaskRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import org.junit.jupiter.api.Test;

class NoOpTaskStoreTest {

  @Test
  void what_it_is_given_is_done_with_and_is_not_there_afterwards() {
    try (TaskStore store = new NoOpTaskStore()) {
      assertThat(store.save(created(SampleTasks.pending("bg_a"))).toCompletableFuture())
          .isCompletedWithValue(SaveResult.DONE);
      assertThat(store.load().toCompletableFuture()).isCompletedWithValue(Recorded.NOTHING);
    }
  }

  private static Changes created(Task task) {
    TaskRow row = TaskRow.of(task, TaskStateRow.of(task, 1));
    return new Changes.Builder().create(row).drain();
  }
}
