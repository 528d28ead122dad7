package dev.sideline.background.simulation;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.ledger.Input;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What people do, and what breaks. */
final class Fate {

  /** No number of milliseconds says when that is. */
  private static final SessionStatus NEVER = SessionStatus.retrying(1, "never again", Instant.MAX);

  private final VirtualTime time;
  private final Dice dice;
  private final Journal journal;
  private final Climate climate;
  private final Network network;
  private final EventStream events;
  private final SimulatedStore store;
  private final SimulatedHost host;
  private final SimulatedClient client;
  private final Callers callers;
  private final Consumer<Input> mailbox;
  private final List<String> people = new ArrayList<>();
  private final Weighted<Runnable> happenings = new Weighted<>();
  private @Nullable String poisoned;
  private boolean over;
  private int born;

  Fate(
      VirtualTime time,
      Dice dice,
      Journal journal,
      Climate climate,
      Network network,
      EventStream events,
      SimulatedStore store,
      SimulatedHost host,
      SimulatedClient client,
      Callers callers,
      Consumer<Input> mailbox) {
    this.time = time;
    this.dice = dice;
    this.journal = journal;
    this.climate = climate;
    this.network = network;
    this.events = events;
    this.store = store;
    this.host = host;
    this.client = client;
    this.callers = callers;
    this.mailbox = mailbox;
    breakages();
    deeds();
    calls();
  }

  private void breakages() {
    happenings
        .add(1, this::crash)
        .add(1, this::cutEvents)
        .add(1, this::storeFails)
        .add(1, this::pause)
        .add(3 * climate.defects(), this::breakIds)
        .add(3 * climate.defects(), this::poison);
  }

  private void deeds() {
    double stops = climate.interruptions();
    happenings
        .add(60, () -> say(someone()))
        .add(1, this::leave)
        .add(0.5 + 3 * stops, () -> anyChild(child -> host.remove(child.id())))
        .add(0.5 + 3 * stops, () -> anyChild(host::interrupt))
        .add(3 * stops, () -> interrupt(someone()))
        .add(20 * climate.answers(), this::answer);
  }

  private void calls() {
    happenings
        .add(6, () -> callers.launch(someone()))
        .add(1, this::launchMany)
        .add(1, () -> anyChild(this::launchBy))
        .add(6, () -> callers.output(someone()))
        .add(4, () -> callers.cancel(someone()))
        .add(1 + climate.chats(), () -> callers.list(someone()))
        .add(1, () -> callers.clearCompleted(someone()))
        .add(2 * climate.chats(), () -> callers.clearNotices(someone()))
        .add(12 * climate.messages(), () -> callers.send(someone()))
        .add(0.2 * climate.messages(), () -> callers.sendMany(someone()))
        .add(20 * climate.requests(), () -> callers.answer(someone()))
        .add(6, callers::operate)
        .add(3, callers::giveUpOnOne);
  }

  void begin() {
    for (int i = dice.between(2, 5); i > 0; i--) {
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
    client.idFaults(0);
    // For a while, nothing is heard of the sessions, and nothing tells that this is so.
    events.faults(dice.chance(0.5) ? 1 : 0);
    time.after(60_000, () -> events.faults(0));
  }

  private void somethingHappens() {
    if (!over) {
      dice.pick(happenings).run();
      time.after(dice.between(50, 4_000), this::somethingHappens);
    }
  }

  // --- people

  private void arrive() {
    String name = Reaches.person(++born);
    host.addSession(name, null);
    if (dice.chance(climate.refusals())) {
      client.close(name);
    }
    people.add(name);
  }

  /** Somebody's session is deleted, and somebody else comes. */
  private void leave() {
    String someone = someone();
    host.remove(someone);
    if (dice.chance(0.9)) {
      // Its calls may still come, as those of an agent do that does not know it yet.
      people.remove(someone);
    }
    arrive();
  }

  private String someone() {
    return dice.pick(people);
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
    for (int i = dice.between(2, 12); i > 0; i--) {
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
      what.accept(dice.pickNewest(children, 8));
    }
  }

  /** Somebody answers a request in the host itself. */
  private void answer() {
    List<PendingRequest> open = host.requests().open();
    if (!open.isEmpty()) {
      answer(dice.pick(open));
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
    journal.note("fate", "somebody answers " + request.id());
    host.requests().answer(request.id(), reply(request), false);
  }

  private Reply reply(PendingRequest request) {
    if (dice.chance(0.2)) {
      return new Reply.Reject(null);
    }
    return request.kind() == PendingRequest.Kind.QUESTION
        ? new Reply.Answer(List.of(List.of("no")))
        : new Reply.Allow();
  }

  // --- breakages

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
          mailbox.accept(new Input.EventsLost());
        });
  }

  private void cutEvents() {
    journal.note("fate", "the event stream is cut");
    events.cut();
    time.after(
        dice.between(10, 8_000),
        () -> {
          events.mend();
          mailbox.accept(new Input.EventsLost());
        });
  }

  /** The process stood still, or its machine slept: nothing was heard, and no time has passed. */
  private void pause() {
    long gap = dice.chance(0.3) ? 0 : dice.between(2_000, 120_000);
    journal.note("fate", "the process stood still for " + gap + " ms");
    mailbox.accept(new Input.Paused(gap));
  }

  /** For a while, steps break off wherever they need an id. */
  private void breakIds() {
    journal.note("fate", "there are no message ids");
    client.idFaults(dice.chance(0.5) ? 1 : 0.3);
    time.after(dice.between(10, 15_000), () -> client.idFaults(0));
  }

  /** The host says of a session what breaks off whatever takes it. */
  private void poison() {
    anyChild(
        child -> {
          journal.note("fate", "nonsense is told of " + child.id());
          if (dice.chance(0.5)) {
            mailbox.accept(new Input.Observed(new SessionEvent.StatusChanged(child.id(), NEVER)));
          } else {
            poisoned = child.id();
          }
        });
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
    journal.note("fate", "the store is down");
    store.faults(1);
    time.after(
        dice.chance(0.7) ? dice.between(10, 8_000) : dice.between(8_000, 60_000),
        () -> {
          journal.note("fate", "the store is up");
          store.faults(0);
        });
  }
}
