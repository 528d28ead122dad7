package dev.sideline.background.engine;

/** What is done about what a look at a session has shown. */
final class Verdicts {

  private final Slots slots;
  private final WaitingCalls waitingCalls;
  private final AnswerValidation results;
  private final MessageSender messages;
  private final Requests requests;
  private final Watchdog watchdog;

  Verdicts(
      Slots slots,
      WaitingCalls waitingCalls,
      AnswerValidation results,
      MessageSender messages,
      Requests requests,
      Watchdog watchdog) {
    this.slots = slots;
    this.waitingCalls = waitingCalls;
    this.results = results;
    this.messages = messages;
    this.requests = requests;
    this.watchdog = watchdog;
  }

  /** The agent has given its answer. */
  void finished(LiveTask live, ProbeResult result) {
    results.finished(live, result);
  }

  /**
   * The agent's model has failed.
   *
   * @param unprompted whether the prompt has never reached the session
   * @return whether another goes on
   */
  boolean failed(LiveTask live, boolean unprompted) {
    return messages.fallBack(live, false, unprompted);
  }

  /** The agent is quiet, or will not be, as it has to be for what it is to be told. */
  void interrupted(LiveTask live, boolean stopped) {
    if (stopped) {
      callerStopped(live);
      requests.drop(live);
      // It is set to work in its turn.
      slots.release(live);
    }
    messages.interrupted(live, stopped);
  }

  /** The agent of a task has come to rest: none of its calls is open any more. */
  void callerStopped(LiveTask live) {
    waitingCalls.callerStopped(live.session());
  }

  /** The agent is at work, or waits for somebody in the middle of it. */
  void atWork(LiveTask live) {
    if (requests.confirmed(live)) {
      watchdog.watch(live);
    }
  }

  /** The last message is not in the session; tells whether it is given again. */
  boolean repeat(LiveTask live) {
    return messages.repeat(live);
  }

  /** A task was looked at, of which it was not known how far it has come during a pause. */
  void seen(LiveTask live) {
    watchdog.watch(live);
  }

  /** It is known whether a task that was not heard of has got further. */
  void silenceVerified(LiveTask live, boolean further) {
    watchdog.silenceVerified(live, further);
  }

  /** More may be known of what a task has used. */
  void used(LiveTask live) {
    watchdog.used(live);
  }
}
