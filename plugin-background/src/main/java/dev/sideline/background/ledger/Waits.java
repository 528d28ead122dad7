package dev.sideline.background.ledger;

import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls that wait for tasks. A waiting call is a few objects here and no thread anywhere.
 *
 * <p>A call that a task's own agent makes has that task wait: it gives its slot back, and is
 * answered when it has one again.
 */
final class Waits {

  /** What counts as the end of waiting for a task. */
  enum Until {
    /** The task has ended, or somebody has cancelled it: its result will not get any better. */
    DECIDED,
    /** The task has ended and its session is quiet. */
    SETTLED;

    boolean reached(Entry entry) {
      return entry.task.status().terminal()
          || (this == DECIDED && entry.isCancelled())
          || entry.discarded;
    }
  }

  /**
   * What a call waits for.
   *
   * @param caller the task whose agent makes the call and waits; null if it is not a task's
   * @param mode how many of the tasks
   * @param deadlineMillis until when, in epoch milliseconds
   */
  record Wait(@Nullable Entry caller, WaitMode mode, Until until, long deadlineMillis) {}

  /** A call that waits. */
  static final class Waiter {
    private final long call;
    private final Wait wait;
    private final List<Entry> entries;
    private int missing;
    private final Consumer<Boolean> answer;
    private Agenda.Item timeout;

    /** Whether its time was over before what it waits for had come. */
    private boolean timedOut;

    private Waiter(
        long call,
        Wait wait,
        List<Entry> entries,
        int missing,
        Consumer<Boolean> answer,
        Agenda.Item timeout) {
      this.call = call;
      this.wait = wait;
      this.entries = entries;
      this.missing = missing;
      this.answer = answer;
      this.timeout = timeout;
    }

    private void answer() {
      answer.accept(timedOut && !hasCome());
    }

    /** Whether what it waits for has come, perhaps after its time. */
    private boolean hasCome() {
      Predicate<Entry> reached = entry -> wait.until().reached(entry);
      return wait.mode() == WaitMode.ALL
          ? entries.stream().allMatch(reached)
          : entries.stream().anyMatch(reached);
    }
  }

  private final Agenda agenda;
  private final Slots slots;
  private final Map<Long, Waiter> byCall = new LinkedHashMap<>();

  /** Calls whose wait is over, and that are answered when their task has its slot again. */
  private final Map<Long, Waiter> over = new LinkedHashMap<>();

  Waits(Agenda agenda, Slots slots) {
    this.agenda = agenda;
    this.slots = slots;
  }

  /**
   * Has a call wait for tasks, unless it need not.
   *
   * @param answer answers the call; given whether the wait was in vain
   */
  void await(long call, List<Entry> entries, Wait wait, Consumer<Boolean> answer) {
    int open = 0;
    boolean attention = false;
    for (Entry entry : entries) {
      if (!wait.until().reached(entry)) {
        open++;
        attention |= wait.until() == Until.DECIDED && entry.needsAttention();
      }
    }
    int wanted =
        switch (wait.mode()) {
          case NONE -> 0;
          case ANY -> open == entries.size() ? Math.min(1, open) : 0;
          case ALL -> open;
        };
    if (wanted == 0 || attention) {
      answer.accept(false);
      return;
    }
    Agenda.Item timeout = agenda.at(wait.deadlineMillis(), () -> end(call, true));
    Waiter waiter = new Waiter(call, wait, entries, wanted, answer, timeout);
    byCall.put(call, waiter);
    for (Entry entry : entries) {
      if (!wait.until().reached(entry)) {
        entry.addWaiter(waiter);
      }
    }
    Entry caller = wait.caller();
    if (caller != null) {
      caller.blockedCalls++;
      if (caller.task.status().active()) {
        slots.giveBack(caller);
      }
    }
  }

  /** A task has moved, or is none after all; answers whoever has waited for that. */
  void moved(Entry entry) {
    if (entry.waiters().isEmpty()) {
      return;
    }
    for (Waiter waiter : new ArrayList<>(entry.waiters())) {
      if (waiter.wait.until().reached(entry)) {
        release(waiter, entry);
      }
    }
  }

