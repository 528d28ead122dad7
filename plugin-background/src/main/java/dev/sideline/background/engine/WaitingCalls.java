package dev.sideline.background.engine;

import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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
final class WaitingCalls {

  /** What counts as the end of waiting for a task. */
  enum Until {
    /** The task has ended, or somebody has cancelled it: its result will not get any better. */
    DECIDED,
    /** The task has ended and its session is quiet. */
    SETTLED;

    boolean reached(LiveTask live) {
      return live.task.status().terminal()
          || (this == DECIDED && live.isCancelled())
          || live.discarded;
    }
  }

  /**
   * How a wait has come to its end.
   *
   * @param inVain whether that was before what it waited for had come
   * @param heard whether whoever made the call may still read the answer
   */
  record End(boolean inVain, boolean heard) {}

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
  static final class Waiter {
    private final long call;
    private final Wait wait;
    private final List<LiveTask> entries;
    private int missing;
    private final Consumer<End> answer;
    private Timers.Timer timeout;

    /** When it is told how far what it waits for is; null if it is not to be. */
    private Timers.@Nullable Timer progress;

    /** Whether what it waits for may still come. */
    private boolean waiting = true;

    /** Whether its time was over before what it waits for had come. */
    private boolean timedOut;

    private Waiter(
        long call,
        Wait wait,
        List<LiveTask> entries,
        int missing,
        Consumer<End> answer,
        Timers.Timer timeout) {
      this.call = call;
      this.wait = wait;
      this.entries = entries;
      this.missing = missing;
      this.answer = answer;
      this.timeout = timeout;
    }

    private void answer() {
      answer.accept(new End(timedOut && !hasCome(), true));
    }

