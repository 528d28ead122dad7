package dev.sideline.background.simulation;

import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.engine.protocol.ResultCheck;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.retain.CaffeineFinishedTasks;
import dev.sideline.background.runtime.UnthreadedRuntime;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.TaskIds;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run: some thousand steps in which everything goes wrong that can, then peace, in which
 * everything must come to its end. The process of the plugin may end at any time, and another begin
 * with what was recorded.
 */
final class EngineSimulation implements UnthreadedRuntime.Watcher, SimulatedHost.Watcher {

  /** How long after the last fault everything must have settled, or wait for an answer. */
  private static final long COMING_BACK_MILLIS = 60_000;

  private static final long FORGETTING_MILLIS = 60_000;

  private static final long QUIESCE_MILLIS = 30 * 60_000;

  /** What an engine that begins with what was recorded takes it for that happened meanwhile. */
  private static final Input RESTARTED = new Input.EventsLost();

  /** Until it is tried again to load what was recorded. */
  private static final long LOADING_MILLIS = 1_000;

  private final long seed;
  private final int chaosSteps;
  private final SeededRandom random;
  private final VirtualTime time = new VirtualTime();
  private final Journal journal = new Journal(time);
  private final Settings settings;
  private final SimulatedStore store;
  private final SimulatedHost host;
  private final SimulatedClient client;
  private final Callers callers;
  private final SimulatedAgents agents;
  private final FaultInjector faults;
  private final Invariants invariants;
  private final CoverageTracker coverage = new CoverageTracker();
  private final Trace trace = new Trace();
  private final FaultProfile profile;
  private final Network network;
  private final EventStream events;
  private final WatchedFinishedTasks retained;
  private final TaskIds taskIds;
  private SimulatedProcess process;
  private boolean up;

  /** What was taken last, and the effect that was last begun. */
  private Step last = Step.NOTHING;

  private @Nullable Effect before;
  private int steps;

  EngineSimulation(long seed, int chaosSteps) {
    this.seed = seed;
    this.chaosSteps = chaosSteps;
    this.random = new SeededRandom(seed);
    this.settings = RandomSettings.of(random);
    this.profile = FaultProfile.of(random);
    this.network = new Network(time, random, journal, coverage);
    network.clientFaults(profile.clientFaults());
    network.faults(profile.callFaults());
    network.refusals(profile.refusals());
    this.events = new EventStream(time, random, this::event);
    events.faults(profile.eventFaults());
    this.store =
        new SimulatedStore(
            time, random, journal, isDurable() ? settings.retention().maxCount() : -1);
    store.faults(profile.storeFaults());
    store.slow(profile.storeMillis());
    this.host = new SimulatedHost(time, random, events, this);
    this.client = new SimulatedClient(time, random, network, host);
    WorkloadGenerator workload = new WorkloadGenerator(random, profile, settings, host.requests());
    this.retained = new WatchedFinishedTasks(settings.retention(), time);
    this.taskIds = new TaskIds(random.random());
    this.invariants = new Invariants(settings, time, store, host, retained, workload);
    this.callers = new Callers(time, random, workload, this::put, invariants::check);
    this.agents = new SimulatedAgents(time, random, host, callers, profile);
    host.agents(agents);
    this.faults =
        new FaultInjector(
            time,
            random,
            journal,
            profile,
            network,
            events,
            store,
            host,
            client,
            callers,
            this::put,
            this::crash);
    this.process = begin(Recorded.NOTHING);
  }

