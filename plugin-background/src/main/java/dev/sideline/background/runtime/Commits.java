package dev.sideline.background.runtime;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.Answer;
import dev.sideline.background.engine.Changes;
import dev.sideline.background.engine.Effect;
import dev.sideline.background.engine.Input;
import dev.sideline.background.engine.Input.NotStored.Refused;
import dev.sideline.background.engine.MergedChanges;
import dev.sideline.background.engine.Step;
import dev.sideline.background.runtime.HeldEffects.Held;
import dev.sideline.background.store.SaveResult;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the changes of steps, and has their effects carried out: those that promise something
 * when their changes are recorded, all others at once, unless they would overtake one of these.
 *
 * <p>One recording is under way at a time; the changes that come meanwhile are merged, and recorded
 * together by the next. A recording that fails is tried again, for ever. While the store fails, or
 * does not answer, launches are refused, and nothing of them is done. When it takes nothing for
 * good, whatever else promises something is refused, too; but parents are told all the same.
 *
 * <p>Confined to the mailbox thread.
 */
final class Commits {

  private static final Logger LOG = LoggerFactory.getLogger(Commits.class);
  private static final long FIRST_RETRY_MILLIS = 250;
  private static final long LAST_RETRY_MILLIS = 5_000;

  /** A store that has not answered for so long fails, as far as launches wait for it. */
  private static final long SLOW_MILLIS = 5_000;

  private static final int MAX_WAITING = 20_000;
  private static final long MAX_WAITING_BYTES = 64L << 20;

  private final TaskStore store;
  private final Consumer<List<Effect>> recorded;
  private final Consumer<Input> engine;
  private final Runnable wake;
  private final int maxWaiting;

  /** The changes that are to be recorded next. */
  private MergedChanges next = new MergedChanges();

  /** The changes that are being recorded, or are to be recorded again; null if none are. */
  private @Nullable MergedChanges underWay;

  /** The number of the recording that is or was last under way. */
  private long number;

  private @Nullable CompletableFuture<SaveResult> recording;
  private long recordingSinceMillis;
  private long retryAtMillis = Long.MAX_VALUE;
  private int failures;
  private final HeldEffects held = new HeldEffects();

  /** New tasks of which nobody knows yet, because they are not recorded. */
  private final Set<TaskId> launching = new HashSet<>();

  /** Whether the store has failed or does not answer, and has not recorded anything since. */
  private boolean failing;

  /** Why the store records nothing for good; null if it does. */
  private @Nullable String never;

  /**
   * @param recorded takes effects that may be carried out
   * @param engine takes what the engine has to know before it takes anything else: what was
   *     refused, lest another call be answered with such a task
   * @param wake has {@link #advance} called soon; may be called from any thread
   */
  Commits(TaskStore store, Consumer<List<Effect>> recorded, Consumer<Input> engine, Runnable wake) {
    this(store, recorded, engine, wake, MAX_WAITING);
  }

  /** The same with another bound for how many rows and effects may wait. */
  Commits(
      TaskStore store,
      Consumer<List<Effect>> recorded,
      Consumer<Input> engine,
      Runnable wake,
      int maxWaiting) {
    this.maxWaiting = maxWaiting;
    this.store = store;
    this.recorded = recorded;
    this.engine = engine;
    this.wake = wake;
  }

  // --- what is refused

  /** The answer to a call that would promise what cannot be recorded now; null if it may be. */
  @Nullable Answer refusal(Input input) {
    boolean refuses =
        input instanceof Input.Launch
            ? failing || isFull()
            : input instanceof Input.Call && addsPromise(input) && (never != null || isFull());
    if (!refuses) {
      return null;
    }
    return input instanceof Input.OperatorAnswer
        ? new Answer.OperatorAnswered(
            Answer.ReplyStatus.REFUSED, "it cannot be recorded just now; try again later")
        : new Answer.NotRecorded();
  }

  private static boolean addsPromise(Input input) {
    return input instanceof Input.Send
        || input instanceof Input.AnswerRequest
        || input instanceof Input.OperatorAnswer;
  }

