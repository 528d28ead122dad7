package dev.sideline.background.engine;

import dev.sideline.background.engine.Changes.NoticeRenaming;
import dev.sideline.background.engine.Changes.NoticeRow;
import dev.sideline.background.engine.Changes.OutcomeRow;
import dev.sideline.background.engine.Changes.TaskRow;
import dev.sideline.background.engine.Changes.TaskStateRow;
import dev.sideline.background.task.TaskId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The changes of several steps, to be recorded together. Of each task the last state counts, and of
 * what is gone again nothing is left: so they are bounded by how many tasks and notices there are,
 * however many steps they are of.
 */
public final class MergedChanges {

  private final Map<TaskId, TaskRow> created = new LinkedHashMap<>();
  private final Map<TaskId, TaskStateRow> moved = new LinkedHashMap<>();
  private final Map<TaskId, OutcomeRow> ended = new LinkedHashMap<>();
  private final Map<String, NoticeRow> owed = new LinkedHashMap<>();

  /** By the message ids that they have now, those that they have in the record. */
  private final Map<String, String> renamed = new LinkedHashMap<>();

  private final Set<String> delivered = new LinkedHashSet<>();
  private final Set<TaskId> forgotten = new LinkedHashSet<>();

  /** Adds the changes of a later step. */
  public void add(Changes later) {
    later.created().forEach(this::create);
    later.moved().forEach(this::move);
    later.ended().forEach(row -> ended.put(row.task(), row));
    later.owed().forEach(row -> owed.put(row.messageId(), row));
    later.renamed().forEach(this::rename);
    later.delivered().forEach(this::deliver);
    later.forgotten().forEach(this::forget);
  }

  /** Adds a new task. */
  public void create(TaskRow row) {
    created.put(row.id(), row);
  }

  private void move(TaskStateRow state) {
    TaskRow row = created.get(state.task());
    if (row == null) {
      moved.put(state.task(), state);
    } else {
      created.put(state.task(), row.with(state));
    }
  }

  private void rename(NoticeRenaming renaming) {
    NoticeRow row = owed.remove(renaming.before());
    if (row != null) {
      owed.put(renaming.now(), row.renamed(renaming.now()));
      return;
    }
    String recorded = renamed.remove(renaming.before());
    renamed.put(renaming.now(), recorded == null ? renaming.before() : recorded);
  }

  private void deliver(String messageId) {
    String recorded = renamed.remove(messageId);
    delivered.add(recorded == null ? messageId : recorded);
  }

  private void forget(TaskId task) {
    if (!creates(task)) {
      forgotten.add(task);
    }
    remove(task);
  }

  /** Takes out all rows of tasks that are not to be recorded. */
  public void removeAll(Collection<TaskId> tasks) {
    tasks.forEach(this::remove);
    forgotten.removeAll(tasks);
  }

  private void remove(TaskId task) {
    created.remove(task);
    moved.remove(task);
    ended.remove(task);
  }

  /** Whether a task is new with them. */
  public boolean creates(TaskId task) {
    return created.containsKey(task);
  }

  /** Whether there is nothing to record. */
  public boolean isEmpty() {
    return size() == 0;
  }

  /** How many rows are to be written. */
  public int size() {
    return created.size()
        + moved.size()
        + ended.size()
        + owed.size()
        + renamed.size()
        + delivered.size()
        + forgotten.size();
  }

  /** All of them. */
  public Changes changes() {
    return new Changes(
        List.copyOf(created.values()),
        List.copyOf(moved.values()),
        List.copyOf(ended.values()),
        List.copyOf(owed.values()),
        renamed.entrySet().stream()
            .map(entry -> new NoticeRenaming(entry.getValue(), entry.getKey()))
            .toList(),
        List.copyOf(delivered),
        List.copyOf(forgotten));
  }
}