  /** In every other story the record is durable, so that tasks that leave memory stay in it. */
  private boolean isDurable() {
    return seed % 2 == 0;
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
      faults.begin();
      while ((steps < chaosSteps || !up) && time.next()) {
        BrokenPromise.check();
      }
      quiesce();
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
        seed, steps, time.elapsed() / 1_000, invariants.total(), invariants.reasons());
  }

  int steps() {
    return steps;
  }

  /** What was seen of note. */
  CoverageTracker coverage() {
    return coverage;
  }

  private void quiesce() {
    faults.end();
    agents.calmDown();
    if (random.chance(0.15)) {
      invariants.shutDown();
      put(new Input.Shutdown());
      faults.launchOnceMore();
    }
    pass(QUIESCE_MILLIS);
    comeBack();
    invariants.checkAfterSilence();
    faults.answerAll();
    do { // What was let go on may be broken off again.
      invariants.brokenOff().forEach(callers::stop);
      pass(QUIESCE_MILLIS);
    } while (!invariants.brokenOff().isEmpty());
    comeBack();
    awaitRecorded();
    if (!store.isFull() && !process.idle()) {
      throw new BrokenPromise("left over: something is not recorded");
    }
    invariants.checkEnd(process.engine());
    process.auditEnd();
    if (!store.isFull()) {
      checkStore();
    }
  }

  /** Results may have expired just now, and are still being forgotten. */
  private void awaitRecorded() {
    long end = time.millis() + FORGETTING_MILLIS;
    while (!process.idle() && time.millis() < end && time.next()) {
      BrokenPromise.check();
    }
  }

  /** Whoever is told in answers alone hears what has ended meanwhile. */
  private void comeBack() {
    do {
      callers.catchUp();
      pass(COMING_BACK_MILLIS);
    } while (callers.missed());
    callers.checkAllAnswered();
  }

  private void pass(long millis) {
    long end = time.millis() + millis;
    while (time.millis() < end && time.next()) {
      BrokenPromise.check();
    }
  }

  private void checkStore() {
    Recorded contents = store.everything();
    if (!contents.owed().isEmpty()) {
      throw new BrokenPromise("left over: recorded as owed: " + contents.owed());
    }
    invariants.checkRecorded(contents.tasks().stream().map(RecordedTask::task).toList());
  }

  // --- the process of the plugin

  private SimulatedProcess begin(Recorded recorded) {
    retained.begin(new CaffeineFinishedTasks(settings, time::millis));
    process = new SimulatedProcess(time, this::runtime, faults::poisoned, this::end);
    up = true;
    callers.processBegins();
    faults.begins();
    process.begin(recorded);
    return process;
  }

  private UnthreadedRuntime runtime(Consumer<Input> mailbox, Runnable wake) {
    return new UnthreadedRuntime(
        client, settings, store, retained, taskIds, mailbox, wake, profile.maxWaiting(), this);
  }

  private void crash() {
    if (up) {
      end();
    }
  }

  private void end() {
    journal.note("faults", "the process of the plugin ends");
    coverage.see("a crash");
    up = false;
    process.end();
    network.processEnds();
    events.breakOff();
    if (store.processEnds()) {
      coverage.see("a crash while something is being recorded");
    }
    invariants.crashed(new LastRecord(store.everything()));
    callers.processEnds();
    time.after(faults.downMillis(), this::restart);
  }

  private void restart() {
    if (store.isDown()) {
      time.after(LOADING_MILLIS, this::restart);
      return;
    }
    journal.note("faults", "the plugin begins again");
    var unused = begin(load());
  }

  private Recorded load() {
    return store.load().toCompletableFuture().join();
  }

  // --- its mailbox

  private void event(SessionEvent event) {
    if (!up) {
      return;
    }
    if (process.engine().observes(event.sessionId())) {
      put(new Input.Observed(event));
    } else if (settings.sessions().adoptChildren()) {
      discover(event.sessionId());
    }
    if (event instanceof SessionEvent.Deleted && store.isDurable()) {
      callers.gone(event.sessionId());
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
        && process.engine().observes(session.parentId());
  }

  private void put(Input input) {
    if (up) {
      process.put(input);
    }
  }

  /** What came of it, as a number. */
  long trace() {
    return trace.value();
  }

  // --- what is seen

  @Override
  public void restored(Recorded recorded, Step step) {
    coverage.see(recorded);
    invariants.begins();
    see(RESTARTED, step);
    process.restored(recorded, step);
  }

  @Override
  public void taken(Input input, Step step) {
    boolean defect =
        step.effects().stream().anyMatch(effect -> effect instanceof Effect.ReportDefect);
    see(input, step);
    process.taken(step, defect);
  }

  private void see(Input input, Step step) {
    steps++;
    last = step;
    trace.add(time.millis(), input, step);
    coverage.see(input);
    coverage.see(input.original());
    journal.note("input", input);
    for (Effect effect : step.effects()) {
      coverage.see(effect);
      if (effect instanceof Effect.Reply reply && reply.answer() instanceof Answer.Recall recall) {
        coverage.see(recall);
      }
      journal.note("->", effect);
    }
    if (!step.changes().forgotten().isEmpty()) {
      journal.note("forgets", step.changes().forgotten());
    }
    invariants
        .after(input.original(), step, process.engine())
        .forEach(change -> coverage.see(change.now()));
  }

  @Override
  public void refused(Input input, Effect.Reply reply) {
    steps++;
    coverage.see("refused before it is taken");
    journal.note("refused", input);
  }

  @Override
  public void carriesOut(Effect effect) {
    if (faults.endsNow()) {
      if (isOfLastStep(effect) && isOfLastStep(before)) {
        coverage.see("a crash between two effects of a step");
      }
      throw new Crash();
    }
    before = effect;
    invariants.carriesOut(effect);
  }

  @SuppressWarnings("ReferenceEquality") // It is about this one, and none that is like it.
  private boolean isOfLastStep(@Nullable Effect effect) {
    return last.effects().stream().anyMatch(other -> other == effect);
  }

  @Override
  public boolean answered(Effect.Reply reply) {
    coverage.see(reply.answer());
    Input call = callers.input(reply.call());
    invariants.answered(reply, call, callers.unread(reply.call()));
    coverage.see(callers.unread(reply.call()) ? "an answer that nobody reads" : "an answer");
    return callers.answered(reply.call(), reply.answer());
  }

  @Override
  public void checks(Effect.CheckResult check) {
    ResultCheck outcome =
        random.chance(0.6)
            ? new ResultCheck(check.answer().isEmpty() ? "{}" : check.answer(), List.of())
            : new ResultCheck(null, List.of("it does not fit"));
    time.after(
        random.delay(500),
        () -> put(new Input.ResultChecked(check.task(), check.activation(), outcome)));
  }

  @Override
  public void created(Session session) {
    invariants.created(session);
  }

  @Override
  public void accepted(Prompt prompt, boolean byPlugin) {
    if (byPlugin) {
      invariants.accepted(prompt);
    }
  }

  @Override
  public void appeared(Prompt prompt) {
    invariants.appeared(prompt.messageId());
  }

  @Override
  public void lost(String messageId) {
    invariants.lost(messageId);
  }

  @Override
  public void beginsToWork(SimulatedSession session) {
    journal.note("host", "begins to work: " + session.id());
    invariants.beginsToWork(session);
  }

  @Override
  public void interrupted(String session) {
    journal.note("faults", "somebody stops " + session);
    invariants.interrupted(session);
  }

  @Override
  public void stopped(String session) {
    callers.stopped(session);
  }

  @Override
  public void deleted(String session) {
    journal.note("host", "deleted: " + session);
    invariants.deleted(session);
  }
}
