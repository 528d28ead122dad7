package dev.sideline.background.engine.calls;

import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.SlotUse;
import dev.sideline.background.engine.model.TimedEvent;
import dev.sideline.background.engine.model.Timer;
import dev.sideline.background.engine.model.Timers;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.engine.scheduling.Slots;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls that wait for tasks. A waiting call is a few objects here and no thread anywhere.
 *
 * <p>A call that a task's own agent makes has that task wait: it gives its slot back, and is
 * answered when it has one again, at the latest at the end of its time. An agent with several calls
 * does not go on before the last of them is answered, so the others are answered without a slot.
 *
 * <p>A caller that has stopped hears no answer: its waits are over, and what they would have shown
 * is still to be told.
 */
public final class WaitingCalls {

  /** What counts as the end of waiting for a task. */
  enum Until {
    /** The task has ended, or somebody has cancelled it: its result will not get any better. */
    DECIDED,
    /** The task has ended and its session is quiet. */
    SETTLED;

    boolean reached(LiveTask live) {
      return live.status().terminal()
          || (this == DECIDED && live.isCancelled())
          || live.recordState().discarded();
    }
  }

  /**
   * What a call waits for.
   *
   * @param session the session that makes the call
   * @param caller the task whose agent makes the call and waits; null if it is not a task's
   * @param mode how many of the tasks
   * @param sinceMillis since when, in epoch milliseconds
   * @param deadlineMillis until when, in epoch milliseconds
   */
  record Wait(
      String session,
      @Nullable LiveTask caller,
      WaitMode mode,
      Until until,
      long sinceMillis,
      long deadlineMillis) {}

  /** What happens close together is told together, and a short wait without a word. */
  private static final long PROGRESS_MILLIS = 1_000;

  /** How many of the tasks that are waited for are told by name. */
  private static final int NAMED = 2;

  /** A call that waits. */
  private static final class Waiter {
    private final long call;
    private final Wait wait;
    private final List<LiveTask> entries;
    private final WaitedFor what;
    private int missing;
    private @Nullable Timer timeout;

    /** When it is told how far what it waits for is; null if it is not to be. */
    private @Nullable Timer progress;

    /** Whether what it waits for may still come. */
    private boolean waiting = true;

    /** Whether its time was over before what it waits for had come. */
    private boolean timedOut;

    private Waiter(long call, Wait wait, List<LiveTask> entries, int missing, WaitedFor what) {
      this.call = call;
      this.wait = wait;
      this.entries = entries;
      this.missing = missing;
      this.what = what;
    }

    private WaitedFor.End end() {
      return new WaitedFor.End(timedOut && !hasCome(), true);
    }

    private WaitedFor.End endUnheard() {
      return new WaitedFor.End(!hasCome(), false);
    }

    /** Whether what it waits for has come, perhaps after its time. */
    private boolean hasCome() {
      Predicate<LiveTask> reached = live -> wait.until().reached(live);
      return wait.mode() == WaitMode.ALL
          ? entries.stream().allMatch(reached)
          : entries.stream().anyMatch(reached);
    }
  }

  private final UnitOfWork unit;
  private final Timers timers;
  private final Slots slots;
  private final WaitAnswers answers;
  private final Map<Long, Waiter> byCall = new LinkedHashMap<>();

  /** The same, by the session that made the call: each has a few, and there are many. */
  private final Map<String, Set<Waiter>> bySession = new LinkedHashMap<>();

  /** The same, by the tasks that are waited for. */
  private final Map<LiveTask, Set<Waiter>> byTask = new HashMap<>();

  /** Those that need not wait, and are answered in this step. */
  private final List<Waiter> ready = new ArrayList<>(0);

  /** Those whose wait is over, and that are answered when their task has its slot again. */
  private final Set<Waiter> over = new LinkedHashSet<>();

  public WaitingCalls(UnitOfWork unit, Timers timers, Slots slots, WaitAnswers answers) {
    this.unit = unit;
    this.timers = timers;
    this.slots = slots;
    this.answers = answers;
  }

