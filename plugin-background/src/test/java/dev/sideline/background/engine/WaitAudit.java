package dev.sideline.background.engine;

import dev.sideline.background.engine.calls.WaitingCalls;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.TimedEvent;
import dev.sideline.background.engine.model.Timer;
import dev.sideline.background.engine.model.Timers;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Audits that an engine keeps nothing of what is not waited for any more: no timer, and no call in
 * any of the lists that it stood in.
 */
@SuppressWarnings("unchecked") // As the fields are declared.
final class WaitAudit {

  private final Timers timers;
  private final Map<Timer, TimedEvent> events;
  private final Map<Long, Object> byCall;
  private final Map<String, Set<Object>> bySession;
  private final Map<LiveTask, Set<Object>> byTask;
  private final Collection<Object> over;

  WaitAudit(TaskEngine engine) {
    this.timers = (Timers) EngineAudit.read(engine, "timers");
    this.events = (Map<Timer, TimedEvent>) EngineAudit.read(timers, "events");
    WaitingCalls calls = (WaitingCalls) EngineAudit.read(engine, "waitingCalls");
    this.byCall = (Map<Long, Object>) EngineAudit.read(calls, "byCall");
    this.bySession = (Map<String, Set<Object>>) EngineAudit.read(calls, "bySession");
    this.byTask = (Map<LiveTask, Set<Object>>) EngineAudit.read(calls, "byTask");
    this.over = (Collection<Object>) EngineAudit.read(calls, "over");
  }

  void audit(Collection<LiveTask> entries) {
    Set<TimedEvent> set = new HashSet<>();
    for (Map.Entry<Timer, TimedEvent> timer : events.entrySet()) {
      TimedEvent event = timer.getValue();
      // Each message that breaks off as it is given has one set to go on with.
      boolean repeated = event instanceof TimedEvent.NextMessage;
      check(set.add(event) || repeated, "has two timers", event);
      check(isWaitedFor(timer.getKey(), event), "has a timer, and is not waited for", event);
    }
    for (LiveTask live : entries) {
      Timer next = live.hasProbes() ? live.probe().next() : null;
      check(next == null || timers.contains(next), "has a probe to come, and no timer", live);
    }
    auditCalls();
  }

  private boolean isWaitedFor(Timer timer, TimedEvent event) {
    if (event instanceof TimedEvent.ProbeDue probe) {
      return timer.equals(probe.live().probe().next());
    }
    if (event instanceof TimedEvent.AbortDue abort) {
      return timer.equals(abort.live().probe().next());
    }
    if (event instanceof TimedEvent.WaitTimeout timeout) {
      return byCall.containsKey(timeout.call());
    }
    return !(event instanceof TimedEvent.WaitProgress progress)
        || byCall.containsKey(progress.call());
  }

  private void auditCalls() {
    Set<Object> waiting = new HashSet<>(byCall.values());
    for (Map.Entry<LiveTask, Set<Object>> waiters : byTask.entrySet()) {
      LiveTask live = waiters.getKey();
      check(waits(waiting, waiters.getValue()), "is waited for by nobody", live);
      check(!live.status().terminal(), "has ended, and is waited for", live);
    }
    for (Map.Entry<String, Set<Object>> waiters : bySession.entrySet()) {
      check(waits(waiting, waiters.getValue()), "waits in no call", waiters.getKey());
    }
    check(waiting.containsAll(over), "are over, and do not wait", over);
  }

  private static boolean waits(Set<Object> waiting, Set<Object> some) {
    return !some.isEmpty() && waiting.containsAll(some);
  }

  private static void check(boolean balances, String what, Object where) {
    if (!balances) {
      Object shown = where instanceof LiveTask live ? live.record() : where;
      throw new IllegalStateException("the books do not balance: " + what + ": " + shown);
    }
  }
}
