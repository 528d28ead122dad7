package dev.sideline.background.runtime;

import dev.sideline.background.engine.Answer;
import dev.sideline.background.engine.Changes;
import dev.sideline.background.engine.Effect;
import dev.sideline.background.engine.Input;
import dev.sideline.background.engine.Input.NotStored.Refused;
import dev.sideline.background.engine.MergedChanges;
import dev.sideline.background.engine.Step;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the changes of each step recorded before its effects are carried out, in the order of the
 * steps.
 *
 * <p>One recording is under way at a time; the steps that come meanwhile are recorded together by
 * the next. When a recording fails, the launches in it are refused and everything else is tried
 * again, for ever: what cannot be recorded must not be done. Confined to the mailbox thread.
 */
final class Commits {

  private static final Logger LOG = LoggerFactory.getLogger(Commits.class);
  private static final long FIRST_RETRY_MILLIS = 250;
  private static final long LAST_RETRY_MILLIS = 5_000;

  private final TaskStore store;
  private final Consumer<List<Effect>> recorded;
  private final Consumer<Input> refusals;
  private final Runnable wake;

  private List<Step> waiting = new ArrayList<>();
  private List<Step> underWay = List.of();
  private @Nullable CompletableFuture<Void> recording;
  private long retryAtMillis = Long.MAX_VALUE;
  private int failures;

  /**
   * @param recorded takes effects that may be carried out
   * @param refusals takes launches that were refused; the engine has to know of them before it
   *     takes anything else, lest another call be answered with such a task
   * @param wake has {@link #advance} called soon; may be called from any thread
   */
  Commits(
      TaskStore store, Consumer<List<Effect>> recorded, Consumer<Input> refusals, Runnable wake) {
    this.store = store;
    this.recorded = recorded;
    this.refusals = refusals;
    this.wake = wake;
  }

  void add(Step step, long nowMillis) {
    if (step.isEmpty()) {
      return;
    }
    if (idle() && step.changes().isEmpty()) {
      recorded.accept(step.effects());
      return;
    }
    waiting.add(step);
    advance(nowMillis);
  }

  /** Goes on if what is under way has ended, or a retry is due. */
  void advance(long nowMillis) {
    while (true) {
      if (recording != null) {
        if (!recording.isDone()) {
          return;
        }
        settle(nowMillis);
        continue;
      }
      if (retryAtMillis != Long.MAX_VALUE) {
        if (nowMillis < retryAtMillis) {
          return;
        }
        retryAtMillis = Long.MAX_VALUE;
        record();
        continue;
      }
      if (waiting.isEmpty()) {
        return;
      }
      underWay = waiting;
      waiting = new ArrayList<>();
      record();
    }
  }

  /** When {@link #advance} is to be called at the latest, in epoch milliseconds. */
  long nextDue() {
    return retryAtMillis;
  }

  boolean idle() {
    return recording == null && underWay.isEmpty() && waiting.isEmpty();
  }

  private void record() {
    recording = save(merged(underWay));
    if (!recording.isDone()) {
      CompletableFuture<Void> unused = recording.whenComplete((ok, failure) -> wake.run());
    }
  }

  private CompletableFuture<Void> save(Changes changes) {
    try {
      return store.save(changes).toCompletableFuture();
    } catch (Throwable thrown) {
      // A store that throws has failed to record, like one whose stage fails.
      return CompletableFuture.failedFuture(thrown);
    }
  }

  private void settle(long nowMillis) {
    CompletableFuture<Void> ended = recording;
    recording = null;
    if (ended != null && ended.isCompletedExceptionally()) {
      failures++;
      long delay = Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(failures - 1, 16));
      if (failures == 1) {
        LOG.warn("Recording tasks failed; it is tried again until it works", causeOf(ended));
      }
      List<Refused> refused = new ArrayList<>();
      underWay = withoutLaunches(underWay, refused);
      // Those behind it would only find out later.
      waiting = withoutLaunches(waiting, refused);
      Set<TaskId> gone = refused.stream().map(Refused::task).collect(Collectors.toSet());
      underWay = withoutStarts(underWay, gone);
      waiting = new ArrayList<>(withoutStarts(waiting, gone));
      if (!refused.isEmpty()) {
        refusals.accept(new Input.NotStored(refused));
      }
      if (!underWay.isEmpty()) {
        retryAtMillis = nowMillis + delay;
      }
      return;
    }
    failures = 0;
    List<Step> done = underWay;
    underWay = List.of();
    for (Step step : done) {
      if (!step.effects().isEmpty()) {
        recorded.accept(step.effects());
      }
    }
  }

  private static List<Step> withoutLaunches(List<Step> steps, List<Refused> refused) {
    List<Step> kept = new ArrayList<>();
    for (Step step : steps) {
      Refused refusal = refusal(step, refused);
      if (refusal == null) {
        kept.add(step);
      } else {
        refused.add(refusal);
        Step rest = besideLaunch(step);
        if (!rest.isEmpty()) {
          kept.add(rest);
        }
      }
    }
    return kept;
  }

  /** A task that could not be recorded is not started, which it was about to be. */
  private static List<Step> withoutStarts(List<Step> steps, Set<TaskId> gone) {
    if (gone.isEmpty()) {
      return steps;
    }
    return steps.stream()
        .map(
            step ->
                new Step(
                    step.changes(),
                    step.effects().stream().filter(effect -> !starts(effect, gone)).toList()))
        .toList();
  }

  private static boolean starts(Effect effect, Set<TaskId> gone) {
    return (effect instanceof Effect.OpenSession open && gone.contains(open.task().id()))
        || (effect instanceof Effect.SendPrompt send && gone.contains(send.task().id()));
  }

  /** What has come of a launch that is not about it: other tasks had to go just then. */
  private static Step besideLaunch(Step step) {
    Changes all = step.changes();
    return new Step(
        new Changes(
            List.of(),
            List.of(),
            List.of(),
            all.owed(),
            all.renamed(),
            all.delivered(),
            all.forgotten()),
        List.of());
  }

  /** An answer that names a launch made before is refused only together with that. */
  private static @Nullable Refused refusal(Step step, List<Refused> refused) {
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Reply reply
          && reply.answer() instanceof Answer.Launched launched) {
        TaskId task = launched.task().task().id();
        if (!launched.existing()
            || refused.stream().anyMatch(launch -> launch.task().equals(task))) {
          return new Refused(task, reply.call());
        }
      }
    }
    return null;
  }

  private static Changes merged(List<Step> steps) {
    if (steps.size() == 1) {
      return steps.get(0).changes();
    }
    MergedChanges merged = new MergedChanges();
    steps.forEach(step -> merged.add(step.changes()));
    return merged.changes();
  }

  private static @Nullable Throwable causeOf(CompletableFuture<Void> failed) {
    return failed.handle((ok, failure) -> failure).join();
  }
}
