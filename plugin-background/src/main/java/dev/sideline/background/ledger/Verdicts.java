package dev.sideline.background.ledger;

/** What is done about what a look at a session has shown. */
final class Verdicts {

  private final Slots slots;
  private final Waits waits;
  private final Results results;
  private final Prompts prompts;
  private final Requests requests;
  private final Guards guards;

  Verdicts(
      Slots slots,
      Waits waits,
      Results results,
      Prompts prompts,
      Requests requests,
      Guards guards) {
    this.slots = slots;
    this.waits = waits;
    this.results = results;
    this.prompts = prompts;
    this.requests = requests;
    this.guards = guards;
  }

  /** The agent has given its answer. */
  void finished(Entry entry, Finding finding) {
    results.finished(entry, finding);
  }

  /**
   * The agent's model has failed.
   *
   * @param unprompted whether the prompt has never reached the session
   * @return whether another goes on
   */
  boolean failed(Entry entry, boolean unprompted) {
    return prompts.fallBack(entry, false, unprompted);
  }

  /** The agent is quiet, or will not be, as it has to be for what it is to be told. */
  void interrupted(Entry entry, boolean stopped) {
    if (stopped) {
      callerStopped(entry);
      requests.drop(entry);
      // It is set to work in its turn.
      slots.giveBack(entry);
    }
    prompts.interrupted(entry, stopped);
  }

  /** The agent of a task has come to rest: none of its calls is open any more. */
  void callerStopped(Entry entry) {
    waits.callerStopped(entry.session());
  }

  /** The agent is at work, or waits for somebody in the middle of it. */
  void atWork(Entry entry) {
    if (requests.confirmed(entry)) {
      guards.watch(entry);
    }
  }

  /** The last message is not in the session; tells whether it is given again. */
  boolean repeat(Entry entry) {
    return prompts.repeat(entry);
  }

  /** A task was looked at, of which it was not known how far it has come during a pause. */
  void seen(Entry entry) {
    guards.watch(entry);
  }

  /** It is known whether a task that was not heard of has got further. */
  void silenceVerified(Entry entry, boolean further) {
    guards.silenceVerified(entry, further);
  }

  /** More may be known of what a task has used. */
  void used(Entry entry) {
    guards.used(entry);
  }
}