  /** Whether so much waits for the store that no more is to be added that can be done without. */
  boolean isFull() {
    long bytes = next.bytes() + held.bytes() + (underWay == null ? 0 : underWay.bytes());
    return waiting() > maxWaiting || bytes > MAX_WAITING_BYTES;
  }

  /** How many rows and effects wait. */
  int waiting() {
    return next.size() + held.size() + (underWay == null ? 0 : underWay.size());
  }

  // --- what comes

  void add(Step step, long nowMillis) {
    if (step.isEmpty()) {
      return;
    }
    Changes changes = step.changes();
    if (!isAllRecorded() || failing) {
      withdraw(changes);
      next.add(changes);
    } else if (changes.isEmpty() || isRecordedAtOnce(changes, nowMillis)) {
      if (!step.effects().isEmpty()) {
        recorded.accept(step.effects());
      }
      return;
    }
    sort(step.effects());
    advance(nowMillis);
    if (never != null) {
      refuseAll();
    }
  }

  private boolean isAllRecorded() {
    return underWay == null && next.isEmpty();
  }

  /** Begins to record changes while nothing else waits; tells whether that is done. */
  private boolean isRecordedAtOnce(Changes changes, long nowMillis) {
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

  /** Has those effects of a step carried out that need not wait. */
  private void sort(List<Effect> effects) {
    boolean launch = effects.stream().anyMatch(Commits::isLaunched);
    List<Effect> free = new ArrayList<>();
    for (Effect effect : effects) {
      EffectSubject subject = EffectSubject.of(effect);
      // What comes of a launch is refused with it.
      if (!isAllRecorded() && (launch || mustWait(subject))) {
        held.add(effect, subject, next.isEmpty() ? number : number + 1);
        if (isLaunched(effect)) {
          launching.addAll(subject.tasks());
        }
      } else {
        free.add(effect);
      }
    }
    if (!free.isEmpty()) {
      recorded.accept(free);
    }
  }

  private boolean mustWait(EffectSubject subject) {
    return subject.promises()
        || held.holdsUp(subject)
        || (!launching.isEmpty() && subject.tasks().stream().anyMatch(launching::contains));
  }

  private static boolean isLaunched(Effect effect) {
    return effect instanceof Effect.Reply reply
        && reply.answer() instanceof Answer.Launched launched
        && !launched.existing();
  }

  /**
   * What was still to be done of a task that is being stopped, or to be told of what is not owed
   * any more, is not done. Nothing need wait for it, then.
   */
  private void withdraw(Changes later) {
    if (held.isEmpty()) {
      return;
    }
    for (Changes.TaskStateRow state : later.moved()) {
      if (isStopped(state.status()) && held.isInUse(EffectSubject.lane(state.task()))) {
        withdraw(waiting -> isStartOf(state.task(), waiting.effect()));
      }
    }
    for (String messageId : later.delivered()) {
      withdraw(
          waiting ->
              waiting.effect() instanceof Effect.SendNotice send
                  && send.notice().messageId().equals(messageId));
    }
  }

  private static boolean isStartOf(TaskId task, Effect effect) {
    return (effect instanceof Effect.OpenSession open && open.task().id().equals(task))
        || (effect instanceof Effect.SendPrompt send && send.task().id().equals(task))
        || (effect instanceof Effect.AnswerRequest answer && answer.task().equals(task));
  }

  private void withdraw(Predicate<Held> which) {
    List<Held> gone = held.remove(which);
    if (!gone.isEmpty()) {
      gone.forEach(effect -> fail(effect.effect(), "it was stopped before"));
      carryOut(held.remove(behind -> !mustWait(behind.subject())));
    }
  }

  private void fail(Effect effect, String why) {
    Input told = effect.failed(Code.UNAVAILABLE, why);
    if (told != null) {
      engine.accept(told);
    }
  }

  // --- the recordings

  /** Goes on if what is under way has ended, or a retry is due. */
  void advance(long nowMillis) {
    while (true) {
      if (recording != null) {
        if (!recording.isDone()) {
          checkSlow(nowMillis);
          return;
        }
        settle(recording, nowMillis);
        continue;
      }
      if (nowMillis < retryAtMillis && retryAtMillis != Long.MAX_VALUE) {
        return;
      }
      retryAtMillis = Long.MAX_VALUE;
      if (underWay == null) {
        if (next.isEmpty()) {
          // There is nothing to try it with: the next launch will show.
          failing = false;
          never = null;
          return;
        }
        underWay = next;
        next = new MergedChanges();
        number++;
      }
      record(underWay.changes(), nowMillis);
    }
  }

  private void record(Changes changes, long nowMillis) {
    recordingSinceMillis = nowMillis;
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

  private void checkSlow(long nowMillis) {
    if (!failing && nowMillis - recordingSinceMillis >= SLOW_MILLIS) {
      LOG.warn("Tasks have not been recorded for {} s; no more are launched", SLOW_MILLIS / 1_000);
      failing = true;
      refuseLaunches();
    }
  }

  private void settle(CompletableFuture<SaveResult> ended, long nowMillis) {
    recording = null;
    SaveResult result = resultOf(ended);
    if (result instanceof SaveResult.Done) {
      failures = 0;
      failing = false;
      never = null;
      underWay = null;
    } else if (result instanceof SaveResult.TryAgain again) {
      tryAgain(again.reason(), nowMillis);
    } else if (result instanceof SaveResult.Never refused) {
      refused(refused, nowMillis);
    } else if (result instanceof SaveResult.Fenced fenced) {
      fenced(fenced.tasks(), nowMillis);
    }
    if (underWay != null && underWay.isEmpty()) {
      underWay = null;
    }
    release();
  }

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

  private void release() {
    long upTo = underWay != null ? number - 1 : next.isEmpty() ? Long.MAX_VALUE : number;
    List<Effect> released = held.release(upTo);
    if (!released.isEmpty()) {
      if (!launching.isEmpty()) {
        released.stream()
            .filter(Commits::isLaunched)
            .forEach(effect -> launching.removeAll(EffectSubject.of(effect).tasks()));
      }
      recorded.accept(released);
    }
  }

  private void tryAgain(String reason, long nowMillis) {
    failures++;
    failing = true;
    retryAtMillis =
        nowMillis + Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(failures - 1, 16));
    if (failures == 1) {
      LOG.warn("Recording tasks failed; it is tried again until it works: {}", reason);
    }
    refuseLaunches();
  }

  // --- what is not recorded

  /** Refuses the launches that wait, so that nothing of them is done. Those behind would follow. */
  private void refuseLaunches() {
    if (launching.isEmpty()) {
      return;
    }
    Set<TaskId> refused = new HashSet<>(launching);
    // One that was stopped meanwhile ends as that. It stays, and may be told of.
    Set<TaskId> stopped = new HashSet<>(launching);
    stopped.removeIf(this::isLive);
    refused.removeAll(stopped);
    launching.clear();
    if (!refused.isEmpty()) {
      takeBack(refused);
    }
    carryOut(held.remove(free -> !free.subject().promises() && free.isAboutAny(stopped)));
  }

  /** Whether a task that is not recorded is live, and does not stop. */
  private boolean isLive(TaskId task) {
    TaskStatus status = next.status(task);
    if (status == null && underWay != null) {
      status = underWay.status(task);
    }
    return status != null && !isStopped(status) && !next.forgets(task);
  }

  private static boolean isStopped(TaskStatus status) {
    return status == TaskStatus.CANCELLING || status.terminal();
  }

  private void carryOut(List<Held> free) {
    if (!free.isEmpty()) {
      recorded.accept(free.stream().map(Held::effect).toList());
    }
  }

  private void takeBack(Set<TaskId> refused) {
    remove(refused);
    launching.removeAll(refused);
    List<Refused> launches = new ArrayList<>();
    List<Effect> answers = new ArrayList<>();
    for (Held gone : held.remove(waiting -> waiting.isAboutAny(refused))) {
      if (gone.effect() instanceof Effect.Reply reply) {
        if (reply.answer() instanceof Answer.Launched launched) {
          launches.add(new Refused(launched.task().task().id(), reply.call()));
        } else {
          Answer rest = PromisedAnswers.without(reply.answer(), refused);
          answers.add(new Effect.Reply(reply.call(), rest, reply.confirm()));
        }
      }
    }
    if (!launches.isEmpty()) {
      engine.accept(new Input.NotStored(launches));
    }
    if (!answers.isEmpty()) {
      recorded.accept(answers);
    }
  }

  /** Takes tasks out of what is to be recorded; tells whether there were any. */
  private boolean remove(Set<TaskId> tasks) {
    int before = underWay == null ? 0 : underWay.size();
    next.removeAll(tasks);
    if (underWay != null) {
      underWay.removeAll(tasks);
    }
    return underWay != null && underWay.size() < before;
  }

  /** The store will not record some tasks, or nothing. */
  private void refused(SaveResult.Never refusal, long nowMillis) {
    if (never == null) {
      LOG.error(
          "Tasks cannot be recorded, and what promises them is refused: {}", refusal.reason());
    }
    Set<TaskId> tasks = refusal.tasks();
    if (remove(tasks)) {
      Set<TaskId> launches = new HashSet<>(tasks);
      launches.retainAll(launching);
      takeBack(launches);
      refuse(waiting -> waiting.isAboutAny(tasks), refusal.reason());
      return;
    }
    failing = true;
    never = refusal.reason();
    retryAtMillis = nowMillis + LAST_RETRY_MILLIS;
    refuseAll();
  }

  private void refuseAll() {
    refuseLaunches();
    refuse(all -> true, String.valueOf(never));
  }

  /** Refuses what waits and promises something, and has the rest carried out. */
  private void refuse(Predicate<Held> which, String why) {
    List<Effect> rest = new ArrayList<>();
    for (Held refused : held.remove(which)) {
      Effect effect = refused.effect();
      if (!refused.subject().promises() || effect instanceof Effect.SendNotice) {
        // What was done is told, recorded or not: nobody would hear of it otherwise.
        rest.add(effect);
      } else if (effect instanceof Effect.Reply reply) {
        launching.removeAll(refused.subject().tasks());
        Answer answer = PromisedAnswers.refused(reply.answer());
        rest.add(new Effect.Reply(reply.call(), answer, reply.confirm()));
      } else {
        fail(effect, "it cannot be recorded: " + why);
      }
    }
    if (!rest.isEmpty()) {
      recorded.accept(rest);
    }
  }

  /** Tasks are another owner's now: nothing is done about them any more. */
  private void fenced(Set<TaskId> tasks, long nowMillis) {
    if (!remove(tasks)) {
      tryAgain("other owners have taken tasks that were not to be recorded: " + tasks, nowMillis);
      return;
    }
    LOG.warn("Another owner has taken {}; nothing is done about them here any more", tasks);
    Set<TaskId> known = new HashSet<>(tasks);
    known.removeAll(launching);
    engine.accept(new Input.Fenced(known));
    for (Held notice :
        held.remove(waiting -> isNotice(waiting.effect()) && waiting.isAboutAny(tasks))) {
      // The rest of it is told without them.
      fail(notice.effect(), "another owner has taken some of its tasks");
    }
    takeBack(tasks);
  }

  private static boolean isNotice(Effect effect) {
    return effect instanceof Effect.SendNotice || effect instanceof Effect.ProbeNotice;
  }

  /** When {@link #advance} is to be called at the latest, in epoch milliseconds. */
  long nextDue() {
    boolean awaited = recording != null && !failing;
    return awaited ? recordingSinceMillis + SLOW_MILLIS : retryAtMillis;
  }

  /** Whether there is nothing to go on with. */
  boolean isAtRest() {
    return idle() && !failing;
  }

  boolean idle() {
    return recording == null && isAllRecorded() && held.isEmpty();
  }
}
