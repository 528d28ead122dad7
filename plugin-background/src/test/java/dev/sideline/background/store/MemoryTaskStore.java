package dev.sideline.background.store;

import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Changes.AccountRow;
import dev.sideline.background.engine.protocol.Changes.MessageKey;
import dev.sideline.background.engine.protocol.Changes.MessageRow;
import dev.sideline.background.engine.protocol.Changes.MeterRow;
import dev.sideline.background.engine.protocol.Changes.NoticeRenaming;
import dev.sideline.background.engine.protocol.Changes.NoticeRow;
import dev.sideline.background.engine.protocol.Changes.OutcomeRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.engine.protocol.Handling;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A record in memory, which tests compare with what the engine knows. It survives nothing, and is
 * bounded because the engine forgets what it does not retain.
 */
public final class MemoryTaskStore implements TaskStore {

  private static final CompletionStage<SaveResult> DONE =
      CompletableFuture.completedStage(SaveResult.DONE);

  /** The owner of all records in memory: nobody else can reach them. */
  public static final String OWNER = "memory";

  private final Map<TaskId, RecordedTask> tasks = new ConcurrentHashMap<>();
  private final Map<TaskId, MeterRow> meters = new ConcurrentHashMap<>();
  private final Map<MessageKey, MessageRow> messages = new ConcurrentHashMap<>();
  private final Map<String, AccountRow> accounts = new ConcurrentHashMap<>();
  private final Map<String, NoticeRow> owed = new ConcurrentHashMap<>();

  @Override
  public CompletionStage<SaveResult> save(Changes changes) {
    changes.created().forEach(row -> put(row.task(), row.state()));
    changes.moved().forEach(this::move);
    changes.ended().forEach(this::end);
    changes.meters().forEach(row -> meters.put(row.task(), row));
    changes.messages().forEach(row -> messages.put(row.key(), row));
    changes.messagesGone().forEach(messages::remove);
    changes.accounts().forEach(row -> accounts.put(row.session(), row));
    changes.accountsGone().forEach(accounts::remove);
    changes.owed().forEach(row -> owed.put(row.messageId(), row));
    changes.renamed().forEach(this::rename);
    changes.delivered().forEach(owed::remove);
    changes.forgotten().forEach(this::forget);
    return DONE;
  }

  private void forget(TaskId task) {
    tasks.remove(task);
    meters.remove(task);
    messages.keySet().removeIf(message -> message.task().equals(task));
  }

  private void put(Task task, TaskStateRow state) {
    tasks.put(task.id(), new RecordedTask(task, state.version(), state.handling(), OWNER));
  }

  private void move(TaskStateRow state) {
    RecordedTask before = tasks.get(state.task());
    if (before != null) {
      put(state.of(before.task()), state);
    }
  }

  private void end(OutcomeRow row) {
    meters.remove(row.task());
    RecordedTask before = tasks.get(row.task());
    if (before != null) {
      Task ended = row.of(before.task());
      tasks.put(row.task(), new RecordedTask(ended, before.version(), before.handling(), OWNER));
    }
  }

  private void rename(NoticeRenaming renaming) {
    NoticeRow row = owed.remove(renaming.before());
    if (row != null) {
      owed.put(renaming.now(), row.renamed(renaming.now()));
    }
  }

  /** A task as a whole, as it is recorded; null if it is not. */
  public @Nullable Task find(TaskId id) {
    RecordedTask stored = tasks.get(id);
    return stored == null ? null : stored.task();
  }

  @Override
  public CompletionStage<Recorded> load() {
    return CompletableFuture.completedStage(
        new Recorded(
            List.copyOf(tasks.values()),
            List.copyOf(meters.values()),
            List.copyOf(messages.values()),
            List.copyOf(accounts.values()),
            List.copyOf(owed.values()),
            false,
            tasks.values().stream().mapToLong(task -> task.task().number()).max().orElse(0)));
  }