  /**
   * Answers a call when the tasks that it waits for are as far as it wants them to be.
   *
   * @param what what it is answered then
   */
  void await(long call, List<LiveTask> entries, Wait wait, WaitedFor what) {
    int open = 0;
    boolean attention = false;
    for (LiveTask live : entries) {
      if (!wait.until().reached(live)) {
        open++;
        attention |= wait.until() == Until.DECIDED && live.needsAttention();
      }
    }
    int wanted =
        switch (wait.mode()) {
          case NONE -> 0;
          case ANY -> open == entries.size() ? Math.min(1, open) : 0;
          case ALL -> open;
        };
    Waiter waiter = new Waiter(call, wait, entries, wanted, what);
    if (wanted == 0 || attention) {
      ready.add(waiter);
      return;
    }
    waiter.timeout = timers.at(wait.deadlineMillis(), new TimedEvent.WaitTimeout(call));
    byCall.put(call, waiter);
    bySession.computeIfAbsent(wait.session(), key -> new LinkedHashSet<>(2)).add(waiter);
    tellProgressSoon(waiter);
    for (LiveTask live : entries) {
      if (!wait.until().reached(live)) {
        byTask.computeIfAbsent(live, key -> new LinkedHashSet<>(2)).add(waiter);
      }
    }
    LiveTask caller = wait.caller();
    if (caller != null) {
      caller.block();
      answerOver(caller);
      if (caller.status().active()) {
        slots.release(caller);
      }
    }
  }

  /** Answers the calls that need not wait, once it is known what came of the step. */
  public void answerReady() {
    if (ready.isEmpty()) {
      return;
    }
    List<Waiter> now = List.copyOf(ready);
    ready.clear();
    now.forEach(waiter -> answer(waiter, new WaitedFor.End(false, true)));
  }

  // --- what is waited for

  /** A task has moved, or is none after all; answers whoever has waited for that. */
  public void onMoved(LiveTask live) {
    for (Waiter waiter : of(live)) {
      if (waiter.wait.until().reached(live)) {
        release(waiter, live);
      }
    }
  }

  /** A task needs somebody, perhaps the one who waits for it; answers whoever does. */
  public void onAttentionRequested(LiveTask live) {
    for (Waiter waiter : of(live)) {
      if (waiter.wait.until() == Until.DECIDED) {
        end(waiter);
      }
    }
  }

  private List<Waiter> of(LiveTask live) {
    Set<Waiter> waiters = byTask.get(live);
    return waiters == null ? List.of() : List.copyOf(waiters);
  }

  private void forget(LiveTask live, Waiter waiter) {
    Set<Waiter> waiters = byTask.get(live);
    if (waiters != null && waiters.remove(waiter) && waiters.isEmpty()) {
      byTask.remove(live);
    }
  }

  private void release(Waiter waiter, LiveTask live) {
    forget(live, waiter);
    waiter.missing--;
    if (waiter.missing == 0) {
      end(waiter);
    } else {
      tellProgressSoon(waiter);
    }
  }

  private void tellProgressSoon(Waiter waiter) {
    if (waiter.progress == null && waiter.wait.until() == Until.DECIDED) {
      waiter.progress =
          timers.at(unit.now() + PROGRESS_MILLIS, new TimedEvent.WaitProgress(waiter.call));
    }
  }

  /** It is time to tell a call how far what it waits for is. */
  public void tellProgress(long call) {
    Waiter waiter = byCall.get(call);
    if (waiter == null) {
      return;
    }
    waiter.progress = null;
    List<Task> named =
        waiter.entries.stream()
            .filter(live -> !waiter.wait.until().reached(live))
            .limit(NAMED)
            .map(live -> live.record())
            .toList();
    int all = waiter.entries.size();
    int ended = waiter.wait.mode() == WaitMode.ALL ? all - waiter.missing : 0;
    unit.effect(new Effect.TellProgress(waiter.call, ended, all, named));
  }

  /** A call has waited for as long as it may: it is answered now, whatever there is to show. */
  public void timedOut(long call) {
    Waiter waiter = byCall.get(call);
    if (waiter == null) {
      return;
    }
    waiter.timedOut = true;
    end(waiter);
    LiveTask caller = waiter.wait.caller();
    if (caller != null && over.contains(waiter) && !isStopping(caller)) {
      // Its agent goes on, with or without a slot: nothing else starts until that is made good.
      slots.acquireForced(caller);
    }
  }

  /**
   * The process stood still, and no time has passed. A call that waits for as long as its caller
   * has said ends at that time all the same; one that waits for tasks to stop does not before it is
   * known whether they have: those that are given up then are given up first.
   */
  public void afterPause(long gapMillis, long unseenUntilMillis) {
    for (Waiter waiter : byCall.values()) {
      Timer timeout = waiter.timeout;
      if (timeout != null) {
        long due = timeout.atMillis();
        waiter.timeout =
            timers.move(
                timeout,
                waiter.wait.until() == Until.DECIDED
                    ? due - gapMillis
                    : Math.max(due, unseenUntilMillis + 1));
      }
    }
  }

