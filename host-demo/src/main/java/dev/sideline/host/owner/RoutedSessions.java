package dev.sideline.host.owner;

import dev.sideline.api.AgentCatalog;
import dev.sideline.api.AgentInfo;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reach;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The sessions of several runtimes as one. Each call goes to the runtime where its session lives,
 * which is noted when the session is created or calls. A runtime that cannot be reached just now,
 * as after a restart until somebody brings its password, costs its own sessions time and no others
 * anything: they count as busy, since nobody knows, and calls for them fail as {@code UNAVAILABLE}.
 * Those that begin something wait a while before they do, since its clients are about to come back.
 *
 * <p>Thread-safe.
 */
public final class RoutedSessions implements SessionClient {

  /** A start fails after a few tries, for which a slow client would be too late. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final SessionPlaces places;
  private final String usual;
  private final List<AgentInfo> knownAgents;
  private final Supplier<String> messageIds;
  private final Duration patience;
  private final Map<String, SessionClient> runtimes = new ConcurrentHashMap<>();

  /** Done when a session may be reached in another way than before. */
  private final AtomicReference<CompletableFuture<Void>> change =
      new AtomicReference<>(new CompletableFuture<>());

  /** What each runtime has last said that waits for an answer, while it says nothing new. */
  private final Map<String, List<PendingRequest>> lastRequests = new ConcurrentHashMap<>();

  /**
   * @param places knows which session lives where
   * @param usual the name of the runtime of sessions of which nothing is known
   * @param knownAgents those that every session may have work
   * @param messageIds new ids of messages, that all runtimes take
   */
  public RoutedSessions(
      SessionPlaces places,
      String usual,
      List<AgentInfo> knownAgents,
      Supplier<String> messageIds) {
    this(places, usual, knownAgents, messageIds, PATIENCE);
  }

  /**
   * @param patience how long what begins something waits for its runtime
   */
  RoutedSessions(
      SessionPlaces places,
      String usual,
      List<AgentInfo> knownAgents,
      Supplier<String> messageIds,
      Duration patience) {
    this.places = places;
    this.usual = usual;
    this.knownAgents = List.copyOf(knownAgents);
    this.messageIds = messageIds;
    this.patience = patience;
  }

  /** A runtime can be reached from now on, or in another way than before. */
  public void attach(String runtime, SessionClient sessions) {
    runtimes.put(runtime, sessions);
    lookAgain();
  }

  /** What waits for a session may reach it now, or elsewhere. */
  private void lookAgain() {
    change.getAndSet(new CompletableFuture<>()).complete(null);
  }

  /** A runtime cannot be reached any more. */
  public void detach(String runtime) {
    runtimes.remove(runtime);
    lastRequests.remove(runtime);
  }

  /** A session calls by way of a runtime, and so it lives there, with all that are below it. */
  public CompletionStage<Void> calls(String sessionId, String runtime) {
    return runtime.equals(runtimeOf(sessionId))
        ? CompletableFuture.completedStage(null)
        : places.moved(sessionId, runtime).thenRun(this::lookAgain);
  }

  /**
   * A runtime has the sessions of a project from now on, and all that lived in those that had it
   * before and are not used any more.
   *
   * @param used tells of a runtime whether somebody works with it
   * @return those that are not
   */
  public Set<String> succeeds(String runtime, String project, Predicate<String> used) {
    Set<String> before = places.succeeds(runtime, project, used);
    lookAgain();
    return before;
  }

  /** Creates a session without a parent in a runtime, as one of its clients does. */
  public CompletionStage<Session> create(
      NewSession request, String runtime, SessionClient ofTheClient) {
    return ofTheClient
        .create(request)
        .thenCompose(session -> noted(session, session.id(), runtime));
  }

  private CompletionStage<Session> noted(Session session, String root, String runtime) {
    return runtime.equals(usual)
        ? CompletableFuture.completedStage(session)
        : places.added(session.id(), root, runtime).thenApply(done -> session);
  }

