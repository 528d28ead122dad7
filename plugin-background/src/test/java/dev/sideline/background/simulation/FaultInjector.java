package dev.sideline.background.simulation;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.engine.protocol.Input;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What people do, and what breaks. */
final class FaultInjector {

  /** No number of milliseconds says when that is. */
  private static final SessionStatus NEVER = SessionStatus.retrying(1, "never again", Instant.MAX);

  private final VirtualTime time;
  private final SeededRandom random;
  private final Journal journal;
  private final FaultProfile profile;
  private final Network network;
  private final EventStream events;
  private final SimulatedStore store;
  private final SimulatedHost host;
  private final SimulatedClient client;
  private final Callers callers;
  private final Consumer<Input> mailbox;
  private final Runnable end;
  private final List<String> people = new ArrayList<>();
  private final Weighted<Runnable> happenings = new Weighted<>();
  private @Nullable String poisoned;
  private boolean over;
  private boolean fullForGood;
  private int born;

  /** How many effects are still begun until the process of the plugin ends; none if below 0. */
  private int effectsUntilEnd = -1;

  FaultInjector(
      VirtualTime time,
      SeededRandom random,
      Journal journal,
      FaultProfile profile,
      Network network,
      EventStream events,
      SimulatedStore store,
      SimulatedHost host,
      SimulatedClient client,
      Callers callers,
      Consumer<Input> mailbox,
      Runnable end) {
    this.time = time;
    this.random = random;
    this.journal = journal;
    this.profile = profile;
    this.network = network;
    this.events = events;
    this.store = store;
    this.host = host;
    this.client = client;
    this.callers = callers;
    this.mailbox = mailbox;
    this.end = end;
    breakages();
    deeds();
    calls();
  }

  private void breakages() {
    happenings
        .add(1, this::hostCrashes)
        .add(profile.crashes(), this::pluginCrashes)
        .add(1, this::cutEvents)
        .add(1, this::storeFails)
        .add(0.5 * profile.storeFull(), this::storeIsFull)
        .add(1, this::pause)
        .add(6 * profile.defects(), this::breakIds)
        .add(3 * profile.defects(), this::poison);
  }

  private void deeds() {
    double stops = profile.interruptions();
    happenings
        .add(60, () -> say(someone()))
        .add(1, this::leave)
        .add(0.5 + 3 * stops, () -> anyChild(child -> host.remove(child.id())))
        .add(0.5 + 3 * stops, () -> anyChild(host::interrupt))
        .add(3 * stops, () -> interrupt(someone()))
        .add(20 * profile.answers(), this::answer);
  }

  private void calls() {
    happenings
        .add(6, () -> callers.launch(someone()))
        .add(1, this::launchMany)
        .add(1, () -> anyChild(this::launchBy))
        .add(6, () -> callers.output(someone()))
        .add(4, () -> callers.cancel(someone()))
        .add(1 + profile.chats(), () -> callers.list(someone()))
        .add(1, () -> callers.clearCompleted(someone()))
        .add(2 * profile.chats(), () -> callers.clearNotices(someone()))
        .add(12 * profile.messages(), () -> callers.send(someone()))
        .add(0.2 * profile.messages(), () -> callers.sendMany(someone()))
        .add(20 * profile.requests(), () -> callers.answer(someone()))
        .add(6, callers::operate)
        .add(3, callers::giveUpOnOne);
  }

  void begin() {
    for (int i = random.between(2, 5); i > 0; i--) {
      arrive();
    }
    time.after(100, this::somethingHappens);
  }

  /** Somebody comes too late. */
  void launchOnceMore() {
    callers.launch(someone());
  }

  /** From now on, nothing happens but what has begun. */
  void end() {
    over = true;
    network.faults(0);
    network.refusals(0);
    network.clientFaults(0);
    store.faults(0);
    store.hang(false);
    store.fill(fullForGood);
    client.idFaults(0);
    // For a while, nothing is heard of the sessions, and nothing tells that this is so.
    events.faults(random.chance(0.5) ? 1 : 0);
    time.after(60_000, () -> events.faults(0));
  }

  private void somethingHappens() {
    if (!over) {
      random.pick(happenings).run();
      time.after(random.between(50, 4_000), this::somethingHappens);
    }
  }

  // --- people

  private void arrive() {
    String name = Reaches.person(++born);
    host.addSession(name, null);
    if (random.chance(profile.refusals())) {
      client.close(name);
    }
    people.add(name);
  }

  /** Somebody's session is deleted, and somebody else comes. */
  private void leave() {
    String someone = someone();
    host.remove(someone);
    if (random.chance(0.9)) {
      // Its calls may still come, as those of an agent do that does not know it yet.
      people.remove(someone);
    }
    arrive();
  }

  private String someone() {
    return random.pick(people);
  }

  private void say(String person) {
    if (host.find(person) != null) {
      host.say(person, "do something");
    }
  }

  private void interrupt(String person) {
    SimulatedSession session = host.find(person);
    if (session != null) {
      host.interrupt(session);
    }
  }

  private void launchMany() {
    String someone = someone();
    for (int i = random.between(2, 12); i > 0; i--) {
      callers.launch(someone);
    }
  }

  private void launchBy(SimulatedSession child) {
    if (child.working()) {
      callers.launch(child.id());
    }
  }