  /** A wait is over; answers it, unless its agent has to have a slot before it goes on. */
  private void end(Waiter waiter) {
    if (over.contains(waiter)) {
      return;
    }
    stopWaiting(waiter);
    LiveTask caller = waiter.wait.caller();
    if (caller != null && !caller.isBlocked() && goesOn(caller) && !caller.slot().held()) {
      over.add(waiter);
      slots.reacquire(caller, new SlotUse.AnswerWait(waiter.call));
    } else if (isStopping(caller)) {
      // An answer would have it work on; it is told when it has stopped.
      over.add(waiter);
    } else {
      answer(waiter);
    }
  }

  /** The agent that waits in a call may go on. */
  public void onSlot(long call) {
    Waiter waiter = byCall.get(call);
    if (waiter != null) {
      answer(waiter);
    }
  }

  private void answer(Waiter waiter) {
    if (remove(waiter)) {
      answer(waiter, waiter.end());
    }
  }

  private void answer(Waiter waiter, WaitedFor.End end) {
    if (!unit.run(() -> waiter.what.answer(answers, waiter.call, end))) {
      unit.fail(waiter.call);
    }
  }

  /** An agent waits for something else, and does not go on with what it is told now. */
  private void answerOver(LiveTask caller) {
    List<Waiter> told = new ArrayList<>();
    for (Waiter waiter : calledBy(caller)) {
      if (over.contains(waiter) && !isStopping(caller)) {
        told.add(waiter);
      }
    }
    told.forEach(this::answer);
  }

  // --- whoever waits

  /** Nobody waits for a call any more. An agent that has made it goes on. */
  void abandon(long call) {
    Waiter waiter = byCall.get(call);
    if (waiter == null) {
      return;
    }
    stopWaiting(waiter);
    remove(waiter);
    LiveTask caller = waiter.wait.caller();
    if (caller != null && calledBy(caller).isEmpty() && (goesOn(caller) || isStopping(caller))) {
      slots.acquireForced(caller);
    }
  }

  /** Whether a call waits, or is just about to be answered. */
  public boolean waits(long call) {
    return byCall.containsKey(call);
  }

  /** Whether calls of a session wait. */
  public boolean any(String session) {
    return bySession.containsKey(session);
  }

  /** The sessions whose calls wait. */
  public List<String> sessions() {
    return List.copyOf(bySession.keySet());
  }

  /** The agent of a session has stopped: nobody reads what its calls are answered. */
  public void callerStopped(String session) {
    endUnheard(session, waiter -> true);
  }

  /**
   * The host, asked at a time in epoch milliseconds, has shown a session as idle whose agent waited
   * in calls: it has stopped.
   */
  public void callerIdle(String session, long askedMillis) {
    endUnheard(session, waiter -> waiter.wait.sinceMillis() < askedMillis);
  }

  private void endUnheard(String session, Predicate<Waiter> which) {
    for (Waiter waiter : List.copyOf(bySession.getOrDefault(session, Set.of()))) {
      if (which.test(waiter)) {
        stopWaiting(waiter);
        if (remove(waiter)) {
          answer(waiter, waiter.endUnheard());
        }
      }
    }
  }

  /** Answers all calls as they stand. */
  public void endAll() {
    for (Waiter waiter : List.copyOf(byCall.values())) {
      stopWaiting(waiter);
      waiter.timedOut = true;
      answer(waiter);
    }
  }

  public int size() {
    return byCall.size();
  }

  private Set<Waiter> calledBy(LiveTask caller) {
    String session = caller.record().session();
    return session == null ? Set.of() : bySession.getOrDefault(session, Set.of());
  }

  private static boolean isStopping(@Nullable LiveTask caller) {
    return caller != null && caller.status() == TaskStatus.CANCELLING;
  }

  private static boolean goesOn(LiveTask caller) {
    return caller.status().active() && caller.requests().isEmpty();
  }

  /** A call waits for nothing any more; it is still to be answered. */
  private void stopWaiting(Waiter waiter) {
    if (!waiter.waiting) {
      return;
    }
    waiter.waiting = false;
    for (LiveTask live : waiter.entries) {
      forget(live, waiter);
    }
    LiveTask caller = waiter.wait.caller();
    if (caller != null) {
      caller.unblock();
    }
  }

  /** Forgets a call, which is answered now or never; tells whether it was there. */
  private boolean remove(Waiter waiter) {
    if (!byCall.remove(waiter.call, waiter)) {
      return false;
    }
    over.remove(waiter);
    timers.cancel(waiter.timeout);
    timers.cancel(waiter.progress);
    bySession.computeIfPresent(
        waiter.wait.session(),
        (session, waiters) -> {
          waiters.remove(waiter);
          return waiters.isEmpty() ? null : waiters;
        });
    return true;
  }
}
