package dev.sideline.api.testing;

import dev.sideline.api.AgentCatalog;
import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reach;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in memory whose agents are played by the test.
 *
 * <p>It keeps the contract of {@link SessionClient}, records every call, and says what happens as a
 * host would: as {@link SessionEvent}s, in order, one at a time. A prompt sets its session to work,
 * and there it stays until the test ends the turn:
 *
 * <pre>{@code
 * RecordingSessionClient sessions = new RecordingSessionClient();
 * sessions.onEvent(hooks::onEvent);
 * ... // the code under test creates a session and prompts it
 * sessions.write(id, "half of the answer");
 * sessions.finish(id, " and the rest");
 * assertThat(sessions.calls(SessionCall.SendPrompt.class)).hasSize(1);
 * }</pre>
 *
 * <p>Safe for use from any thread, and without a thread of its own: by default, calls are answered
 * before they return, and events and scripts run on the thread of whoever caused them, after the
 * call has been carried out. An {@link Executor} given to the constructor answers instead, if a
 * test wants answers later or elsewhere.
 */
public final class RecordingSessionClient implements SessionClient {

  private final Object lock = new Object();
  private final FakeHost host;
  private final List<SessionCall> calls = new ArrayList<>();
  private final Map<Class<?>, Queue<NextCall.Behaviour>> plans = new HashMap<>();
  private final List<Consumer<SessionEvent>> listeners = new CopyOnWriteArrayList<>();
  private final EventOutlet outlet = new EventOutlet();
  private final Executor answers;

  private volatile Consumer<Prompt> script = prompt -> {};
  private boolean eventsDropped;
  private boolean abortsIgnored;
  private volatile boolean structured;
  private volatile @Nullable AgentCatalog catalog;
  private volatile @Nullable String whereToAnswer;
  private volatile Reach usualReach = Reach.WOKEN;

  /** Sessions with a clock of their own, whose calls are answered before they return. */
  public RecordingSessionClient() {
    this(new SettableClock(), Runnable::run);
  }

  /**
   * @param clock gives the times of messages
   * @param answers completes the stages of calls; the work of a call is done before
   */
  public RecordingSessionClient(Clock clock, Executor answers) {
    this.answers = answers;
    this.host =
        new FakeHost(
            clock,
            event -> {
              if (!eventsDropped) {
                outlet.add(() -> listeners.forEach(listener -> listener.accept(event)));
              }
            },
            prompt -> outlet.add(() -> script.accept(prompt)));
  }

  // ---- What a test sets up

  /** Has a listener told of every event from now on. It must not throw. */
  public void onEvent(Consumer<SessionEvent> listener) {
    listeners.add(listener);
  }

  /**
   * Runs a script whenever an agent is set to work, with the prompt that it works on; the script
   * may end the turn: {@code sessions.onTurn(p -> sessions.finish(p.sessionId(), "done"))}.
   * Replaces the script before it.
   */
  public void onTurn(Consumer<Prompt> script) {
    this.script = script;
  }

  /**
   * Limits the agents to these. A prompt for another one is accepted, as real hosts do, and comes
   * to nothing but a {@link SessionEvent.Failed}. By default every agent exists.
   */
  public void limitAgents(String... names) {
    act(() -> host.limitAgents(Set.of(names)));
  }

  /**
   * Says what {@link #agents} answers. By default, and with null, the host cannot do that, and no
   * such call is recorded.
   */
  public void offerAgents(@Nullable AgentCatalog catalog) {
    this.catalog = catalog;
  }

  /** Says where a person answers what agents ask; by default there is no such place. */
  public void answerAt(String place) {
    whereToAnswer = place;
  }

  /** Says how all sessions can be told what they have not asked for; by default they are woken. */
  public void reachAll(Reach reach) {
    usualReach = reach;
  }

  /** Adds a session without a call, such as the one that a person talks to. */
  public Session addSession(String id) {
    Session session = new Session(id, null, id, null, Map.of());
    act(() -> host.add(session));
    return session;
  }

  /** Adds a session under another one without a call, as a host's own tools may do. */
  public Session addSession(String id, String parentId) {
    Session session = new Session(id, parentId, id, null, Map.of());
    act(() -> host.add(session));
    return session;
  }

  /**
   * Says whether the host has {@link #structuredOutput}; by default it has not. A test gives the
   * answers, see {@link #finishStructured}.
   */
  public void offerStructuredOutput(boolean offered) {
    structured = offered;
  }

