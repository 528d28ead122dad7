package dev.sideline.background.engine.model;

import dev.sideline.background.engine.protocol.FinishedTasks;
import dev.sideline.background.engine.protocol.Handling.Told;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where tasks go when nobody is owed them any more, and what becomes of them when they have to
 * leave there: where the record can be read they stay in it, and are forgotten otherwise.
 */
public final class Archive {

  /** What outlives its lifetime close together leaves together. */
  private static final long EXPIRY_MILLIS = 1_000;

  /** A launch, by the session that made it and the name that it gave it. */
  private record LaunchKey(String parent, String key) {}

  private final FinishedTasks finished;
  private final TaskRegistry registry;
  private final UnitOfWork unit;
  private final Timers timers;
  private final boolean recordIsDurable;
  private final Map<LaunchKey, TaskId> byKey = new HashMap<>();
  private final Map<TaskId, LaunchKey> keys = new HashMap<>();

  /** Tasks that could not be archived, which is tried again. */
  private final List<LiveTask> left = new ArrayList<>(0);

  /** Tasks that are another owner's. */
  private final Remembered<TaskId> dropped = new Remembered<>();

  private @Nullable Timer expiry;

  /** Whether the record may have finished tasks that are not here. */
  private boolean recordHasMore;

  /**
   * @param recordIsDurable whether the record outlives the process, and what leaves memory can be
   *     read from it
   */
  public Archive(
      FinishedTasks finished,
      TaskRegistry registry,
      UnitOfWork unit,
      Timers timers,
      boolean recordIsDurable) {
    this.finished = finished;
    this.registry = registry;
    this.unit = unit;
    this.timers = timers;
    this.recordIsDurable = recordIsDurable;
  }

  /** Whether finished tasks may be in the record alone. */
  public boolean recordHasMore() {
    return recordHasMore;
  }

  /** Notes the idempotency key of a new task, if it has one. */
  public void note(Task task) {
    String key = task.options().idempotencyKey();
    if (key != null) {
      LaunchKey launch = new LaunchKey(task.parent(), key);
      byKey.put(launch, task.id());
      keys.put(task.id(), launch);
    }
  }

  /** The task that a session has launched with a key; null if it has not, or it is forgotten. */
  public @Nullable Task launchedWith(String parent, String key) {
    TaskId id = byKey.get(new LaunchKey(parent, key));
    return id == null ? null : registry.find(id);
  }

  /** Whether a task, held or finished, runs or ran in a session. */
  public boolean usedSession(TaskId id, String session) {
    if (dropped.contains(id)) {
      // Whatever was created for it, its owner will use.
      return true;
    }
    Task task = registry.find(id);
    return task != null && session.equals(task.session());
  }

  /** Takes tasks that have ended and are owed to nobody. */
  public void retire(List<LiveTask> entries) {
    List<LiveTask> bySettling = new ArrayList<>(entries);
    // What has ended in the same millisecond stays in the order in which it did.
    bySettling.sort(Comparator.comparingLong(live -> live.record().settledMillis()));
    bySettling.addAll(0, left);
    left.clear();
    for (LiveTask live : bySettling) {
      if (!unit.run(() -> retire(live))) {
        left.add(live);
      }
    }
    planExpiry();
  }

  /** What nobody asks for leaves in its time all the same. */
  private void planExpiry() {
    if (expiry == null || !timers.contains(expiry)) {
      long millis = finished.millisToExpiry();
      expiry =
          millis == Long.MAX_VALUE
              ? null
              : timers.at(
                  unit.now() + Math.max(millis, EXPIRY_MILLIS), new TimedEvent.ResultsExpire());
    }
  }

  /**
   * Takes up finished tasks that are recorded, in the order in which they settled.
   *
   * @param more whether more of them are recorded
   */
  public void restore(Collection<Task> recorded, boolean more) {
    recordHasMore = more && recordIsDurable;
    for (Task task : recorded) {
      note(task);
      leave(finished.add(task));
    }
    planExpiry();
  }

  private void retire(LiveTask live) {
    if (registry.byId(live.record().id()) != live) {
      return;
    }
    live.stopping().told(Told.CLOSED);
    unit.markDirty(live);
    // Of those whose parent has gone, only the sessions above can still read.
    boolean unreadable = live.parent().closed() && live.record().ancestors().size() == 1;
    if (unreadable) {
      registry.remove(live);
      forget(live.record().id());
      return;
    }
    List<TaskId> gone = finished.add(live.record());
    registry.remove(live);
    leave(gone);
  }

  /** Drops the finished tasks that have been readable for as long as they may. */
  public void expire() {
    leave(finished.expire());
    if (!left.isEmpty()) {
      retire(List.of());
    }
    planExpiry();
  }

  /**
   * Drops all finished tasks below a session; tells how many.
   *
   * @param inRecord of these those that are recorded, as far as they need not be here
   */
  public int clear(String session, Collection<TaskId> inRecord) {
    return clear(finished.ofTree(session), inRecord);
  }

  /**
   * Drops the finished tasks that a session has launched itself; tells how many.
   *
   * @param inRecord as above
   */
  public int clearOwn(String session, Collection<TaskId> inRecord) {
    List<Task> own = new ArrayList<>(finished.ofTree(session));
    own.removeIf(task -> !task.parent().equals(session));
    return clear(own, inRecord);
  }

  private int clear(List<Task> here, Collection<TaskId> inRecord) {
    here.forEach(this::remove);
    restWithoutResults();
    Set<TaskId> others = new LinkedHashSet<>(inRecord);
    here.forEach(task -> others.remove(task.id()));
    others.removeIf(id -> registry.byId(id) != null);
    others.forEach(this::forget);
    return here.size() + others.size();
  }

  /** Drops the finished tasks that ended before a time; tells how many of them were here. */
  public int purge(long endedBeforeMillis) {
    int purged = 0;
    for (Task task : finished.all()) {
      if (task.settledMillis() < endedBeforeMillis) {
        remove(task);
        purged++;
      }
    }
    restWithoutResults();
    return purged;
  }

  private void restWithoutResults() {
    if (finished.millisToExpiry() == Long.MAX_VALUE) {
      timers.cancel(expiry);
      expiry = null;
    }
  }

  private void remove(Task task) {
    finished.remove(task.id());
    forget(task.id());
  }

  /** Tasks have to leave memory. */
  private void leave(List<TaskId> ids) {
    if (recordIsDurable) {
      recordHasMore |= !ids.isEmpty();
      ids.forEach(this::forgetKey);
    } else {
      ids.forEach(this::forget);
    }
  }

  /** A task is gone for good. */
  public void forget(TaskId id) {
    forgetKey(id);
    unit.forget(id);
  }

  /** A task is another owner's, in whose record it stays. */
  public void drop(TaskId id) {
    dropped.remember(id);
    forgetKey(id);
    finished.remove(id);
  }

  private void forgetKey(TaskId id) {
    LaunchKey launch = keys.remove(id);
    if (launch != null) {
      byKey.remove(launch, id);
    }
  }
}
