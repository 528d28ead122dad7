package dev.sideline.background.engine.protocol;

import dev.sideline.background.engine.protocol.Changes.AccountRow;
import dev.sideline.background.engine.protocol.Changes.MeterRow;
import dev.sideline.background.engine.protocol.Changes.NoticeRenaming;
import dev.sideline.background.engine.protocol.Changes.NoticeRow;
import dev.sideline.background.engine.protocol.Changes.OutcomeRow;
import dev.sideline.background.engine.protocol.Changes.TaskRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The changes of several steps, to be recorded together. Of each task the last state counts, and of
 * what is gone again nothing is left: so they are bounded by how many tasks and notices there are,
 * however many steps they are of.
 */
public final class MergedChanges {

  private static final long ID_CHARS = 30;

  private final Map<TaskId, TaskRow> created = new LinkedHashMap<>();
  private final Map<TaskId, TaskStateRow> moved = new LinkedHashMap<>();
  private final Map<TaskId, OutcomeRow> ended = new LinkedHashMap<>();
  private final Map<TaskId, MeterRow> meters = new LinkedHashMap<>();
  private final MergedMessages messages = new MergedMessages();
  private final Map<String, AccountRow> accounts = new LinkedHashMap<>();
  private final Set<String> accountsGone = new LinkedHashSet<>();
  private final Map<String, NoticeRow> owed = new LinkedHashMap<>();

  /** By the message ids that they have now, those that they have in the record. */
  private final Map<String, String> renamed = new LinkedHashMap<>();

  private final Set<String> delivered = new LinkedHashSet<>();
  private final Set<TaskId> forgotten = new LinkedHashSet<>();
  private long bytes;

  /** Adds the changes of a later step. */
  public void add(Changes later) {
    later.created().forEach(this::create);
    later.moved().forEach(this::move);
    later.ended().forEach(this::end);
    later.meters().forEach(row -> put(meters, row.task(), row));
    later.messages().forEach(messages::keep);
    later.messagesGone().forEach(messages::drop);
    later.accounts().forEach(this::put);
    later.accountsGone().forEach(this::close);
    later.owed().forEach(row -> put(owed, row.messageId(), row));
    later.renamed().forEach(this::rename);
    later.delivered().forEach(this::deliver);
    later.forgotten().forEach(this::forget);
  }

  /** Adds a new task. */
  public void create(TaskRow row) {
    put(created, row.id(), row);
  }

  private void move(TaskStateRow state) {
    TaskRow row = created.get(state.task());
    if (row == null) {
      put(moved, state.task(), state);
    } else {
      put(created, state.task(), row.with(state));
    }
  }

  private void end(OutcomeRow row) {
    remove(meters, row.task());
    put(ended, row.task(), row);
  }

  private void put(AccountRow row) {
    accountsGone.remove(row.session());
    put(accounts, row.session(), row);
  }

  private void close(String session) {
    remove(accounts, session);
    accountsGone.add(session);
  }

  private void rename(NoticeRenaming renaming) {
    NoticeRow row = remove(owed, renaming.before());
    if (row != null) {
      put(owed, renaming.now(), row.renamed(renaming.now()));
      return;
    }
    String recorded = renamed.remove(renaming.before());
    renamed.put(renaming.now(), recorded == null ? renaming.before() : recorded);
  }

  private void deliver(String messageId) {
    if (remove(owed, messageId) != null) {
      return;
    }
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
    remove(created, task);
    remove(moved, task);
    remove(ended, task);
    remove(meters, task);
    messages.remove(task);
  }

  private <K, R> void put(Map<K, R> rows, K key, R row) {
    bytes += weight(row) - weight(rows.put(key, row));
  }

  private <K, R> @Nullable R remove(Map<K, R> rows, K key) {
    R row = rows.remove(key);
    bytes -= weight(row);
    return row;
  }

  /** What a row takes in memory, in bytes, as far as that depends on what others have written. */
  private static long weight(@Nullable Object row) {
    if (row == null) {
      return 0;
    }
    if (row instanceof TaskRow task) {
      return task.task().bytes() + weight(task.state());
    }
    long chars = 0;
    if (row instanceof OutcomeRow end) {
      chars = end.outcome().text().length();
    } else if (row instanceof TaskStateRow state) {
      chars = state.progress().requests().stream().mapToLong(asked -> asked.text().length()).sum();
    } else if (row instanceof MeterRow meter) {
      chars = 2 * ID_CHARS * meter.usage().recent().size();
    } else if (row instanceof AccountRow account) {
      chars = ID_CHARS * account.known().size();
    } else if (row instanceof NoticeRow notice) {
      chars = ID_CHARS * (notice.announced().size() + notice.finished().size());
    }
    return RowSize.bytes(chars);
  }

  /** Whether a task is new with them. */
  public boolean creates(TaskId task) {
    return created.containsKey(task);
  }

  /** Whether a task is gone with them. */
  public boolean forgets(TaskId task) {
    return forgotten.contains(task);
  }

  /** The state that they move a task to; null if to none. */
  public @Nullable TaskStatus status(TaskId task) {
    TaskRow row = created.get(task);
    TaskStateRow state = row == null ? moved.get(task) : row.state();
    return state == null ? null : state.status();
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
        + meters.size()
        + messages.size()
        + accounts.size()
        + accountsGone.size()
        + owed.size()
        + renamed.size()
        + delivered.size()
        + forgotten.size();
  }

  /** What they take in memory, in bytes. */
  public long bytes() {
    return bytes + messages.bytes();
  }

  /** All of them. */
  public Changes changes() {
    return new Changes(
        List.copyOf(created.values()),
        List.copyOf(moved.values()),
        List.copyOf(ended.values()),
        List.copyOf(meters.values()),
        List.copyOf(messages.kept()),
        List.copyOf(messages.gone()),
        List.copyOf(accounts.values()),
        List.copyOf(accountsGone),
        List.copyOf(owed.values()),
        renamed.entrySet().stream()
            .map(entry -> new NoticeRenaming(entry.getValue(), entry.getKey()))
            .toList(),
        List.copyOf(delivered),
        List.copyOf(forgotten));
  }
}