  /**
   * The same of a store that leaves most of what is finished where it is.
   *
   * @param maxFinished of the tasks that are finished and on which nothing depends the newest, at
   *     most so many
   */
  public Recorded load(int maxFinished) {
    List<RecordedTask> open = new ArrayList<>();
    List<RecordedTask> finished = new ArrayList<>();
    tasks.values().forEach(task -> (isClosed(task) ? finished : open).add(task));
    finished.sort(Comparator.comparing(RecordedTask::task, Task.BY_END.reversed()));
    boolean more = finished.size() > maxFinished;
    Set<RecordedTask> loaded = new LinkedHashSet<>(open);
    loaded.addAll(finished.subList(0, Math.min(maxFinished, finished.size())));
    for (RecordedTask task : open) {
      finished.stream()
          .filter(before -> task.task().before().contains(before.task().id()))
          .forEach(loaded::add);
      finished.stream()
          .filter(before -> task.task().parent().equals(before.task().session()))
          .findFirst()
          .ifPresent(loaded::add);
    }
    Recorded all = load().toCompletableFuture().join();
    return new Recorded(
        List.copyOf(loaded),
        all.meters(),
        all.messages(),
        all.accounts(),
        all.owed(),
        more,
        all.lastNumber());
  }

  private static boolean isClosed(RecordedTask task) {
    return task.handling().end() != null && task.handling().end().told() == Handling.Told.CLOSED;
  }

  // --- what was found

  @Override
  public CompletionStage<Lookup.Found> find(Lookup lookup) {
    return CompletableFuture.completedStage(found(lookup));
  }

  private Lookup.Found found(Lookup lookup) {
    if (lookup instanceof Lookup.ById byId) {
      return Lookup.Found.of(closed(task -> task.id().equals(byId.id())));
    }
    if (lookup instanceof Lookup.OfSession ofSession) {
      return Lookup.Found.of(closed(task -> ofSession.session().equals(task.session())));
    }
    if (lookup instanceof Lookup.ByKey byKey) {
      return Lookup.Found.of(
          closed(
              task ->
                  task.parent().equals(byKey.parent())
                      && byKey.key().equals(task.options().idempotencyKey())));
    }
    if (lookup instanceof Lookup.NewestOfTree tree) {
      List<Task> all =
          closed(
              task ->
                  task.ancestors().contains(tree.session())
                      && (tree.status() == null || task.status() == tree.status()));
      return new Lookup.Found(all.stream().limit(tree.limit()).toList(), List.of(), all.size());
    }
    if (lookup instanceof Lookup.IdsOfParent own) {
      return ids(task -> task.parent().equals(own.session()));
    }
    String session = ((Lookup.IdsOfTree) lookup).session();
    return ids(task -> task.ancestors().contains(session));
  }

  private Lookup.Found ids(Predicate<Task> which) {
    List<TaskId> ids = closed(which).stream().map(Task::id).toList();
    return new Lookup.Found(List.of(), ids, ids.size());
  }

  @Override
  public CompletionStage<List<Task>> page(long beforeNumber, int limit) {
    return CompletableFuture.completedStage(
        closed(task -> task.number() < beforeNumber).stream().limit(limit).toList());
  }

  @Override
  public CompletionStage<Integer> purge(long endedBeforeMillis) {
    List<Task> old = closed(task -> task.settledMillis() < endedBeforeMillis);
    old.forEach(task -> forget(task.id()));
    return CompletableFuture.completedStage(old.size());
  }

  /** Those finished tasks that are owed to nobody, newest first. */
  private List<Task> closed(Predicate<Task> which) {
    return tasks.values().stream()
        .filter(MemoryTaskStore::isClosed)
        .map(RecordedTask::task)
        .filter(which)
        .sorted(Task.BY_LAUNCH.reversed())
        .toList();
  }

  @Override
  public void close() {
    tasks.clear();
    owed.clear();
  }
}
