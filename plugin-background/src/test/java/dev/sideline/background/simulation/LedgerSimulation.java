package dev.sideline.background.simulation;

import dev.sideline.api.SessionEvent;
import dev.sideline.background.ledger.Answer;
import dev.sideline.background.ledger.Effect;
import dev.sideline.background.ledger.Input;
import dev.sideline.background.ledger.Step;
import dev.sideline.background.retain.CaffeineRetained;
import dev.sideline.background.runtime.UnthreadedRuntime;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskIds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One run: some thousand steps in which everything goes wrong that can, then peace, in which
 * everything must come to its end.
 */
final class LedgerSimulation implements UnthreadedRuntime.Watcher, SimulatedHost.Watcher {

  /** How long after the last fault everything must have settled. */
  private static final long PEACE_MILLIS = 30 * 60_000;

  private final long seed;
  private final int chaosSteps;
  private final Dice dice;
  private final VirtualTime time = new VirtualTime();
  private final Journal journal = new Journal(time);
  private final Network network;
  private final EventStream events;
  private final SimulatedStore store;
  private final SimulatedHost host;
  private final Callers callers;
  private final SimulatedAgents agents;
  private final Deliveries deliveries = new Deliveries();
  private final Promises promises;
  private final UnthreadedRuntime runtime;
  private final List<String> people = new ArrayList<>();
  private boolean chaos = true;
  private int steps;
  private long wakeAt = Long.MAX_VALUE;

  LedgerSimulation(long seed, int chaosSteps) {
    this.seed = seed;
    this.chaosSteps = chaosSteps;
    this.dice = new Dice(seed);
    Settings settings = settings();
    this.network = new Network(time, dice, journal);
    this.events = new EventStream(time, dice, this::event);
    this.store = new SimulatedStore(time, dice, journal);
    this.host = new SimulatedHost(time, dice, network, events, this);
    this.callers = new Callers(time, dice, this::put);
    this.agents = new SimulatedAgents(time, dice, host, callers);
    host.agents(agents);
    WatchedRetained retained =
        new WatchedRetained(new CaffeineRetained(settings, time), settings.retention().maxCount());
    this.promises = new Promises(settings, host, retained, deliveries);
    this.runtime =
        new UnthreadedRuntime(
            host,
            settings,
            store,
            retained,
            new TaskIds(dice.random()),
            this::put,
            () -> time.after(0, this::advance),
            this);
  }

  private Settings settings() {
    Map<String, String> some = new HashMap<>();
    some.put("max_running", "" + dice.between(1, 6));
    some.put("max_running_per_parent", "" + dice.between(1, 4));
    some.put("max_starting", "" + dice.between(1, 3));
    some.put("max_tasks", "" + dice.between(10, 60));
    some.put("max_tasks_per_parent", "" + dice.between(3, 20));
    some.put("max_depth", "" + dice.between(1, 4));
    some.put("on_parent_deleted", dice.chance(0.5) ? "cancel" : "detach");
    some.put("cancel_grace_seconds", "" + dice.between(5, 40));
    some.put("retained_max_count", "" + dice.between(2, 60));
    some.put("retained_lifetime_seconds", "" + dice.between(20, 900));
    some.put("max_result_chars", "100");
    return SettingsReader.read(some);
  }

  /**
   * Runs it.
   *
   * @return what happened, in a line
   * @throws BrokenPromise if something did not hold
   */
  String run() {
    try {
      chaos();
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
        "seed %d: %d steps, %d s, %d tasks, %s %s",
        seed,
        steps,
        time.elapsed() / 1_000,
        promises.total(),
        promises.census(),
        promises.reasons());
  }

  int steps() {
    return steps;
  }

  /** The ways in which tasks have ended. */
  Set<Reason> endings() {
    return promises.reasons().keySet();
  }

  private void chaos() {
    double faults = dice.chance(0.2) ? 0 : dice.between(1, 12) / 100.0;
    network.faults(faults);
    events.faults(dice.chance(0.2) ? 0 : dice.between(1, 10) / 100.0);
    store.faults(dice.chance(0.3) ? dice.between(2, 30) / 100.0 : 0);
    int sessions = dice.between(2, 5);
    for (int i = 0; i < sessions; i++) {
      person();
    }
    time.after(100, this::somethingHappens);
    while (steps < chaosSteps && time.next()) {
      // On to the next.
    }
  }

