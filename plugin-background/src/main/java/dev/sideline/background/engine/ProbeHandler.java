package dev.sideline.background.engine;

/** Takes what probes have shown, and has it acted upon. */
final class ProbeHandler implements Input.ProbeAnswers {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final SessionProber prober;
  private final BudgetGuard budgets;
  private final Watchdog watchdog;
  private final AnswerValidation validation;
  private final ProbeOutcome.Handler outcomes;

  ProbeHandler(
      UnitOfWork unit,
      TaskRegistry registry,
      SessionProber prober,
      BudgetGuard budgets,
      Watchdog watchdog,
      AnswerValidation validation,
      ProbeOutcome.Handler outcomes) {
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
    boolean current = probed.activation() == live.task.activation() && !live.probeIsStale;
    shown(live, current, probed.result());
    live.listed = null;
    if (current) {
      seen(live);
    }
  }

  private void shown(LiveTask live, boolean current, ProbeResult result) {
    live.probing = false;
    if (live.task.session() == null || !live.mayBeAtWork()) {
      return;
    }
    live.report(result);
    budgets.used(live);
    if (!current) {
      prober.probe(live);
      return;
    }
    if (live.task.status().terminal()) {
      return;
    }
    boolean further = prober.note(live, result);
    if (live.verifyingSilence) {
      watchdog.silenceVerified(live, further || result.kind().conclusive());
    } else if (further) {
      live.signOfLife(unit.now());
    }
    prober.judge(live, result).dispatch(live, outcomes);
    if (live.probeAgain && !live.task.status().terminal()) {
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
    if (live.unseenUntilMillis != 0) {
      live.unseenUntilMillis = 0;
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
      validation.checked(live, checked.check());
    }
  }

  private static boolean isCurrent(LiveTask live, int activation) {
    return live.task.session() != null
        && live.task.activation() == activation
        && !live.task.status().terminal();
  }
}
