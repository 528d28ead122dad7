package dev.sideline.background.simulation;

import dev.sideline.api.HostContext;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import java.time.Clock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The simulated host as the plugin reaches it, over the network. */
final class SimulatedClient implements SessionClient, HostContext {

  private static final String NO_CLASS = "a class of the plugin's";
  private static final String WRONG_PLUGIN = "a plugin that is wrong";

  private final VirtualTime time;
  private final SeededRandom random;
  private final Network network;
  private final SimulatedHost host;

  /** Sessions for which the host refuses every message for good. */
  private final Set<String> closed = new HashSet<>();

  private double idFaults;

  SimulatedClient(VirtualTime time, SeededRandom random, Network network, SimulatedHost host) {
    this.time = time;
    this.random = random;
    this.network = network;
    this.host = host;
  }

  /** How often it throws instead of giving an id, in the middle of a step, of 1. */
  void idFaults(double probability) {
    idFaults = probability;
  }

  /** Whether something was thrown instead of an id. */
  static boolean isIdFault(Throwable thrown) {
    return NO_CLASS.equals(thrown.getMessage()) || WRONG_PLUGIN.equals(thrown.getMessage());
  }

  /** From now on, the host refuses every message to a session for good. */
  void close(String session) {
    closed.add(session);
  }

  @Override
  public CompletionStage<Session> create(NewSession request) {
    return network.order(
        "create for " + request.parentId(),
        () -> host.create(request),
        Code.INVALID,
        Code.UNSUPPORTED,
        Code.NOT_FOUND);
  }

  @Override
  public CompletionStage<Optional<Session>> get(String id) {
    return network.travel(
        "get " + id, () -> Optional.ofNullable(host.find(id)).map(found -> found.session));
  }

  @Override
  public CompletionStage<List<Session>> children(String id) {
    return network.call(
        "children of " + id,
        () ->
            host.all().stream()
                .map(found -> found.session)
                .filter(session -> id.equals(session.parentId()))
                .toList());
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    return network.call(
        "statuses",
        () -> {
          Map<String, SessionStatus> busy = new LinkedHashMap<>();
          for (SimulatedSession session : host.all()) {
            if (session.working()) {
              busy.put(session.id(), session.status());
            }
          }
          return busy;
        });
  }

  @Override
  public CompletionStage<List<Message>> messages(String id, int limit) {
    return network.call("messages of " + id, () -> host.existing(id).newest(limit));
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    String what =
        (prompt.wake() ? "prompt " : "note ") + prompt.sessionId() + " with " + prompt.messageId();
    Supplier<Void> work =
        quiet(
            () -> {
              if (closed.contains(prompt.sessionId())) {
                Code code = random.chance(0.5) ? Code.INVALID : Code.UNSUPPORTED;
                throw new SessionException(code, "the session takes no messages");
              }
              host.accept(prompt, true);
            });
    return network.order(what, work, Code.INVALID, Code.UNSUPPORTED);
  }

  @Override
  public CompletionStage<Void> abort(String id) {
    return network.call("abort " + id, quiet(() -> stop(host.find(id))));
  }

  private void stop(@Nullable SimulatedSession session) {
    if (session != null && session.working() && time.millis() < session.deafUntil) {
      // It may stop yet, when the plugin has given up on that.
      session.unbidden = true;
    } else if (session != null && session.working()) {
      int turn = session.turn;
      time.after(
          random.delay(4_000),
          () -> {
            if (session.inTurn(turn)) {
              host.stop(session);
            }
          });
    }
  }

  @Override
  public CompletionStage<Void> delete(String id) {
    return network.call("delete " + id, quiet(() -> host.remove(id)));
  }

  @Override
  public CompletionStage<List<PendingRequest>> pendingRequests() {
    return network.call("pending requests", () -> host.requests().all());
  }

  @Override
  public CompletionStage<Void> reply(String requestId, Reply reply) {
    return network.order(
        "reply to " + requestId,
        quiet(() -> host.requests().answer(requestId, reply, true)),
        Code.INVALID,
        Code.UNSUPPORTED);
  }

  private static Supplier<Void> quiet(Runnable work) {
    return () -> {
      work.run();
      return null;
    };
  }

  @Override
  public String newMessageId() {
    if (random.chance(idFaults)) {
      if (random.chance(0.5)) {
        throw new NoClassDefFoundError(NO_CLASS);
      }
      throw new IllegalStateException(WRONG_PLUGIN);
    }
    return host.newId();
  }

  @Override
  public SessionClient sessions() {
    return this;
  }

  @Override
  public Clock clock() {
    return time;
  }
}
