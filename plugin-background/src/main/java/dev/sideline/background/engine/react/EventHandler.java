package dev.sideline.background.engine.react;

import dev.sideline.background.engine.calls.WaitingCalls;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.probe.SessionProber;
import dev.sideline.background.engine.protocol.Input;

/** What happens in the host, or to the process. */
public final class EventHandler implements Input.Events {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final SessionEventHandler sessionEvents;
  private final Reconciler reconciler;
  private final ChildAdoption adoption;
  private final SessionProber prober;
  private final WaitingCalls waitingCalls;

  public EventHandler(
      UnitOfWork unit,
      TaskRegistry registry,
      SessionEventHandler sessionEvents,
      Reconciler reconciler,
      ChildAdoption adoption,
      SessionProber prober,
      WaitingCalls waitingCalls) {
    this.unit = unit;
    this.registry = registry;
    this.sessionEvents = sessionEvents;
    this.reconciler = reconciler;
    this.adoption = adoption;
    this.prober = prober;
    this.waitingCalls = waitingCalls;
  }

  @Override
  public void take(Input.Observed observed) {
    if (sessionEvents.observed(observed.event())) {
      reconciler.askNow();
    }
  }

  @Override
  public void take(Input.ChildAppeared appeared) {
    adoption.appeared(appeared.child(), appeared.parentReach());
  }

  @Override
  public void take(Input.EventsLost lost) {
    reconciler.reconcile(true);
  }

  @Override
  public void take(Input.Paused paused) {
    long unseenUntil = unit.now() + SessionProber.UNSEEN_MILLIS;
    waitingCalls.afterPause(paused.gapMillis(), unseenUntil);
    reconciler.reconcile(true);
    unit.each(registry.entries(), live -> prober.afterPause(live, unseenUntil));
  }
}