  /** Says what becomes of the next call of a kind; see {@link NextCall}. */
  public NextCall next(Class<? extends SessionCall> kind) {
    return new NextCall(
        behaviour ->
            act(() -> plans.computeIfAbsent(kind, any -> new ArrayDeque<>()).add(behaviour)));
  }

  /** Has sessions go on working when they are aborted, until this is taken back. */
  public void ignoreAborts(boolean ignored) {
    act(() -> abortsIgnored = ignored);
  }

  /** Loses all events, as a stream that is cut would, until this is taken back. */
  public void dropEvents(boolean dropped) {
    act(() -> eventsDropped = dropped);
  }

  // ---- What a test reads

  /** All calls so far, in the order in which they came. */
  public List<SessionCall> calls() {
    synchronized (lock) {
      return List.copyOf(calls);
    }
  }

  /** The calls of one kind so far. */
  public <C extends SessionCall> List<C> calls(Class<C> kind) {
    return calls().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** All sessions that exist, oldest first. */
  public List<Session> sessions() {
    synchronized (lock) {
      return host.all();
    }
  }

  /** All messages of a session, oldest first. */
  public List<Message> transcript(String sessionId) {
    synchronized (lock) {
      List<Message> transcript = new ArrayList<>(host.messages(sessionId, Integer.MAX_VALUE));
      Collections.reverse(transcript);
      return transcript;
    }
  }

  /** Whether a session exists and works. */
  public boolean working(String sessionId) {
    synchronized (lock) {
      return host.statuses().containsKey(sessionId);
    }
  }

  /** The reply that a request has got; empty if it waits or was withdrawn. */
  public Optional<Reply> replyTo(String requestId) {
    synchronized (lock) {
      return Optional.ofNullable(host.replyTo(requestId));
    }
  }

  // ---- What the test's agents do; each fails if the session does not work

  /** Adds to the text of the answer that a session is writing. */
  public void write(String sessionId, String text) {
    act(() -> host.write(sessionId, text));
  }

  /** Adds a tool call to the answer, or replaces the one with the same call id. */
  public void use(String sessionId, ToolUse use) {
    act(() -> host.use(sessionId, use));
  }

  /** Sets what the answer has cost so far. */
  public void spend(String sessionId, Usage usage) {
    act(() -> host.update(sessionId, answer -> FakeSession.withUsage(answer, usage)));
  }

  /** Has a session wait to try its model again, at a time that the host does not tell. */
  public void retry(String sessionId, int attempt, String reason) {
    retry(sessionId, attempt, reason, null);
  }

  /** Has a session wait to try its model again. */
  public void retry(String sessionId, int attempt, String reason, @Nullable Instant nextTry) {
    act(
        () -> {
          host.working(sessionId);
          host.setStatus(sessionId, SessionStatus.retrying(attempt, reason, nextTry));
        });
  }

  /** Has a session work again after {@link #retry}. */
  public void resume(String sessionId) {
    act(
        () -> {
          host.working(sessionId);
          host.setStatus(sessionId, SessionStatus.BUSY);
        });
  }

  /**
   * Has an agent ask for a permission or put a question. The session stays busy, also after the
   * reply, which {@link #replyTo} tells; what comes of it is for the test to play.
   */
  public void ask(PendingRequest request) {
    act(() -> host.ask(request));
  }

  /** Has an agent ask for a permission, with an id of its own and the answers of permissions. */
  public PendingRequest askPermission(String sessionId, String text) {
    return ask(
        "per",
        sessionId,
        PendingRequest.Kind.PERMISSION,
        text,
        List.of("allow", "always", "reject"));
  }

  /** Has an agent put a question; without options, any text answers it. */
  public PendingRequest askQuestion(String sessionId, String text, String... options) {
    return ask("que", sessionId, PendingRequest.Kind.QUESTION, text, List.of(options));
  }

  private PendingRequest ask(
      String prefix,
      String sessionId,
      PendingRequest.Kind kind,
      String text,
      List<String> options) {
    PendingRequest request;
    synchronized (lock) {
      request = new PendingRequest(host.newId(prefix), sessionId, kind, text, options);
    }
    ask(request);
    return request;
  }

  /** Takes a request back without a reply, which the end of its turn does in any case. */
  public void withdraw(String requestId) {
    act(() -> host.withdraw(requestId));
  }

  /**
   * Ends a turn well: adds the text to the answer and completes it. The session becomes idle, or
   * goes on with what it was sent meanwhile.
   */
  public void finish(String sessionId, String text) {
    act(
        () -> {
          host.write(sessionId, text);
          host.endTurn(sessionId, null);
        });
  }

  /**
   * Ends a turn well, with an answer as JSON as {@link Message#structured}. What was written before
   * stays its text.
   */
  public void finishStructured(String sessionId, String json) {
    act(
        () -> {
          host.update(sessionId, answer -> FakeSession.withStructured(answer, json));
          host.endTurn(sessionId, null);
        });
  }

  /** Stops a session as a person would do it: like an abort, but none that was called for. */
  public void interrupt(String sessionId) {
    act(
        () -> {
          host.working(sessionId);
          host.abort(sessionId);
        });
  }

  /** Ends a turn with a failure, on the answer and as an event. */
  public void fail(String sessionId, Failure failure) {
    act(() -> host.endTurn(sessionId, failure));
  }

  /** Makes a session idle although its answer is not finished, as a host that stumbles would. */
  public void stumble(String sessionId) {
    act(
        () -> {
          host.working(sessionId);
          host.becomeIdle(sessionId);
        });
  }

  /** Tells the listeners of an event that nothing here has caused. */
  public void emit(SessionEvent event) {
    act(() -> outlet.add(() -> listeners.forEach(listener -> listener.accept(event))));
  }

  // ---- The contract

  @Override
  public CompletionStage<Session> create(NewSession request) {
    return receive(new SessionCall.Create(request), () -> host.create(request));
  }

  @Override
  public CompletionStage<Optional<Session>> get(String sessionId) {
    return receive(new SessionCall.Get(sessionId), () -> host.get(sessionId));
  }

  @Override
  public CompletionStage<List<Session>> children(String sessionId) {
    return receive(new SessionCall.GetChildren(sessionId), () -> host.children(sessionId));
  }

  @Override
  public CompletionStage<AgentCatalog> agents(String sessionId) {
    AgentCatalog offered = catalog;
    if (offered == null) {
      return SessionClient.super.agents(sessionId);
    }
    return receive(
        new SessionCall.GetAgents(sessionId),
        () -> {
          host.existing(sessionId);
          return offered;
        });
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    return receive(new SessionCall.GetStatuses(), host::statuses);
  }

  @Override
  public CompletionStage<List<Message>> messages(String sessionId, int limit) {
    return receive(
        new SessionCall.GetMessages(sessionId, limit), () -> host.messages(sessionId, limit));
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    return command(new SessionCall.SendPrompt(prompt), () -> host.prompt(prompt));
  }

  @Override
  public CompletionStage<Void> abort(String sessionId) {
    return command(
        new SessionCall.Abort(sessionId),
        () -> {
          if (!abortsIgnored) {
            host.abort(sessionId);
          }
        });
  }

  @Override
  public CompletionStage<Void> delete(String sessionId) {
    return command(new SessionCall.Delete(sessionId), () -> host.delete(sessionId));
  }

  @Override
  public CompletionStage<List<PendingRequest>> pendingRequests() {
    return receive(new SessionCall.GetPendingRequests(), host::pendingRequests);
  }

  @Override
  public CompletionStage<Void> reply(String requestId, Reply reply) {
    return command(new SessionCall.SendReply(requestId, reply), () -> host.reply(requestId, reply));
  }

  @Override
  public boolean structuredOutput() {
    return structured;
  }

  @Override
  public Optional<String> whereToAnswer() {
    return Optional.ofNullable(whereToAnswer);
  }

  @Override
  public Reach usualReach() {
    return usualReach;
  }

  @Override
  public String newMessageId() {
    synchronized (lock) {
      return host.newId("msg");
    }
  }

  // ---- Under the lock, then outside it

  private CompletionStage<Void> command(SessionCall call, Runnable work) {
    return receive(
        call,
        () -> {
          work.run();
          return null;
        });
  }

  private <T extends @Nullable Object> CompletionStage<T> receive(
      SessionCall call, Supplier<T> work) {
    ReceivedCall<T> received = new ReceivedCall<>(() -> locked(work), answers, outlet::flush);
    NextCall.Behaviour planned;
    synchronized (lock) {
      calls.add(call);
      Queue<NextCall.Behaviour> plan = plans.get(call.getClass());
      planned = plan == null ? null : plan.poll();
    }
    if (planned == null) {
      received.carryOutAndAnswer();
    } else {
      planned.apply(received);
    }
    return received.stage();
  }

  private <T extends @Nullable Object> T locked(Supplier<T> work) {
    synchronized (lock) {
      return work.get();
    }
  }

  private void act(Runnable change) {
    synchronized (lock) {
      change.run();
    }
    outlet.flush();
  }
}
