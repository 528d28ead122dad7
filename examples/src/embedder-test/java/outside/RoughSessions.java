package outside;

import dev.sideline.api.AgentCatalog;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A host far away, over a line on which a storm may be. What goes wrong is drawn: a call throws, an
 * error too, is done without being heard of again, is not done, or is answered late or with
 * nothing.
 */
final class RoughSessions implements SessionClient, AutoCloseable {

  /** What becomes of a call. */
  enum Fate {
    THROWS(true),
    THROWS_ERROR(true),
    UNCERTAIN(true),
    NEVER_ANSWERED(true),
    NULL_STAGE(true),
    NULL_ANSWER(false),
    UNAVAILABLE(false),
    NOT_FOUND(false),
    INVALID(false),
    UNSUPPORTED(false),
    ANSWERED_LATE(true),
    DONE_LATE(true);

    /** Whether the host may have done what it was asked for. */
    private final boolean perhapsDone;

    Fate(boolean perhapsDone) {
      this.perhapsDone = perhapsDone;
    }
  }

  /** What a plugin takes as final: a parent that is gone, or refuses what it is told twice. */
  private static final Set<Fate> FINAL = EnumSet.of(Fate.NOT_FOUND, Fate.INVALID, Fate.UNSUPPORTED);

  private static final int MOST_LATE_MS = 2_500;

  private final ScheduledExecutorService line =
      Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "bad-line"));
  private final Queue<CompletableFuture<?>> unanswered = new ConcurrentLinkedQueue<>();
  private final Map<Fate, Integer> met = new ConcurrentSkipListMap<>();
  private final SessionClient host;
  private final Dice dice;
  private final double trouble;
  private final Set<String> parents;
  private volatile boolean storm = true;

  /**
   * @param trouble how many of the calls of a storm go wrong
   * @param parents sessions that are to be told in the end, whatever the weather
   */
  RoughSessions(SessionClient host, Dice dice, double trouble, Set<String> parents) {
    this.host = host;
    this.dice = dice;
    this.trouble = trouble;
    this.parents = parents;
  }

  void storm(boolean now) {
    storm = now;
  }

  @Override
  public CompletionStage<Session> create(NewSession request) {
    return call(null, () -> host.create(request));
  }

  @Override
  public CompletionStage<Optional<Session>> get(String sessionId) {
    return call(sessionId, () -> host.get(sessionId));
  }

  @Override
  public CompletionStage<List<Session>> children(String sessionId) {
    return call(sessionId, () -> host.children(sessionId));
  }

  /** Without trouble: where it is not known who may be launched, nothing is. */
  @Override
  public CompletionStage<AgentCatalog> agents(String sessionId) {
    return host.agents(sessionId);
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    return call(null, host::statuses);
  }

  @Override
  public CompletionStage<List<Message>> messages(String sessionId, int limit) {
    return call(sessionId, () -> host.messages(sessionId, limit));
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    return call(prompt.sessionId(), () -> host.prompt(prompt));
  }

  @Override
  public CompletionStage<Void> abort(String sessionId) {
    return call(sessionId, () -> host.abort(sessionId));
  }

  @Override
  public CompletionStage<Void> delete(String sessionId) {
    return call(sessionId, () -> host.delete(sessionId));
  }

  @Override
  public CompletionStage<List<PendingRequest>> pendingRequests() {
    return call(null, host::pendingRequests);
  }

  @Override
  public CompletionStage<Void> reply(String requestId, Reply reply) {
    return call(null, () -> host.reply(requestId, reply));
  }

  @Override
  public boolean structuredOutput() {
    return host.structuredOutput();
  }

  @Override
  public String newMessageId() {
    if (goesWrong(trouble / 10)) {
      throw new IllegalStateException("no id");
    }
    if (goesWrong(trouble / 10)) {
      throw new AssertionError("no id, and an error");
    }
    return host.newMessageId();
  }

  /** Gives the answers that are still to come, all at once. */
  @Override
  public void close() {
    line.shutdownNow();
    unanswered.forEach(
        answer -> answer.completeExceptionally(new SessionException(Code.UNCERTAIN, "too late")));
  }

  /** How often what has gone wrong. */
  Map<Fate, Integer> met() {
    return met;
  }

  /**
   * @param sessionId the session that the call is about; null if it is not about one that exists
   */
  private <T> CompletionStage<T> call(String sessionId, Supplier<CompletionStage<T>> call) {
    if (!goesWrong(trouble)) {
      return call.get();
    }
    Fate fate = dice.oneOf(Fate.values());
    if (FINAL.contains(fate) && sessionId != null && parents.contains(sessionId)) {
      fate = Fate.UNAVAILABLE;
    }
    met.merge(fate, 1, Integer::sum);
    if (fate == Fate.DONE_LATE) {
      return doneLate(call);
    }
    if (fate == Fate.ANSWERED_LATE) {
      return answeredLate(call.get());
    }
    if (fate.perhapsDone && dice.chance(0.5)) {
      call.get();
    }
    switch (fate) {
      case THROWS:
        throw new IllegalStateException("the line is cut");
      case THROWS_ERROR:
        throw new NoClassDefFoundError("the line has lost a class");
      case NULL_STAGE:
        return null;
      case NULL_ANSWER:
        // Of a call that answers with nothing anyway, this says that it is done: so it has to be.
        return call.get().thenApply(answer -> null);
      case NEVER_ANSWERED:
        CompletableFuture<T> never = new CompletableFuture<>();
        unanswered.add(never);
        return never;
      default:
        return CompletableFuture.failedFuture(
            new SessionException(Code.valueOf(fate.name()), "the line says " + fate));
    }
  }

  private <T> CompletionStage<T> doneLate(Supplier<CompletionStage<T>> call) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    unanswered.add(answer);
    later(() -> call.get().whenComplete((value, failure) -> complete(answer, value, failure)));
    return answer;
  }

  private <T> CompletionStage<T> answeredLate(CompletionStage<T> done) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    unanswered.add(answer);
    done.whenComplete((value, failure) -> later(() -> complete(answer, value, failure)));
    return answer;
  }

  private boolean goesWrong(double often) {
    return storm && dice.chance(often);
  }

  private void later(Runnable work) {
    line.schedule(work, dice.upTo(MOST_LATE_MS), TimeUnit.MILLISECONDS);
  }

  private static <T> void complete(CompletableFuture<T> answer, T value, Throwable failure) {
    if (failure == null) {
      answer.complete(value);
    } else {
      answer.completeExceptionally(failure);
    }
  }
}
