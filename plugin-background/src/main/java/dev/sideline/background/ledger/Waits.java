package dev.sideline.background.ledger;

import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The calls that wait for tasks. A waiting call is a few objects here and no thread anywhere. */
final class Waits {

  /** What counts as the end of waiting for a task. */
  enum Until {
    /** The task has ended or is being cancelled: its result will not get any better. */
    DECIDED,
    /** The task has ended and its session is quiet. */
    SETTLED;

    boolean reached(TaskStatus status) {
      return status.terminal() || (this == DECIDED && status == TaskStatus.CANCELLING);
    }
  }

  /** A call that waits. */
  static final class Waiter {
    private final long call;
    private final List<Entry> entries;
    private final Until until;
    private int missing;
    private final Consumer<Boolean> answer;
    private Agenda.Item timeout;

    private Waiter(
        long call,
        List<Entry> entries,
        Until until,
        int missing,
        Consumer<Boolean> answer,
        Agenda.Item timeout) {
      this.call = call;
      this.entries = entries;
      this.until = until;
      this.missing = missing;
      this.answer = answer;
      this.timeout = timeout;
    }
  }

  private final Agenda agenda;
  private final Map<Long, Waiter> byCall = new HashMap<>();

  Waits(Agenda agenda) {
    this.agenda = agenda;
  }

  /**
   * Has a call wait for tasks, unless it need not.
   *
   * @param mode how many of them
   * @param deadlineMillis until when, in epoch milliseconds
   * @param answer answers the call; given whether the wait was in vain
   */
  void await(
      long call,
      List<Entry> entries,
      WaitMode mode,
      Until until,
      long deadlineMillis,
      Consumer<Boolean> answer) {
    int open = 0;
    for (Entry entry : entries) {
      if (!until.reached(entry.task.status())) {
        open++;
      }
    }
    int wanted =
        switch (mode) {
          case NONE -> 0;
          case ANY -> open == entries.size() ? Math.min(1, open) : 0;
          case ALL -> open;
        };
    if (wanted == 0) {
      answer.accept(false);
      return;
    }
    Agenda.Item timeout = agenda.at(deadlineMillis, () -> end(call, true));
    Waiter waiter = new Waiter(call, entries, until, wanted, answer, timeout);
    byCall.put(call, waiter);
    for (Entry entry : entries) {
      if (!until.reached(entry.task.status())) {
        entry.addWaiter(waiter);
      }
    }
  }

  /** A task has moved; answers whoever has waited for that. */
  void moved(Entry entry) {
    if (entry.waiters().isEmpty()) {
      return;
    }
    for (Waiter waiter : new ArrayList<>(entry.waiters())) {
      if (waiter.until.reached(entry.task.status())) {
        release(waiter, entry);
      }
    }
  }

  /** A task will not move any more, because there is none; whoever has waited for it need not. */
  void gone(Entry entry) {
    new ArrayList<>(entry.waiters()).forEach(waiter -> release(waiter, entry));
  }

  private void release(Waiter waiter, Entry entry) {
    entry.removeWaiter(waiter);
    waiter.missing--;
    if (waiter.missing == 0) {
      end(waiter.call, false);
    }
  }

  /** Nobody waits for a call any more. */
  void abandon(long call) {
    Waiter waiter = byCall.remove(call);
    if (waiter != null) {
      detach(waiter);
    }
  }

  /** Answers all calls as they stand. */
  void endAll() {
    for (Long call : new ArrayList<>(byCall.keySet())) {
      end(call, true);
    }
  }

  int size() {
    return byCall.size();
  }

  private void end(long call, boolean inVain) {
    Waiter waiter = byCall.remove(call);
    if (waiter != null) {
      detach(waiter);
      waiter.answer.accept(inVain);
    }
  }

  private void detach(Waiter waiter) {
    agenda.cancel(waiter.timeout);
    for (Entry entry : waiter.entries) {
      entry.removeWaiter(waiter);
    }
  }
}
