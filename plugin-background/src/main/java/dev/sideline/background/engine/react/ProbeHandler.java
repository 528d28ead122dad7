package dev.sideline.background.engine.react;

import dev.sideline.background.engine.limits.BudgetGuard;
import dev.sideline.background.engine.limits.Watchdog;
import dev.sideline.background.engine.messaging.AnswerValidation;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.ProbePhase;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.probe.SessionProber;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult;

/** Takes what probes have shown, and has it acted upon. */
public final class ProbeHandler implements Input.ProbeAnswers {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final SessionProber prober;
  private final BudgetGuard budgets;
  private final Watchdog watchdog;
  private final AnswerValidation validation;
  private final ProbeOutcomes outcomes;

  public ProbeHandler(
      UnitOfWork unit,
      TaskRegistry registry,
      SessionProber prober,
      BudgetGuard budgets,
      Watchdog watchdog,
      AnswerValidation validation,
      ProbeOutcomes outcomes) {
    this.unit = unit;
    this.registry = registry;
    this.prober = prober;
    this.budgets = budgets;
    this.watchdog = watchdog;
    this.validation = validation;
    this.outcomes = outcomes;
  }

  @Override
  public void take(Input.Probed probed) {
    LiveTask live = registry.byId(probed.task());
    if (live == null) {
      return;
    }
    boolean current =
        probed.activation() == live.record().activation()
            && live.probe().phase() != ProbePhase.STALE;
    shown(live, current, probed.result());
    live.probe().clearListed();
    if (current) {
      seen(live);
    }
  }

  private void shown(LiveTask live, boolean current, ProbeResult result) {
    live.probe().ended();
    if (live.record().session() == null || !live.mayBeAtWork()) {
      return;
    }
    live.report(result, unit);
    budgets.used(live);
    if (!current) {
      prober.probe(live);
      return;
    }
    if (live.status().terminal()) {
      return;
    }
    boolean further = prober.note(live, result);
    if (live.verifyingSilence()) {
      watchdog.silenceVerified(live, further || result.kind().conclusive());
    } else if (further) {
      live.signOfLife(unit);
    }
    outcomes.probed(live, result);
    prober.judge(live, result).dispatch(live, outcomes);
    if (live.probe().wanted() && !live.status().terminal()) {
      prober.probe(live);
    }
  }

  @Override
  public void take(Input.ProbeFailed failed) {
    LiveTask live = registry.byId(failed.task());
    if (live != null && prober.failed(live)) {
      seen(live);
    }
  }

  /** A task was probed, of which it was not known how far it has come during a pause. */
  private void seen(LiveTask live) {
    if (live.probe().unseenUntilMillis() != 0) {
      live.probe().unseenUntil(0);
      unit.signal(new Signal.DeadlineSet(live));
    }
  }

  @Override
  public void take(Input.AbortEnded ended) {
    LiveTask live = registry.byId(ended.task());
    if (live != null && live.isBeingStopped()) {
      prober.probe(live);
    }
  }

  @Override
  public void take(Input.ResultChecked checked) {
    LiveTask live = registry.byId(checked.task());
    if (live != null && isCurrent(live, checked.activation())) {
      ParentSession own = registry.parent(live.session());
      if (own != null && own.unsettled()) {
        // It has got tasks of its own since: it waits for these, and its answer is looked at then.
        validation.drop(live);
        prober.probe(live);
      } else {
        validation.checked(live, checked.check());
      }
    }
  }

  private static boolean isCurrent(LiveTask live, int activation) {
    return live.record().session() != null
        && live.record().activation() == activation
        && !live.status().terminal();
  }
}