    private void answerUnheard() {
      answer.accept(new End(!hasCome(), false));
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
  private final Barrier barrier;
  private final Timers timers;
  private final Slots slots;
  private final Map<Long, Waiter> byCall = new LinkedHashMap<>();

  /** The same, by the session that made the call: each has a few, and there are many. */
  private final Map<String, Set<Waiter>> bySession = new LinkedHashMap<>();

  /** Those whose wait is over, and that are answered when their task has its slot again. */
  private final Set<Waiter> over = new LinkedHashSet<>();

  WaitingCalls(UnitOfWork unit, Barrier barrier, Timers timers, Slots slots) {
    this.unit = unit;
    this.barrier = barrier;
    this.timers = timers;
    this.slots = slots;
  }

  /**
   * Has a call wait for tasks, unless it need not.
   *
   * @param answer answers the call; given how the wait has ended
   */
  void await(long call, List<LiveTask> entries, Wait wait, Consumer<End> answer) {
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
    if (wanted == 0 || attention) {
      answer.accept(new End(false, true));
      return;
    }
    Timers.Timer timeout = timers.at(wait.deadlineMillis(), () -> timedOut(call));
    Waiter waiter = new Waiter(call, wait, entries, wanted, answer, timeout);
    byCall.put(call, waiter);
    bySession.computeIfAbsent(wait.session(), key -> new LinkedHashSet<>(2)).add(waiter);
    tellProgressSoon(waiter);
    for (LiveTask live : entries) {
      if (!wait.until().reached(live)) {
        live.addWaiter(waiter);
      }
    }
    LiveTask caller = wait.caller();
    if (caller != null) {
      caller.blockedCalls++;
      answerOver(caller);
      if (caller.task.status().active()) {
        slots.release(caller);
      }
    }
  }

  // --- what is waited for

  /** A task has moved, or is none after all; answers whoever has waited for that. */
  void moved(LiveTask live) {
    if (live.waiters().isEmpty()) {
      return;
    }
    for (Waiter waiter : new ArrayList<>(live.waiters())) {
      if (waiter.wait.until().reached(live)) {
        release(waiter, live);
      }
    }
  }

  /** A task needs somebody, perhaps the one who waits for it; answers whoever does. */
  void requestAttention(LiveTask live) {
    for (Waiter waiter : new ArrayList<>(live.waiters())) {
      if (waiter.wait.until() == Until.DECIDED) {
        end(waiter);
      }
    }
  }

  private void release(Waiter waiter, LiveTask live) {
    live.removeWaiter(waiter);
    waiter.missing--;
    if (waiter.missing == 0) {
      end(waiter);
    } else {
      tellProgressSoon(waiter);
    }
  }

  private void tellProgressSoon(Waiter waiter) {
    if (waiter.progress == null && waiter.wait.until() == Until.DECIDED) {
      waiter.progress = timers.at(unit.now() + PROGRESS_MILLIS, () -> tellProgress(waiter));
    }
  }

  private void tellProgress(Waiter waiter) {
    waiter.progress = null;
    List<Task> named =
        waiter.entries.stream()
            .filter(live -> !waiter.wait.until().reached(live))
            .limit(NAMED)
            .map(live -> live.task)
            .toList();
    int all = waiter.entries.size();
    int ended = waiter.wait.mode() == WaitMode.ALL ? all - waiter.missing : 0;
    unit.effect(new Effect.TellProgress(waiter.call, ended, all, named));
  }

  /** A call has waited for as long as it may: it is answered now, whatever there is to show. */
  private void timedOut(long call) {
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
  void afterPause(long gapMillis, long unseenUntilMillis) {
    for (Waiter waiter : byCall.values()) {
      long due = waiter.timeout.atMillis();
      waiter.timeout =
          timers.move(
              waiter.timeout,
              waiter.wait.until() == Until.DECIDED
                  ? due - gapMillis
                  : Math.max(due, unseenUntilMillis + 1));
    }
  }

  /** A wait is over; answers it, unless its agent has to have a slot before it goes on. */
  private void end(Waiter waiter) {
    if (over.contains(waiter)) {
      return;
    }
    stopWaiting(waiter);
    LiveTask caller = waiter.wait.caller();
    if (caller != null && caller.blockedCalls == 0 && goesOn(caller)) {
      over.add(waiter);
      slots.reacquire(caller, () -> answer(waiter));
    } else if (isStopping(caller)) {
      // An answer would have it work on; it is told when it has stopped.
      over.add(waiter);
    } else {
      answer(waiter);
    }
  }

  private void answer(Waiter waiter) {
    if (remove(waiter)) {
      complete(waiter, waiter::answer);
    }
  }

  private void complete(Waiter waiter, Runnable answer) {
    if (!barrier.run(answer)) {
      unit.fail(waiter.call);
    }
  }

  /** An agent waits for something else, and does not go on with what it is told now. */
  private void answerOver(LiveTask caller) {
    List<Waiter> told = new ArrayList<>();
    for (Waiter waiter : of(caller)) {
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
    if (caller != null && of(caller).isEmpty() && (goesOn(caller) || isStopping(caller))) {
      slots.acquireForced(caller);
    }
  }

  /** Whether a call waits. */
  boolean waits(long call) {
    return byCall.containsKey(call);
  }

  /** Whether calls of a session wait. */
  boolean any(String session) {
    return bySession.containsKey(session);
  }

  /** The sessions whose calls wait. */
  List<String> sessions() {
    return List.copyOf(bySession.keySet());
  }

  /** The agent of a session has stopped: nobody reads what its calls are answered. */
  void callerStopped(String session) {
    endUnheard(session, waiter -> true);
  }

  /**
   * The host, asked at a time in epoch milliseconds, has shown a session as idle whose agent waited
   * in calls: it has stopped.
   */
  void callerIdle(String session, long askedMillis) {
    endUnheard(session, waiter -> waiter.wait.sinceMillis() < askedMillis);
  }

  private void endUnheard(String session, Predicate<Waiter> which) {
    for (Waiter waiter : List.copyOf(bySession.getOrDefault(session, Set.of()))) {
      if (which.test(waiter)) {
        stopWaiting(waiter);
        if (remove(waiter)) {
          complete(waiter, waiter::answerUnheard);
        }
      }
    }
  }

  /** Answers all calls as they stand. */
  void endAll() {
    for (Waiter waiter : List.copyOf(byCall.values())) {
      stopWaiting(waiter);
      waiter.timedOut = true;
      answer(waiter);
    }
  }

  int size() {
    return byCall.size();
  }

  private Set<Waiter> of(LiveTask caller) {
    String session = caller.task.session();
    return session == null ? Set.of() : bySession.getOrDefault(session, Set.of());
  }

  private static boolean isStopping(@Nullable LiveTask caller) {
    return caller != null && caller.task.status() == TaskStatus.CANCELLING;
  }

  private static boolean goesOn(LiveTask caller) {
    return caller.task.status().active() && caller.requests().isEmpty();
  }

  /** A call waits for nothing any more; it is still to be answered. */
  private void stopWaiting(Waiter waiter) {
    if (!waiter.waiting) {
      return;
    }
    waiter.waiting = false;
    for (LiveTask live : waiter.entries) {
      live.removeWaiter(waiter);
    }
    LiveTask caller = waiter.wait.caller();
    if (caller != null) {
      caller.blockedCalls--;
    }
  }

  /** Forgets a call, which is answered now or never; tells whether it was there. */
  private boolean remove(Waiter waiter) {
    if (!byCall.remove(waiter.call, waiter)) {
      return false;
    }
    over.remove(waiter);
    timers.cancel(waiter.timeout);
    if (waiter.progress != null) {
      timers.cancel(waiter.progress);
    }
    bySession.computeIfPresent(
        waiter.wait.session(),
        (session, waiters) -> {
          waiters.remove(waiter);
          return waiters.isEmpty() ? null : waiters;
        });
    return true;
  }
}
