package dev.sideline.background.simulation;

/**
 * What a story has much of, little of, or nothing at all. Stories that have everything in them
 * resemble each other; what breaks a promise is often a few things that meet undisturbed.
 *
 * <p>Faults are chances, of 1; all others are weights or chances that start from 1 for much.
 *
 * @param callFaults how often a call to the host goes wrong
 * @param clientFaults how often a client breaks its contract, or does not answer in time
 * @param refusals how often the host refuses a session or a prompt for good
 * @param eventFaults how often an event is dropped, and how often one comes twice
 * @param storeFaults how often a recording fails
 * @param storeMillis how long a recording takes at most
 * @param storeFull how often the store is full for good, at some time
 * @param maxWaiting how much may wait for the store
 * @param zeal how eager agents are to launch tasks
 * @param chats how often agents call the other tools
 * @param requests how often agents ask for permissions or have questions
 * @param answers how often people answer these in the host itself
 * @param messages how often tasks are sent messages
 * @param spending how often agents report tokens, and call tools
 * @param loops how often agents make the same call again and again
 * @param silences how often agents do nothing for long
 * @param retries how often the host tries a model again and again
 * @param badModels how many models fail most of the time
 * @param schemas how often a launch wants a result that fits a schema
 * @param options how often a launch has options of its own: deadlines, budgets, keys, priorities
 * @param relations how often a launch follows on other tasks
 * @param ownChildren how often agents have the host itself create a session under theirs
 * @param interruptions how often people stop sessions, or delete them
 * @param deafness how often agents do not listen when they are told to stop
 * @param defects how often the plugin meets errors of its own
 * @param crashes how often the process of the plugin ends
 */
record FaultProfile(
    double callFaults,
    double clientFaults,
    double refusals,
    double eventFaults,
    double storeFaults,
    int storeMillis,
    double storeFull,
    int maxWaiting,
    double zeal,
    double chats,
    double requests,
    double answers,
    double messages,
    double spending,
    double loops,
    double silences,
    double retries,
    double badModels,
    double schemas,
    double options,
    double relations,
    double ownChildren,
    double interruptions,
    double deafness,
    double defects,
    double crashes) {

  static FaultProfile of(SeededRandom random) {
    return new FaultProfile(
        random.chance(0.2) ? 0 : random.between(1, 12) / 100.0,
        random.chance(0.4) ? 0 : random.between(1, 6) / 100.0,
        random.chance(0.5) ? 0 : random.between(1, 10) / 100.0,
        random.chance(0.2) ? 0 : random.between(1, 10) / 100.0,
        random.chance(0.3) ? random.between(2, 30) / 100.0 : 0,
        random.chance(0.15) ? random.between(500, 20_000) : 60,
        random.chance(0.08) ? 1 : 0,
        random.chance(0.2) ? random.between(10, 60) : 20_000,
        random.chance(0.5) ? 0 : random.between(1, 4) / 10.0,
        some(random),
        some(random),
        some(random),
        some(random),
        some(random),
        some(random),
        some(random),
        some(random),
        some(random),
        some(random),
        some(random),
        some(random),
        some(random),
        some(random),
        some(random),
        some(random),
        random.chance(0.3) ? 0 : random.chance(0.25) ? 8 : random.between(1, 3));
  }

  /** Nothing in some stories, something in most, much in a few. */
  private static double some(SeededRandom random) {
    return random.chance(0.35) ? 0 : random.chance(0.2) ? 1 : random.between(5, 50) / 100.0;
  }
}
