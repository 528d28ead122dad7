package dev.sideline.background.engine;

/** Which tasks are looked at: now, or when their time is over. */
final class Observation {

  private final SessionProber prober;
  private final Watchdog watchdog;

  Observation(SessionProber prober, Watchdog watchdog) {
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