  private void peace() {
    chaos = false;
    agents.calmDown();
    network.faults(0);
    store.faults(0);
    // For a while, nothing is heard of the sessions, and nothing tells that this is so.
    events.faults(dice.chance(0.5) ? 1 : 0);
    time.after(60_000, () -> events.faults(0));
    if (dice.chance(0.15)) {
      deliveries.shutDown();
      put(new Input.Shutdown());
    }
    long end = time.millis() + PEACE_MILLIS;
    while (time.millis() < end && time.next()) {
      // On to the next.
    }
    callers.checkAllAnswered();
    if (!runtime.idle()) {
      throw new BrokenPromise("left over: something is not recorded");
    }
    promises.checkEnd(runtime.ledger());
    checkStore();
  }

  private void checkStore() {
    TaskStore.Contents contents = store.load().toCompletableFuture().join();
    if (!contents.owed().isEmpty()) {
      throw new BrokenPromise("left over: recorded as owed: " + contents.owed());
    }
    promises.checkRecorded(contents.tasks());
  }

  // --- what people and fate do

  private void person() {
    people.add(host.addSession("person_" + people.size()).id());
  }

  private void somethingHappens() {
    if (!chaos) {
      return;
    }
    String someone = dice.pick(people);
    switch (dice.between(0, 99)) {
      case 0 -> crash();
      case 1 -> cutEvents();
      case 2 -> {
        host.remove(someone);
        person();
      }
      case 31 -> storeFails();
      case 3, 4 -> anyChild(child -> host.remove(child.id()));
      case 5, 6 -> anyChild(host::interrupt);
      case 7, 8, 9 -> callers.giveUpOnOne();
      case 10, 11, 12, 13 -> callers.cancel(someone, () -> {});
      case 14, 15, 16, 17, 18, 19 -> callers.output(someone, () -> {});
      case 20, 21 -> callers.list(someone);
      case 22 -> callers.clear(someone);
      case 23 ->
          anyChild(
              child -> {
                if (child.working()) {
                  callers.launch(child.id(), () -> {});
                }
              });
      case 24 -> {
        for (int i = dice.between(2, 12); i > 0; i--) {
          callers.launch(someone, () -> {});
        }
      }
      case 25, 26, 27, 28, 29, 30 -> callers.launch(someone, () -> {});
      default -> {
        if (host.find(someone) != null) {
          host.say(someone, "do something");
        }
      }
    }
    time.after(dice.between(50, 4_000), this::somethingHappens);
  }

  private void anyChild(Consumer<SimulatedSession> what) {
    List<SimulatedSession> children =
        host.all().stream().filter(session -> session.session.parentId() != null).toList();
    if (!children.isEmpty()) {
      what.accept(
          children.get(dice.between(Math.max(0, children.size() - 8), children.size() - 1)));
    }
  }

  private void crash() {
    journal.note("fate", "the host crashes");
    host.crash();
    network.down(true);
    events.cut();
    time.after(
        dice.between(10, 15_000),
        () -> {
          network.down(false);
          events.mend();
          put(new Input.EventsLost());
        });
  }

  private void storeFails() {
    journal.note("fate", "the store is down");
    store.faults(1);
    time.after(
        dice.between(10, 8_000),
        () -> {
          journal.note("fate", "the store is up");
          store.faults(0);
        });
  }

  private void cutEvents() {
    journal.note("fate", "the event stream is cut");
    events.cut();
    time.after(
        dice.between(10, 8_000),
        () -> {
          events.mend();
          put(new Input.EventsLost());
        });
  }

  // --- the runtime's mailbox

  private void event(SessionEvent event) {
    if (runtime.ledger().observes(event.sessionId())) {
      put(new Input.Observed(event));
    }
  }

  private void put(Input input) {
    time.after(
        0,
        () -> {
          runtime.take(input);
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

  // --- what is seen

  @Override
  public void taken(Input input, Step step) {
    steps++;
    journal.note("input", input);
    if (!step.isEmpty()) {
      step.effects().forEach(effect -> journal.note("->", effect));
    }
    promises.after(input, step, runtime.ledger());
  }

  @Override
  public void carriesOut(Effect effect) {
    store.checkRecorded(effect);
    if (effect instanceof Effect.SendNotice send) {
      deliveries.sending(send.notice());
    }
  }

  @Override
  public void answered(long call, Answer answer) {
    callers.answered(call, answer);
  }

  @Override
  public void accepted(String messageId) {
    deliveries.accepted(messageId);
  }

  @Override
  public void appeared(String messageId) {
    deliveries.appeared(messageId);
  }

  @Override
  public void lost(String messageId) {
    deliveries.lost(messageId);
  }

  @Override
  public void beginsToWork(SimulatedSession session) {
    journal.note("host", "begins to work: " + session.id());
    promises.beginsToWork(session);
  }

  @Override
  public void deleted(String session) {
    journal.note("host", "deleted: " + session);
    promises.deleted(session);
  }
}
