package dev.sideline.background.engine.model;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Changes.NoticeRenaming;
import dev.sideline.background.engine.protocol.Changes.NoticeRow;
import dev.sideline.background.engine.protocol.Changes.OutcomeRow;
import dev.sideline.background.engine.protocol.Changes.TaskRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What comes of one input: what is to be recorded, what is to be done, and what other parts of the
 * engine have still to react to. Holds the time at which the input was taken.
 */
public final class UnitOfWork {

  private static final int MAX_FAILED = 1_000;

  private long nowMillis;

  /** Calls that were answered because they broke off. */
  private final Set<Long> failed = new HashSet<>(0);

  private final Barrier barrier = new Barrier();
  private final Deque<Signal> signals = new ArrayDeque<>();
  private final List<LiveTask> dirty = new ArrayList<>();
  private final List<Account> dirtyAccounts = new ArrayList<>();
  private final Changes.Builder changes = new Changes.Builder();
  private final List<Effect> effects = new ArrayList<>();

  public void begin(long now) {
    nowMillis = now;
  }

  public long now() {
    return nowMillis;
  }

  // --- parts of it that must not keep others from being done

  /** Does a part; tells whether it came to its end. See {@link Barrier}. */
  public boolean run(Runnable part) {
    return barrier.run(part);
  }

  /** Does the same for each of some items, whatever becomes of it for the others. */
  public <T> void each(Collection<T> items, Consumer<T> part) {
    barrier.each(items, part);
  }

  /** Whether a part has broken off since the last {@link #drainDefects}. */
  public boolean isBroken() {
    return barrier.isBroken();
  }

  /** What was thrown since the last time. */
  public List<Throwable> drainDefects() {
    return barrier.drain();
  }

  // --- what is to be reacted to

  /** Leaves to others what follows from something that has happened. */
  public void signal(Signal signal) {
    signals.add(signal);
  }

  /** Signals what became of a message, if a call waits to hear it; it is told once. */
  public void completed(
      LiveTask live, MessageQueue.Message message, SendStatus status, @Nullable String detail) {
    long call = message.takeCall();
    if (call != 0) {
      signal(new Signal.SendCompleted(live, call, status, detail));
    }
  }

  /** Signals what became of the answer to a request, if somebody gave one; they are told once. */
  public void completed(
      LiveTask live, Request request, ReplyStatus status, @Nullable String detail) {
    Replier replier = request.takeReplier();
    if (replier != null) {
      signal(new Signal.ReplyCompleted(live, request.id(), replier, status, detail));
    }
  }

  /** The first that nobody has reacted to; null if there is none. */
  public @Nullable Signal pollSignal() {
    return signals.poll();
  }

  public boolean hasSignals() {
    return !signals.isEmpty();
  }

  // --- what comes out

  /** Marks a task dirty: its state is recorded as it stands at the end of this step. */
  public void markDirty(LiveTask live) {
    if (!live.recordState().discarded() && live.recordState().markDirty()) {
      dirty.add(live);
    }
  }

  /** Marks an account dirty: it is recorded as it stands at the end of this step. */
  void markDirty(Account account) {
    if (account.markDirty()) {
      dirtyAccounts.add(account);
    }
  }

  /** There is no account of a session any more. */
  void closeAccount(String session) {
    changes.close(session);
  }

  public void owe(Notice notice) {
    changes.owe(NoticeRow.of(notice));
  }

  /** A notice that is owed gets another message id. */
  public void rename(String before, String now) {
    changes.rename(new NoticeRenaming(before, now));
  }

  public void deliver(String messageId) {
    changes.deliver(messageId);
  }

  void forget(TaskId id) {
    changes.forget(id);
  }

  void forget(List<TaskId> ids) {
    ids.forEach(changes::forget);
  }

  public void effect(Effect effect) {
    effects.add(effect);
  }

  public void reply(long call, Answer answer) {
    reply(call, answer, false);
  }

  /** Answers a call, and wants to know whether somebody was there to take it. */
  public void replyConfirmed(long call, Answer answer) {
    reply(call, answer, true);
  }

  /** Answers a call that broke off; what is answered to it later is dropped. */
  public void fail(long call) {
    reply(call, new Answer.Failed());
    if (failed.size() < MAX_FAILED) {
      failed.add(call);
    }
  }

  /** Whether a call was answered in this step. */
  public boolean answers(long call) {
    return effects.stream()
        .anyMatch(effect -> effect instanceof Effect.Reply reply && reply.call() == call);
  }

  private void reply(long call, Answer answer, boolean confirm) {
    if (!failed.isEmpty() && failed.remove(call)) {
      return;
    }
    effects.add(new Effect.Reply(call, answer, confirm));
  }

  /** What has been collected; starts anew. */
  public Step end() {
    dirty.forEach(this::record);
    dirty.clear();
    dirtyAccounts.forEach(account -> changes.put(account.record()));
    dirtyAccounts.clear();
    Changes collected = changes.drain();
    return collected.isEmpty() && effects.isEmpty()
        ? Step.NOTHING
        : new Step(collected, drainEffects());
  }

  private void record(LiveTask live) {
    live.updateProgress();
    Task task = live.record();
    TaskStateRow state = TaskStateRow.of(task, live.recordState().nextVersion(), live.handling());
    if (state.version() == 1) {
      changes.create(TaskRow.of(task, state));
    } else {
      changes.move(state);
    }
    live.recordParts(changes);
    Outcome outcome = live.unrecordedOutcome();
    if (outcome != null) {
      changes.end(new OutcomeRow(task.id(), outcome));
    }
  }

  private List<Effect> drainEffects() {
    if (effects.isEmpty()) {
      return List.of();
    }
    List<Effect> drained = List.copyOf(effects);
    effects.clear();
    return drained;
  }
}
