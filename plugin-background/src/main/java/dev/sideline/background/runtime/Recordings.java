package dev.sideline.background.runtime;

import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.MergedChanges;
import dev.sideline.background.store.SaveResult;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recordings of changes, one under way at a time: those that come meanwhile are merged, and
 * recorded together by the next. One that fails is tried again as it is, for ever, since it may
 * have been made. They are numbered, so that it can be said what waits for which.
 *
 * <p>Confined to the mailbox thread.
 */
final class Recordings {

  private static final Logger LOG = LoggerFactory.getLogger(Recordings.class);
  private static final long FIRST_RETRY_MILLIS = 250;
  private static final long LAST_RETRY_MILLIS = 5_000;

  /** A store that has not answered for so long fails, as far as launches wait for it. */
  private static final long SLOW_MILLIS = 5_000;

  /** What follows from what a store answers. */
  interface Listener {

    /** It fails, or does not answer. */
    void onFailing();

    /** It will not record anything for good. */
    void onRefused();

    /** It will not record some tasks, which have been taken out. */
    void onRefused(Set<TaskId> tasks, String reason);

    /** Some tasks are another owner's, and have been taken out. */
    void onFenced(Set<TaskId> tasks);

    /** Something was recorded, or taken out. */
    void onSettled();
  }

  private final TaskStore store;
  private final Listener listener;
  private final Runnable wake;

  /** The changes that are to be recorded next. */
  private MergedChanges next = new MergedChanges();

  /** The changes that are being recorded, or are to be recorded again; null if none are. */
  private @Nullable MergedChanges underWay;

  /** The number of the recording that is or was last under way. */
  private long number;

  private @Nullable CompletableFuture<SaveResult> recording;
  private long sinceMillis;
  private long retryAtMillis = Long.MAX_VALUE;
  private int failures;
  private boolean failing;
  private @Nullable String refusal;

  /**
   * @param wake has {@link #advance} called soon; may be called from any thread
   */
  Recordings(TaskStore store, Listener listener, Runnable wake) {
    this.store = store;
    this.listener = listener;
    this.wake = wake;
  }

  // --- how they stand

  /** Whether the store has failed or does not answer, and has not recorded anything since. */
  boolean isFailing() {
    return failing;
  }

  /** Why the store records nothing for good; null if it does. */
  @Nullable String refusal() {
    return refusal;
  }

  /** Whether all changes are recorded. */
  boolean areDone() {
    return underWay == null && next.isEmpty();
  }

  boolean idle() {
    return recording == null && areDone();
  }

  /** The number of the recording that will have made all changes that there are. */
  long last() {
    return next.isEmpty() ? number : number + 1;
  }

  /** The number of the last recording of which nothing is still to be made. */
  long lastDone() {
    return underWay != null ? number - 1 : next.isEmpty() ? Long.MAX_VALUE : number;
  }

  /** How many rows wait. */
  int size() {
    return next.size() + (underWay == null ? 0 : underWay.size());
  }

  /** What waits, in bytes. */
  long bytes() {
    return next.bytes() + (underWay == null ? 0 : underWay.bytes());
  }

  /** Whether a task that is not recorded is live, and does not stop. */
  boolean isLive(TaskId task) {
    TaskStatus status = next.status(task);
    if (status == null && underWay != null) {
      status = underWay.status(task);
    }
    return status != null
        && status != TaskStatus.CANCELLING
        && !status.terminal()
        && !next.forgets(task);
  }

  // --- what is to be recorded

  /** Adds changes that are to be recorded when {@link #advance} comes to it. */
  void add(Changes changes) {
    next.add(changes);
  }

  /** Begins to record changes while no others are; tells whether that is done. */
  boolean recordAtOnce(Changes changes, long nowMillis) {
    number++;
    record(changes, nowMillis);
    if (isDone(recording)) {
      recording = null;
      return true;
    }
    underWay = new MergedChanges();
    underWay.add(changes);
    return false;
  }

  private static boolean isDone(@Nullable CompletableFuture<SaveResult> save) {
    return save != null
        && save.isDone()
        && !save.isCompletedExceptionally()
        && save.join() instanceof SaveResult.Done;
  }

