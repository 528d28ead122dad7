package dev.sideline.background.runtime;

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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The host's {@link SessionClient} with its contract kept, whether or not the host keeps it: the
 * barrier, the time limit and the gate between the plugin and the host.
 *
 * <ul>
 *   <li>No method blocks or throws. The host is called by an executor of the plugin's own.
 *   <li>Whatever the host throws, returns or answers against its contract is a {@link
 *       SessionException}.
 *   <li>A call that has not ended within the limit fails with {@link Code#UNCERTAIN}, or with
 *       {@link Code#UNAVAILABLE} if the host was never called for it. What it answers later changes
 *       nothing.
 *   <li>After {@link #close} the host is not called any more, and no call is left without an end.
 * </ul>
 *
 * <p>Stages complete on the thread that the host answers on, or on that of whoever calls {@link
 * #endOverdue} or {@link #close}. Safe for use from any thread.
 */
final class GuardedSessionClient implements SessionClient {

  private final SessionClient host;
  private final Supplier<String> messageIds;
  private final Executor executor;
  private final Duration limit;
  private final LongSupplier nowMillis;
  private final HostCalls open = new HostCalls();
  private final Map<String, Bulkhead> bulkheads = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * @param messageIds gives ids of the host
   * @param executor calls the host's methods, which may not come back
   * @param limit how long a call may take
   * @param nowMillis the timeline of the runtime
   */
  GuardedSessionClient(
      SessionClient host,
      Supplier<String> messageIds,
      Executor executor,
      Duration limit,
      LongSupplier nowMillis) {
    this.host = host;
    this.messageIds = messageIds;
    this.executor = executor;
    this.limit = limit;
    this.nowMillis = nowMillis;
  }

  // --- the calls

  @Override
  public CompletableFuture<Session> create(NewSession request) {
    return create(request, late -> {});
  }

  /**
   * Creates a session.
   *
   * @param late is told of a session that came when nobody waited for it any more; not after the
   *     end
   */
  CompletableFuture<Session> create(NewSession request, Consumer<Session> late) {
    return call("create", () -> host.create(request), Objects::requireNonNull, late);
  }

  @Override
  public CompletableFuture<Optional<Session>> get(String sessionId) {
    return call("get", () -> host.get(sessionId), Objects::requireNonNull);
  }

  @Override
  public CompletableFuture<List<Session>> children(String sessionId) {
    return call("children", () -> host.children(sessionId), List::copyOf);
  }

  @Override
  public CompletableFuture<AgentCatalog> agents(String sessionId) {
    return call("agents", () -> host.agents(sessionId), Objects::requireNonNull);
  }

  @Override
  public CompletableFuture<Map<String, SessionStatus>> statuses() {
    return call("statuses", host::statuses, Map::copyOf);
  }

  @Override
  public CompletableFuture<List<Message>> messages(String sessionId, int count) {
    return call("messages", () -> host.messages(sessionId, count), List::copyOf);
  }

  @Override
  public CompletableFuture<Void> prompt(Prompt prompt) {
    return order("prompt", () -> host.prompt(prompt));
  }

  @Override
  public CompletableFuture<Void> abort(String sessionId) {
    return order("abort", () -> host.abort(sessionId));
  }

  @Override
  public CompletableFuture<Void> delete(String sessionId) {
    return order("delete", () -> host.delete(sessionId));
  }

  @Override
  public CompletableFuture<List<PendingRequest>> pendingRequests() {
    return call("pendingRequests", host::pendingRequests, List::copyOf);
  }

  @Override
  public CompletableFuture<Void> reply(String requestId, Reply reply) {
    return order("reply", () -> host.reply(requestId, reply));
  }

  /** Not, if the host fails to say it. */
  @Override
  public boolean structuredOutput() {
    return said("structuredOutput", host::structuredOutput, false);
  }

  /** Not, if the host fails to say it, or is not asked any more. */
  @Override
  public boolean structuredOutput(String sessionId) {
    return !closed && said("structuredOutput", () -> host.structuredOutput(sessionId), false);
  }

  /**
   * Asks the host for {@link SessionClient#structuredOutput(String)}, by a thread that it may hold
   * up. Never fails: a host that cannot say it does not offer it.
   */
  CompletableFuture<Boolean> askStructuredOutput(String sessionId) {
    return call(
            "structuredOutput",
            () -> CompletableFuture.completedFuture(host.structuredOutput(sessionId)),
            Objects::requireNonNull)
        .handle((offered, failure) -> offered != null && offered);
  }

  /** Nowhere, if the host fails to say it. */
  @Override
  public Optional<String> whereToAnswer() {
    return said("whereToAnswer", host::whereToAnswer, Optional.empty());
  }

  /** Nowhere, if the host fails to say it, or is not asked any more. */
  @Override
  public Optional<String> whereToAnswer(String sessionId) {
    return closed
        ? Optional.empty()
        : said("whereToAnswer", () -> host.whereToAnswer(sessionId), Optional.empty());
  }

  /** None, if the host fails to say it. */
  @Override
  public List<AgentInfo> knownAgents() {
    return said("knownAgents", () -> List.copyOf(host.knownAgents()), List.of());
  }

  /** Woken, if the host fails to say it, or is not asked any more. */
  @Override
  public Reach reach(String sessionId) {
    return closed ? Reach.WOKEN : said("reach", () -> host.reach(sessionId), Reach.WOKEN);
  }

  /** Woken, if the host fails to say it. */
  @Override
  public Reach usualReach() {
    return said("usualReach", host::usualReach, Reach.WOKEN);
  }

  private static <T> T said(String name, Supplier<T> method, T otherwise) {
    try {
      return Objects.requireNonNull(method.get(), "the host has answered nothing");
    } catch (Throwable thrown) {
      Barrier.report("The host's " + name, thrown);
      return otherwise;
    }
  }

  @Override
  public String newMessageId() {
    return messageIds.get();
  }

  // --- time, and the end

  /** When {@link #endOverdue} has something to do next. Does not block. */
  long nextDueMillis() {
    return open.nextDueMillis();
  }

  /** Ends the calls whose time is over. */
  void endOverdue(long atMillis) {
    for (HostCall<?> call = open.pollOverdue(atMillis);
        call != null;
        call = open.pollOverdue(atMillis)) {
      call.giveUp(
          "the host has not answered '" + call.name() + "' within " + limit.toSeconds() + " s");
    }
  }

  /** Ends all calls; from now on none is made. */
  void close() {
    closed = true;
    open.removeAll().forEach(call -> call.giveUp("background tasks are being shut down"));
  }

  // --- the barrier

  /** A call that has no answer. */
  private CompletableFuture<Void> order(String name, Supplier<CompletionStage<Void>> method) {
    // Taken for any object, as it may be one that is no Void.
    Function<Object, @Nullable Void> unread = GuardedSessionClient::unread;
    return call(name, method, unread, late -> {});
  }

  /** Whatever the host answers all the same is not looked at. */
  private static @Nullable Void unread(Object answer) {
    return null;
  }

  private <T extends @Nullable Object> CompletableFuture<T> call(
      String name, Supplier<CompletionStage<T>> method, UnaryOperator<T> checked) {
    return call(name, method, checked, late -> {});
  }

  private <S extends @Nullable Object, T extends @Nullable Object> CompletableFuture<T> call(
      String name,
      Supplier<CompletionStage<S>> method,
      Function<? super S, T> checked,
      Consumer<T> late) {
    HostCall<T> call = new HostCall<>(name, nowMillis.getAsLong() + limit.toMillis(), late);
    open.add(call);
    if (closed) {
      close();
    } else {
      executor.execute(() -> begin(call, method, checked));
    }
    return call.result();
  }

  private <S extends @Nullable Object, T extends @Nullable Object> void begin(
      HostCall<T> call, Supplier<CompletionStage<S>> method, Function<? super S, T> checked) {
    if (closed) {
      return;
    }
    Bulkhead bulkhead = bulkheads.computeIfAbsent(call.name(), name -> new Bulkhead());
    if (!bulkhead.enter()) {
      open.remove(call);
      call.giveUp("the host's '" + call.name() + "' is not called while it holds so many threads");
      return;
    }
    try {
      CompletionStage<S> stage = enter(call, method, bulkhead);
      if (stage != null) {
        stage.whenComplete((answer, failure) -> ended(call, checked, answer, failure));
      }
    } catch (Throwable thrown) {
      fail(call, thrown);
    }
  }

  /** Null if the call has ended before. */
  private static <S extends @Nullable Object> @Nullable CompletionStage<S> enter(
      HostCall<?> call, Supplier<CompletionStage<S>> method, Bulkhead bulkhead) {
    try {
      return call.begin()
          ? Objects.requireNonNull(method.get(), "the host has returned no stage")
          : null;
    } finally {
      bulkhead.leave();
    }
  }

  private <S extends @Nullable Object, T extends @Nullable Object> void ended(
      HostCall<T> call, Function<? super S, T> checked, S answer, @Nullable Throwable failure) {
    try {
      if (failure != null) {
        fail(call, failure);
        return;
      }
      T taken = checked.apply(answer);
      open.remove(call);
      if (!closed) {
        call.succeed(taken);
      }
    } catch (Throwable thrown) {
      // What is no answer at all, such as a session that is null.
      fail(call, thrown);
    }
  }

  private void fail(HostCall<?> call, Throwable thrown) {
    open.remove(call);
    call.fail(failure(thrown));
  }

  /** What a failed call means. Never throws, whatever was thrown. */
  static SessionException failure(Throwable thrown) {
    Throwable cause = Barrier.cause(thrown, CompletionException.class);
    if (!(cause instanceof SessionException known)) {
      return new SessionException(
          Code.UNCERTAIN, "the host failed: " + Barrier.describe(cause), cause);
    }
    return known.getClass() == SessionException.class ? known : plain(known);
  }

  /** A class of the host's own may say anything when it is asked. */
  private static SessionException plain(SessionException own) {
    try {
      return new SessionException(own.code(), String.valueOf(own.getMessage()), own);
    } catch (Throwable fromException) {
      return new SessionException(Code.UNCERTAIN, "the host failed: " + Barrier.describe(own), own);
    }
  }
}
