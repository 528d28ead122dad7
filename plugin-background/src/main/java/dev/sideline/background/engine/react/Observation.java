package dev.sideline.background.engine.react;

import dev.sideline.background.engine.limits.Watchdog;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.probe.SessionProber;

/** Starts probes of tasks, and the watch over their time. */
public final class Observation {

  private final SessionProber prober;
  private final Watchdog watchdog;

  public Observation(SessionProber prober, Watchdog watchdog) {
    this.prober = prober;
    this.watchdog = watchdog;
  }

  void probe(LiveTask live) {
    prober.probe(live);
  }

  void onMessageTaken(LiveTask live, boolean certain) {
    prober.onMessageTaken(live, certain);
  }

  void watch(LiveTask live) {
    watchdog.watch(live);
  }
}
