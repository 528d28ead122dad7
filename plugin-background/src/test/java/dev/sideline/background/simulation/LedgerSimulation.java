package dev.sideline.background.simulation;

import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.background.ledger.Effect;
import dev.sideline.background.ledger.Input;
import dev.sideline.background.ledger.LedgerBooks;
import dev.sideline.background.ledger.ResultCheck;
import dev.sideline.background.ledger.Step;
import dev.sideline.background.retain.CaffeineRetained;
import dev.sideline.background.runtime.UnthreadedRuntime;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.TaskIds;
import java.util.List;

/**
 * One run: some thousand steps in which everything goes wrong that can, then peace, in which
 * everything must come to its end.
 */
final class LedgerSimulation implements UnthreadedRuntime.Watcher, SimulatedHost.Watcher {

  /** How long after the last fault everything must have settled, or wait for an answer. */
  private static final long COMING_BACK_MILLIS = 60_000;

  private static final long PEACE_MILLIS = 30 * 60_000;

  /** They are read field by field, which takes longer than the step. */
  private static final int STEPS_BETWEEN_AUDITS = 7;

  private final long seed;
  private final int chaosSteps;
  private final Dice dice;
  private final VirtualTime time = new VirtualTime();
  private final Journal journal = new Journal(time);
  private final Settings settings;
  private final SimulatedStore store;
  private final SimulatedHost host;
  private final SimulatedClient client;
  private final Callers callers;
  private final SimulatedAgents agents;
  private final Fate fate;
  private final Promises promises;
  private final Sights sights = new Sights();
  private final Trace trace = new Trace();
  private final UnthreadedRuntime runtime;
  private final LedgerBooks books;
  private int steps;
  private long wakeAt = Long.MAX_VALUE;

  LedgerSimulation(long seed, int chaosSteps) {
    this.seed = seed;
    this.chaosSteps = chaosSteps;
    this.dice = new Dice(seed);
    this.settings = RandomSettings.of(dice);
    Climate climate = Climate.of(dice);
    Network network = new Network(time, dice, journal, sights);
    network.clientFaults(climate.clientFaults());
    network.faults(climate.callFaults());
    network.refusals(climate.refusals());
    EventStream events = new EventStream(time, dice, this::event);
    events.faults(climate.eventFaults());
    this.store = new SimulatedStore(time, dice, journal);
    store.faults(climate.storeFaults());
    this.host = new SimulatedHost(time, dice, events, this);
    this.client = new SimulatedClient(time, dice, network, host);
    Orders orders = new Orders(dice, climate, settings, host.requests());
    WatchedRetained retained =
        new WatchedRetained(
            new CaffeineRetained(settings, time::millis), settings.retention(), time);
    this.promises = new Promises(settings, time, store, host, retained, orders);
    this.callers = new Callers(time, dice, orders, this::put, promises::check);
    this.agents = new SimulatedAgents(time, dice, host, callers, climate);
    host.agents(agents);
    this.fate =
        new Fate(
            time, dice, journal, climate, network, events, store, host, client, callers, this::put);
    this.runtime =
        new UnthreadedRuntime(
            client,
            settings,
            store,
            retained,
            new TaskIds(dice.random()),
            this::put,
            () -> time.after(0, this::advance),
            this);
    this.books = new LedgerBooks(runtime.ledger());
  }

  /**
   * Runs it.
   *
   * @return what happened, in a line
   * @throws BrokenPromise if something did not hold
   */
  String run() {
    BrokenPromise.forget();
    try {
      fate.begin();
      while (steps < chaosSteps && time.next()) {
        BrokenPromise.check();
      }
      peace();
      return summary();
    } catch (RuntimeException | BrokenPromise e) {
      throw new BrokenPromise(
          "seed "
              + seed
              + ", step "
              + steps
              + ", after "
              + time.elapsed()
              + " ms: "
              + e
              + "\nAgain with -Dsideline.seed="
              + seed
              + " -Dsideline.steps="
              + chaosSteps
              + " (and -Dsideline.journal=true for all of it). The last of what happened:\n"
              + journal,
          e);
    }
  }

  String summary() {
    return String.format(
        "seed %d: %d steps, %d s, %d tasks, %s",
        seed, steps, time.elapsed() / 1_000, promises.total(), promises.reasons());
  }

  int steps() {
    return steps;
  }

  /** What was seen of note. */
  Sights sights() {
    return sights;
  }

  private void peace() {
    fate.end();
    agents.calmDown();
    if (dice.chance(0.15)) {
      promises.shutDown();
      put(new Input.Shutdown());
      fate.launchOnceMore();
    }
    pass(PEACE_MILLIS);
    comeBack();
    promises.checkAfterSilence();
    fate.answerAll();
    pass(PEACE_MILLIS);
    comeBack();
    if (!runtime.idle()) {
      throw new BrokenPromise("left over: something is not recorded");
    }
    promises.checkEnd(runtime.ledger());
    books.auditEnd();
    checkStore();
  }