  /** The sessions of a runtime; while it cannot be reached, calls fail as {@code UNAVAILABLE}. */
  public SessionClient of(String runtime) {
    SessionClient sessions = runtimes.get(runtime);
    return sessions == null ? new Unreachable(messageIds) : sessions;
  }

  /** Whether a session lives in a runtime, as far as is known. */
  public boolean livesIn(String sessionId, String runtime) {
    return runtime.equals(runtimeOf(sessionId));
  }

  /** The runtime in which a session lives. */
  String runtimeOf(String sessionId) {
    return places.runtimeOf(sessionId).orElse(usual);
  }

  private <T> CompletionStage<T> at(
      String sessionId, Function<SessionClient, CompletionStage<T>> call) {
    SessionClient sessions = runtimes.get(runtimeOf(sessionId));
    return sessions == null ? Unreachable.failed() : call.apply(sessions);
  }

  /** The same for what begins something: it waits a while for its runtime. */
  private <T> CompletionStage<T> whenReached(
      String sessionId, Function<SessionClient, CompletionStage<T>> call) {
    SessionClient sessions = runtimes.get(runtimeOf(sessionId));
    if (sessions != null) {
      return call.apply(sessions);
    }
    CompletableFuture<Void> timeUp = new CompletableFuture<>();
    timeUp.completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS);
    return reached(sessionId, timeUp).thenCompose(call);
  }

  private CompletionStage<SessionClient> reached(String sessionId, CompletableFuture<Void> timeUp) {
    CompletableFuture<Void> next = change.get(); // Before it is looked, or one would be missed.
    SessionClient sessions = of(runtimeOf(sessionId));
    return sessions instanceof Unreachable && !timeUp.isDone()
        ? CompletableFuture.anyOf(next, timeUp).thenCompose(done -> reached(sessionId, timeUp))
        : CompletableFuture.completedStage(sessions);
  }

  @Override
  public CompletionStage<Session> create(NewSession request) {
    String parent = request.parentId();
    if (parent == null) {
      return CompletableFuture.failedStage(
          new SessionException(
              Code.UNSUPPORTED, "a session without a parent belongs to a client, who creates it"));
    }
    return whenReached(parent, sessions -> sessions.create(request))
        .thenCompose(session -> noted(session, places.rootOf(parent), runtimeOf(parent)));
  }

  @Override
  public CompletionStage<Optional<Session>> get(String sessionId) {
    return at(sessionId, sessions -> sessions.get(sessionId));
  }

  /** Whoever looks for one that is to be begun may find one that was never noted. */
  @Override
  public CompletionStage<List<Session>> children(String sessionId) {
    return whenReached(sessionId, sessions -> sessions.children(sessionId))
        .thenCompose(found -> allNoted(found, places.rootOf(sessionId), runtimeOf(sessionId)));
  }

  private CompletionStage<List<Session>> allNoted(
      List<Session> found, String root, String runtime) {
    CompletionStage<List<Session>> all = CompletableFuture.completedStage(found);
    for (Session session : found) {
      if (places.runtimeOf(session.id()).isEmpty()) {
        all = all.thenCompose(same -> noted(session, root, runtime).thenApply(done -> same));
      }
    }
    return all;
  }

  @Override
  public CompletionStage<AgentCatalog> agents(String sessionId) {
    return at(sessionId, sessions -> sessions.agents(sessionId));
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    Map<String, CompletableFuture<Map<String, SessionStatus>>> asked = new HashMap<>();
    for (String runtime : places.runtimes()) {
      asked.put(runtime, CompletableFuture.completedFuture(allBusy(runtime)));
    }
    runtimes.forEach(
        (runtime, sessions) ->
            asked.put(
                runtime,
                sessions
                    .statuses()
                    .exceptionally(unknown -> allBusy(runtime))
                    .toCompletableFuture()));
    return all(asked)
        .thenApply(
            answers -> {
              Map<String, SessionStatus> merged = new HashMap<>();
              answers.values().forEach(merged::putAll);
              return Map.copyOf(merged);
            });
  }

  private Map<String, SessionStatus> allBusy(String runtime) {
    Map<String, SessionStatus> busy = new HashMap<>();
    places.sessionsOf(runtime).forEach(session -> busy.put(session, SessionStatus.BUSY));
    return busy;
  }

  private static <T> CompletionStage<Map<String, T>> all(Map<String, CompletableFuture<T>> asked) {
    return CompletableFuture.allOf(asked.values().toArray(new CompletableFuture<?>[0]))
        .thenApply(
            done -> {
              Map<String, T> answers = new HashMap<>();
              asked.forEach((runtime, answer) -> answers.put(runtime, answer.join()));
              return answers;
            });
  }

  @Override
  public CompletionStage<List<Message>> messages(String sessionId, int limit) {
    return at(sessionId, sessions -> sessions.messages(sessionId, limit));
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    return whenReached(prompt.sessionId(), sessions -> sessions.prompt(prompt));
  }

  @Override
  public CompletionStage<Void> abort(String sessionId) {
    return at(sessionId, sessions -> sessions.abort(sessionId));
  }

  @Override
  public CompletionStage<Void> delete(String sessionId) {
    return at(sessionId, sessions -> sessions.delete(sessionId));
  }

  @Override
  public CompletionStage<List<PendingRequest>> pendingRequests() {
    Map<String, CompletableFuture<List<PendingRequest>>> asked = new HashMap<>();
    runtimes.forEach(
        (runtime, sessions) ->
            asked.put(
                runtime,
                sessions
                    .pendingRequests()
                    .thenApply(
                        requests -> {
                          lastRequests.put(runtime, requests);
                          return requests;
                        })
                    .exceptionally(unknown -> lastRequests.getOrDefault(runtime, List.of()))
                    .toCompletableFuture()));
    return all(asked)
        .thenApply(answers -> answers.values().stream().flatMap(List::stream).toList());
  }

  /** An id does not tell where it is from, so that one after the other is asked. */
  @Override
  public CompletionStage<Void> reply(String requestId, Reply reply) {
    CompletionStage<Void> answered =
        CompletableFuture.failedStage(
            new SessionException(Code.NOT_FOUND, "nobody waits for that answer"));
    for (SessionClient sessions : new ArrayList<>(runtimes.values())) {
      answered =
          answered
              .handle(
                  (done, failure) ->
                      failure != null && isNotFound(failure)
                          ? sessions.reply(requestId, reply)
                          : failed(failure))
              .thenCompose(Function.identity());
    }
    return answered;
  }

  private static CompletionStage<Void> failed(
      @org.jspecify.annotations.Nullable Throwable failure) {
    return failure == null
        ? CompletableFuture.completedStage(null)
        : CompletableFuture.failedStage(failure);
  }

  private static boolean isNotFound(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof SessionException told && told.code() == Code.NOT_FOUND;
  }

  @Override
  public Reach reach(String sessionId) {
    SessionClient sessions = runtimes.get(runtimeOf(sessionId));
    return sessions == null ? Reach.WOKEN : sessions.reach(sessionId);
  }

  /** Of all together it cannot be said; each runtime has its own place, or none. */
  @Override
  public Optional<String> whereToAnswer(String sessionId) {
    return of(runtimeOf(sessionId)).whereToAnswer(sessionId);
  }

  /** What not all can do, all together cannot. */
  @Override
  public boolean structuredOutput(String sessionId) {
    return of(runtimeOf(sessionId)).structuredOutput(sessionId);
  }

  @Override
  public List<AgentInfo> knownAgents() {
    return knownAgents;
  }

  @Override
  public String newMessageId() {
    return messageIds.get();
  }
}