  private void anyChild(Consumer<SimulatedSession> what) {
    List<SimulatedSession> children =
        host.all().stream().filter(session -> session.session.parentId() != null).toList();
    if (!children.isEmpty()) {
      what.accept(random.pickNewest(children, 8));
    }
  }

  /** Somebody answers a request in the host itself. */
  private void answer() {
    List<PendingRequest> open = host.requests().open();
    if (!open.isEmpty()) {
      answer(random.pick(open));
    }
  }

  /** People answer whatever is left. */
  void answerAll() {
    for (PendingRequest request : host.requests().open()) {
      if (host.requests().waiting(request.id())) {
        answer(request);
      }
    }
  }

  private void answer(PendingRequest request) {
    journal.note("faults", "somebody answers " + request.id());
    host.requests().answer(request.id(), reply(request), false);
  }

  private Reply reply(PendingRequest request) {
    if (random.chance(0.2)) {
      return new Reply.Reject(null);
    }
    return request.kind() == PendingRequest.Kind.QUESTION
        ? new Reply.Answer(List.of(List.of("no")))
        : new Reply.Allow();
  }

  // --- breakages

  /** The process of the plugin ends, just now or when it has begun some more effects. */
  private void pluginCrashes() {
    if (store.mayLackWhatWasTold()) {
      return;
    }
    if (random.chance(0.3)) {
      effectsUntilEnd = -1;
      end.run();
    } else {
      effectsUntilEnd = random.between(0, 6);
    }
  }

  /** Whether the process of the plugin ends before it begins an effect. */
  boolean endsNow() {
    if (over || effectsUntilEnd < 0 || store.mayLackWhatWasTold()) {
      return false;
    }
    return --effectsUntilEnd < 0;
  }

  /** How long it takes until it begins again. */
  long downMillis() {
    if (random.chance(0.6)) {
      return random.between(0, 100);
    }
    return random.chance(0.75) ? random.between(100, 10_000) : random.between(10_000, 300_000);
  }

  /** It begins again, and may end at once. */
  void begins() {
    if (random.chance(0.1)) {
      effectsUntilEnd = random.between(0, 4);
    }
  }

  private void hostCrashes() {
    journal.note("faults", "the host crashes");
    host.crash();
    network.down(true);
    events.cut();
    time.after(
        random.between(10, 15_000),
        () -> {
          network.down(false);
          events.mend();
          mailbox.accept(new Input.EventsLost());
        });
  }

  private void cutEvents() {
    journal.note("faults", "the event stream is cut");
    events.cut();
    time.after(
        random.between(10, 8_000),
        () -> {
          events.mend();
          mailbox.accept(new Input.EventsLost());
        });
  }

  /** The process stood still, or its machine slept: nothing was heard, and no time has passed. */
  private void pause() {
    long gap = random.chance(0.3) ? 0 : random.between(2_000, 120_000);
    journal.note("faults", "the process stood still for " + gap + " ms");
    mailbox.accept(new Input.Paused(gap));
  }

  /** For a while, steps break off wherever they need an id. */
  private void breakIds() {
    journal.note("faults", "there are no message ids");
    client.idFaults(random.chance(0.5) ? 1 : 0.3);
    // To tell a task something takes one.
    callers.send(someone());
    time.after(random.between(10, 15_000), () -> client.idFaults(0));
  }

  /** The host says of a session what breaks off whatever takes it. */
  private void poison() {
    anyChild(
        child -> {
          journal.note("faults", "nonsense is told of " + child.id());
          if (random.chance(0.5)) {
            mailbox.accept(new Input.Observed(new SessionEvent.StatusChanged(child.id(), NEVER)));
          } else {
            poisoned = child.id();
          }
        });
  }

  /** Whether such nonsense is what something was thrown for. */
  static boolean isPoison(Throwable thrown) {
    return thrown instanceof ArithmeticException;
  }

  /** What is put in, with the nonsense in it that is to be told next. */
  Input poisoned(Input input) {
    if (poisoned == null || !(input instanceof Input.StatusesFetched fetched)) {
      return input;
    }
    Map<String, SessionStatus> statuses = new LinkedHashMap<>(fetched.statuses());
    statuses.put(poisoned, NEVER);
    poisoned = null;
    return new Input.StatusesFetched(statuses);
  }

  private void storeFails() {
    int kind = random.between(1, 10);
    if (kind <= 5) {
      storeFails("fails", down -> store.faults(down ? 1 : 0));
    } else if (kind <= 8) {
      storeFails("does not answer", store::hang);
    } else {
      storeFails("is full", store::fill);
    }
  }

  private void storeFails(String how, Consumer<Boolean> down) {
    if (store.isFull()) {
      return;
    }
    journal.note("faults", "the store " + how);
    down.accept(true);
    int millis =
        random.chance(0.5)
            ? random.between(10, 8_000)
            : random.chance(0.7) ? random.between(8_000, 60_000) : random.between(60_000, 400_000);
    time.after(
        millis,
        () -> {
          journal.note("faults", "the store is up");
          down.accept(false);
          store.fill(fullForGood);
        });
  }

  private void storeIsFull() {
    journal.note("faults", "the store is full, for good");
    fullForGood = true;
    store.fill(true);
  }
}