  /** A task needs somebody, perhaps the one who waits for it; answers whoever does. */
  void needsAttention(Entry entry) {
    for (Waiter waiter : new ArrayList<>(entry.waiters())) {
      if (waiter.wait.until() == Until.DECIDED) {
        end(waiter.call, false);
      }
    }
  }

  private void release(Waiter waiter, Entry entry) {
    entry.removeWaiter(waiter);
    waiter.missing--;
    if (waiter.missing == 0) {
      end(waiter.call, false);
    }
  }

  /**
   * Has calls end so much earlier that wait for as long as their caller has said. Those that wait
   * for tasks to stop go by the grace that those have.
   */
  void bringForward(long byMillis) {
    for (Waiter waiter : byCall.values()) {
      if (waiter.wait.until() == Until.DECIDED) {
        waiter.timeout = agenda.bringForward(waiter.timeout, byMillis);
      }
    }
  }

  /** Nobody waits for a call any more. An agent that has made it goes on. */
  void abandon(long call) {
    Waiter waiter = byCall.remove(call);
    if (waiter != null) {
      detach(waiter);
    } else {
      waiter = over.remove(call);
    }
    Entry caller = waiter == null ? null : waiter.wait.caller();
    if (caller != null && !hasOpenCall(caller) && (goesOn(caller) || isStopping(caller))) {
      slots.takeAnyway(caller);
    }
  }

  /** A task's agent has stopped: what it still waits for is answered, though it may not hear it. */
  void callerStopped(Entry caller) {
    if (caller.blockedCalls > 0) {
      for (Waiter waiter : List.copyOf(byCall.values())) {
        if (waiter.wait.caller() == caller) {
          giveUp(waiter);
        }
      }
    }
    for (Waiter waiter : over.isEmpty() ? List.<Waiter>of() : List.copyOf(over.values())) {
      if (waiter.wait.caller() == caller) {
        answer(waiter);
      }
    }
  }

  private void giveUp(Waiter waiter) {
    byCall.remove(waiter.call);
    detach(waiter);
    waiter.timedOut = true;
    waiter.answer();
  }

  /** Answers all calls as they stand. */
  void endAll() {
    List.copyOf(byCall.values()).forEach(this::giveUp);
    List.copyOf(over.values()).forEach(this::answer);
  }

  int size() {
    return byCall.size() + over.size();
  }

  private void end(long call, boolean timedOut) {
    Waiter waiter = byCall.remove(call);
    if (waiter == null) {
      return;
    }
    detach(waiter);
    waiter.timedOut = timedOut;
    Entry caller = waiter.wait.caller();
    if (caller != null && goesOn(caller)) {
      over.put(call, waiter);
      slots.askAgain(caller, () -> answer(waiter));
    } else if (isStopping(caller)) {
      // An answer would have it work on; it is told when it has stopped.
      over.put(call, waiter);
    } else {
      waiter.answer();
    }
  }

  private void answer(Waiter waiter) {
    if (over.remove(waiter.call, waiter)) {
      waiter.answer();
    }
  }

  /** Whether another call of a task's agent has not been answered. */
  private boolean hasOpenCall(Entry caller) {
    return caller.blockedCalls > 0
        || over.values().stream().anyMatch(waiter -> waiter.wait.caller() == caller);
  }

  private static boolean isStopping(@Nullable Entry caller) {
    return caller != null && caller.task.status() == TaskStatus.CANCELLING;
  }

  private static boolean goesOn(Entry caller) {
    return caller.task.status().active() && caller.requests().isEmpty();
  }

  private void detach(Waiter waiter) {
    agenda.cancel(waiter.timeout);
    for (Entry entry : waiter.entries) {
      entry.removeWaiter(waiter);
    }
    Entry caller = waiter.wait.caller();
    if (caller != null) {
      caller.blockedCalls--;
    }
  }
}
