package dev.sideline.background.runtime;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Input.NotStored.Refused;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.runtime.HeldEffects.Held;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Has the changes of steps recorded, and their effects carried out: those that promise something
 * when their changes are recorded, all others at once, unless they would overtake one of these.
 *
 * <p>While the store fails, or does not answer, launches are refused, and nothing of them is done.
 * When it takes nothing for good, whatever else promises something is refused, too, or said to hold
 * no longer than the process lives; but parents are told all the same.
 *
 * <p>Confined to the mailbox thread.
 */
final class Commits implements Recordings.Listener {

  private static final int MAX_WAITING = 20_000;
  private static final long MAX_WAITING_BYTES = 64L << 20;

  private final Recordings recordings;
  private final Consumer<List<Effect>> recorded;
  private final Consumer<Input> engine;
  private final int maxWaiting;
  private final HeldEffects held = new HeldEffects();

  /** New tasks of which nobody knows yet, because they are not recorded. */
  private final Set<TaskId> launching = new HashSet<>();

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
    this.recordings = new Recordings(store, this, wake);
    this.recorded = recorded;
    this.engine = engine;
    this.maxWaiting = maxWaiting;
  }

  // --- what is refused before it is taken

  /** The answer to a call that would promise what cannot be recorded now; null if it may be. */
  @Nullable Answer refusal(Input input) {
    Input asked = input.original();
    if (!isRefused(asked)) {
      return null;
    }
    return asked instanceof Input.OperatorAnswer
        ? new Answer.OperatorAnswered(
            ReplyStatus.REFUSED, "it cannot be recorded just now; try again later")
        : new Answer.NotRecorded();
  }

  private boolean isRefused(Input input) {
    if (input instanceof Input.Launch) {
      return recordings.isFailing() || isFull();
    }
    boolean promises =
        input instanceof Input.Send
            || input instanceof Input.AnswerRequest
            || input instanceof Input.OperatorAnswer;
    return promises && (recordings.refusal() != null || isFull());
  }

  /** Whether so much waits for the store that no more is to be added that can be done without. */
  boolean isFull() {
    return waiting() > maxWaiting || recordings.bytes() + held.bytes() > MAX_WAITING_BYTES;
  }

  /** How many rows and effects wait. */
  int waiting() {
    return recordings.size() + held.size();
  }

  // --- what comes

  void add(Step step, long nowMillis) {
    if (step.isEmpty()) {
      return;
    }
    Changes changes = step.changes();
    if (recordings.areDone() && !recordings.isFailing()) {
      if (changes.isEmpty() || recordings.recordAtOnce(changes, nowMillis)) {
        carryOut(step.effects());
        return;
      }
    } else {
      withdraw(changes);
      recordings.add(changes);
    }
    sort(step);
    recordings.advance(nowMillis);
    if (recordings.refusal() != null) {
      onRefused();
    }
  }

  /** Has those effects of a step carried out that need not wait. */
  private void sort(Step step) {
    List<Effect> effects = step.effects();
    // What comes of a launch is refused with it.
    boolean launch = effects.stream().anyMatch(Commits::isLaunched);
    List<Effect> free = new ArrayList<>();
    for (Effect effect : effects) {
      EffectSubject subject = EffectSubject.of(effect, step.changes());
      if (recordings.isFailing() && isRecall(effect)) {
        free.add(refused(effect));
      } else if (!recordings.areDone() && (launch || mustWait(subject))) {
        held.add(effect, subject, recordings.last());
        if (isLaunched(effect)) {
          launching.addAll(subject.tasks());
        }
      } else {
        free.add(effect);
      }
    }
    carryOut(free);
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

  private static boolean isRecall(Effect effect) {
    return effect instanceof Effect.Reply reply && reply.answer() instanceof Answer.Recall;
  }

  private static Effect refused(Effect effect) {
    Effect.Reply reply = (Effect.Reply) effect;
    return with(reply, PromisedAnswers.refused(reply.answer()));
  }

  private void carryOut(List<Effect> effects) {
    if (!effects.isEmpty()) {
      recorded.accept(effects);
    }
  }

  private void carryOutHeld(Predicate<Held> which) {
    carryOut(held.remove(which).stream().map(Held::effect).toList());
  }

  /** Has carried out what was behind something that is held no more, and so need not wait. */
  private void carryOutFreed() {
    carryOutHeld(behind -> !mustWait(behind.subject()));
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
      boolean stopped = state.status() == TaskStatus.CANCELLING || state.status().terminal();
      if (stopped && held.isInUse(EffectSubject.lane(state.task()))) {
        withdraw(waiting -> isWorkOf(state.task(), waiting.effect()));
      }
    }
    for (String messageId : later.delivered()) {
      withdraw(
          waiting ->
              waiting.effect() instanceof Effect.SendNotice send
                  && send.notice().messageId().equals(messageId));
    }
  }

  private static boolean isWorkOf(TaskId task, Effect effect) {
    return (effect instanceof Effect.OpenSession open && open.task().id().equals(task))
        || (effect instanceof Effect.SendPrompt send && send.task().id().equals(task))
        || (effect instanceof Effect.AnswerRequest answer && answer.task().equals(task));
  }

  private void withdraw(Predicate<Held> which) {
    List<Held> withdrawn = held.remove(which);
    if (!withdrawn.isEmpty()) {
      withdrawn.forEach(gone -> fail(gone.effect(), "it was stopped before"));
      carryOutFreed();
    }
  }

  private void fail(Effect effect, String why) {
    Input told = effect.failed(Code.UNAVAILABLE, why);
    if (told != null) {
      engine.accept(told);
    }
  }

  // --- what becomes of recordings

  /** Goes on if what is under way has ended, or a retry is due. */
  void advance(long nowMillis) {
    recordings.advance(nowMillis);
  }

  @Override
  public void onSettled() {
    List<Effect> released = held.release(recordings.lastDone());
    if (!launching.isEmpty()) {
      released.stream()
          .filter(Commits::isLaunched)
          .forEach(effect -> launching.removeAll(EffectSubject.of(effect).tasks()));
    }
    carryOut(released);
    if (!released.isEmpty()) {
      // What has waited for one of these need not wait for the recording that has begun since.
      carryOutFreed();
    }
  }

  /**
   * Refuses the launches that wait, so that nothing of them is done; those behind would follow. And
   * whoever wants to read what is recorded does not wait until that can be read.
   */
  @Override
  public void onFailing() {
    carryOut(
        held.remove(waiting -> isRecall(waiting.effect())).stream()
            .map(Held::effect)
            .map(Commits::refused)
            .toList());
    if (launching.isEmpty()) {
      return;
    }
    Set<TaskId> refused = new HashSet<>(launching);
    refused.removeIf(task -> !recordings.isLive(task));
    // One that was stopped meanwhile ends as that. It stays, and may be told of.
    Set<TaskId> stopped = new HashSet<>(launching);
    stopped.removeAll(refused);
    launching.clear();
    if (!refused.isEmpty()) {
      takeBack(refused);
    }
    carryOutHeld(free -> !free.subject().promises() && free.isAboutAny(stopped));
  }

  private void takeBack(Set<TaskId> refused) {
    recordings.remove(refused);
    launching.removeAll(refused);
    List<Refused> launches = new ArrayList<>();
    List<Effect> answers = new ArrayList<>();
    for (Held gone : held.remove(waiting -> waiting.isAboutAny(refused))) {
      if (gone.effect() instanceof Effect.Reply reply) {
        if (reply.answer() instanceof Answer.Launched launched) {
          launches.add(new Refused(launched.task().task().id(), reply.call()));
        } else {
          answers.add(with(reply, PromisedAnswers.without(reply.answer(), refused)));
        }
      }
    }
    if (!launches.isEmpty()) {
      engine.accept(new Input.NotStored(launches));
    }
    carryOut(answers);
  }

  private static Effect with(Effect.Reply reply, Answer answer) {
    return new Effect.Reply(reply.call(), answer, reply.confirm());
  }

  @Override
  public void onRefused() {
    onFailing();
    refuse(all -> true, String.valueOf(recordings.refusal()));
  }

  @Override
  public void onRefused(Set<TaskId> tasks, String reason) {
    Set<TaskId> launches = new HashSet<>(tasks);
    launches.retainAll(launching);
    takeBack(launches);
    refuse(waiting -> waiting.isAboutAny(tasks), reason);
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
        rest.add(with(reply, PromisedAnswers.unrecorded(reply.answer())));
      } else {
        fail(effect, "it cannot be recorded: " + why);
      }
    }
    carryOut(rest);
  }

  @Override
  public void onFenced(Set<TaskId> tasks) {
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
    return recordings.nextDue();
  }

  /** Whether there is nothing to go on with. */
  boolean isAtRest() {
    return idle() && !recordings.isFailing();
  }

  boolean idle() {
    return recordings.idle() && held.isEmpty();
  }
}