  /** Whoever is told in answers alone hears what has ended meanwhile. */
  private void comeBack() {
    callers.catchUp();
    pass(COMING_BACK_MILLIS);
    callers.checkAllAnswered();
  }

  private void pass(long millis) {
    long end = time.millis() + millis;
    while (time.millis() < end && time.next()) {
      BrokenPromise.check();
    }
  }

  private void checkStore() {
    TaskStore.Contents contents = store.load().toCompletableFuture().join();
    if (!contents.owed().isEmpty()) {
      throw new BrokenPromise("left over: recorded as owed: " + contents.owed());
    }
    promises.checkRecorded(contents.tasks());
  }

  // --- the runtime's mailbox

  private void event(SessionEvent event) {
    if (runtime.ledger().observes(event.sessionId())) {
      put(new Input.Observed(event));
    } else if (settings.sessions().adoptChildren()) {
      discover(event.sessionId());
    }
  }

  /** A session that nobody knows may be one that the host has created under a known one. */
  private void discover(String session) {
    var unused =
        client
            .get(session)
            .thenAccept(
                found ->
                    found
                        .filter(this::hostsOwn)
                        .ifPresent(
                            child ->
                                put(new Input.ChildAppeared(child, Reaches.of(child.parentId())))));
  }

  private boolean hostsOwn(Session session) {
    return session.parentId() != null
        && session.metadata().isEmpty()
        && runtime.ledger().observes(session.parentId());
  }

  private void put(Input input) {
    time.after(
        0,
        () -> {
          runtime.take(fate.poisoned(input));
          scheduleWake();
        });
  }

  private void advance() {
    runtime.advance();
    scheduleWake();
  }

  private void scheduleWake() {
    long due = runtime.nextDue();
    if (due < wakeAt) {
      wakeAt = due;
      time.at(
          due,
          () -> {
            if (wakeAt == due) {
              wakeAt = Long.MAX_VALUE;
              advance();
            }
          });
    }
  }

  /** What came of it, as a number. */
  long trace() {
    return trace.value();
  }

  // --- what is seen

  @Override
  public void taken(Input input, Step step) {
    steps++;
    trace.add(time.millis(), input, step);
    sights.see(input);
    journal.note("input", input);
    boolean defect = false;
    for (Effect effect : step.effects()) {
      defect |= effect instanceof Effect.ReportDefect;
      sights.see(effect);
      journal.note("->", effect);
    }
    step.changes().saved().forEach(sights::see);
    if (!step.changes().forgotten().isEmpty()) {
      journal.note("forgets", step.changes().forgotten());
    }
    promises.after(input, step, runtime.ledger());
    if (defect || steps % STEPS_BETWEEN_AUDITS == 0) {
      books.audit();
    }
  }

  @Override
  public void carriesOut(Effect effect) {
    store.checkRecorded(effect);
    if (effect instanceof Effect.SendNotice send) {
      promises.sending(send);
    }
  }

  @Override
  public boolean answered(Effect.Reply reply) {
    sights.see(reply.answer());
    Input call = callers.input(reply.call());
    promises.answered(reply, call, callers.unread(reply.call()));
    sights.see(callers.unread(reply.call()) ? "an answer that nobody reads" : "an answer");
    return callers.answered(reply.call(), reply.answer());
  }

  @Override
  public void checks(Effect.CheckResult check) {
    ResultCheck outcome =
        dice.chance(0.6)
            ? new ResultCheck(check.answer().isEmpty() ? "{}" : check.answer(), List.of())
            : new ResultCheck(null, List.of("it does not fit"));
    time.after(
        dice.delay(500),
        () -> put(new Input.ResultChecked(check.task(), check.activation(), outcome)));
  }

  @Override
  public void accepted(Prompt prompt, boolean byPlugin) {
    if (byPlugin) {
      promises.accepted(prompt);
    }
  }

  @Override
  public void appeared(Prompt prompt) {
    promises.appeared(prompt.messageId());
  }

  @Override
  public void lost(String messageId) {
    promises.lost(messageId);
  }

  @Override
  public void beginsToWork(SimulatedSession session) {
    journal.note("host", "begins to work: " + session.id());
    promises.beginsToWork(session);
  }

  @Override
  public void interrupted(String session) {
    journal.note("fate", "somebody stops " + session);
    promises.interrupted(session);
  }

  @Override
  public void stopped(String session) {
    callers.stopped(session);
  }

  @Override
  public void deleted(String session) {
    journal.note("host", "deleted: " + session);
    promises.deleted(session);
  }
}