  /** Takes tasks out; tells whether there were any in what was to be recorded last. */
  boolean remove(Collection<TaskId> tasks) {
    next.removeAll(tasks);
    if (underWay == null) {
      return false;
    }
    int before = underWay.size();
    underWay.removeAll(tasks);
    return underWay.size() < before;
  }

  /** When {@link #advance} is to be called at the latest, in epoch milliseconds. */
  long nextDue() {
    boolean awaited = recording != null && !failing;
    return awaited ? sinceMillis + SLOW_MILLIS : retryAtMillis;
  }

  /** Goes on if what is under way has ended, or a retry is due. */
  void advance(long nowMillis) {
    while (true) {
      if (recording != null) {
        if (!recording.isDone()) {
          checkSlow(nowMillis);
          return;
        }
        settle(resultOf(recording), nowMillis);
        continue;
      }
      if (nowMillis < retryAtMillis && retryAtMillis != Long.MAX_VALUE) {
        return;
      }
      retryAtMillis = Long.MAX_VALUE;
      if (underWay == null && next.isEmpty()) {
        // There is nothing to try it with: the next launch will show.
        works();
        return;
      }
      if (underWay == null) {
        underWay = next;
        next = new MergedChanges();
        number++;
      }
      record(underWay.changes(), nowMillis);
    }
  }

  private void works() {
    failing = false;
    refusal = null;
  }

  private void record(Changes changes, long nowMillis) {
    sinceMillis = nowMillis;
    recording = save(changes);
    if (!recording.isDone()) {
      CompletableFuture<SaveResult> unused =
          recording.whenComplete((result, failure) -> wake.run());
    }
  }

  private CompletableFuture<SaveResult> save(Changes changes) {
    try {
      return store.save(changes).toCompletableFuture();
    } catch (Throwable thrown) {
      // A store that throws has failed to record, like one whose stage fails.
      return CompletableFuture.failedFuture(thrown);
    }
  }

  // --- what becomes of it

  private static SaveResult resultOf(CompletableFuture<SaveResult> ended) {
    return ended
        .handle(
            (result, failure) -> {
              if (failure != null) {
                return new SaveResult.TryAgain(Barrier.describe(failure));
              }
              return result == null ? new SaveResult.TryAgain("it says nothing") : result;
            })
        .join();
  }

  private void checkSlow(long nowMillis) {
    if (!failing && nowMillis - sinceMillis >= SLOW_MILLIS) {
      LOG.warn("Tasks have not been recorded for {} s; no more are launched", SLOW_MILLIS / 1_000);
      failing = true;
      listener.onFailing();
    }
  }

  private void settle(SaveResult result, long nowMillis) {
    recording = null;
    if (result instanceof SaveResult.Done) {
      failures = 0;
      works();
      underWay = null;
    } else if (result instanceof SaveResult.TryAgain again) {
      tryAgain(again.reason(), nowMillis);
    } else if (result instanceof SaveResult.Never never) {
      refused(never, nowMillis);
    } else if (result instanceof SaveResult.Fenced fenced) {
      fenced(fenced.tasks(), nowMillis);
    }
    if (underWay != null && underWay.isEmpty()) {
      underWay = null;
    }
    listener.onSettled();
  }

  private void tryAgain(String reason, long nowMillis) {
    failures++;
    failing = true;
    int doublings = Math.min(failures - 1, 16);
    retryAtMillis = nowMillis + Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS << doublings);
    if (failures == 1) {
      LOG.warn("Recording tasks failed; it is tried again until it works: {}", reason);
    }
    listener.onFailing();
  }

  private void refused(SaveResult.Never never, long nowMillis) {
    if (refusal == null) {
      LOG.error("Tasks cannot be recorded, and what promises them is refused: {}", never.reason());
    }
    if (remove(never.tasks())) {
      listener.onRefused(never.tasks(), never.reason());
    } else {
      failing = true;
      refusal = never.reason();
      retryAtMillis = nowMillis + LAST_RETRY_MILLIS;
      listener.onRefused();
    }
  }

  private void fenced(Set<TaskId> tasks, long nowMillis) {
    if (remove(tasks)) {
      LOG.warn("Another owner has taken {}; nothing is done about them here any more", tasks);
      listener.onFenced(tasks);
    } else {
      tryAgain("other owners have taken tasks that were not to be recorded: " + tasks, nowMillis);
    }
  }
}
