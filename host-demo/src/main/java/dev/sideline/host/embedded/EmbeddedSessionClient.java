package dev.sideline.host.embedded;

import dev.sideline.api.AgentCatalog;
import dev.sideline.api.AgentInfo;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionStatus;
import dev.sideline.host.Barrier;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The sessions as a client of one workplace reaches them. Carries each call to the thread of the
 * sessions, and its answer to the thread of the answers.
 */
final class EmbeddedSessionClient implements SessionClient {

  private final EmbeddedSessions sessions;
  private final TurnRunner turns;
  private final CommandRequests requests;
  private final Workplace workplace;
  private final MessageIds ids;
  private final Executor thread;
  private final Executor answers;

  EmbeddedSessionClient(
      EmbeddedSessions sessions,
      TurnRunner turns,
      CommandRequests requests,
      Workplace workplace,
      MessageIds ids,
      Executor thread,
      Executor answers) {
    this.sessions = sessions;
    this.turns = turns;
    this.requests = requests;
    this.workplace = workplace;
    this.ids = ids;
    this.thread = thread;
    this.answers = answers;
  }

  @Override
  public CompletionStage<Session> create(NewSession request) {
    return ask(() -> sessions.create(request, workplace));
  }

  @Override
  public CompletionStage<Optional<Session>> get(String sessionId) {
    return ask(() -> sessions.find(sessionId).map(found -> found.session));
  }

  @Override
  public CompletionStage<List<Session>> children(String sessionId) {
    return ask(() -> sessions.children(sessionId));
  }

  /** All of its workplace, for every session: what each may do, its command decides. */
  @Override
  public CompletionStage<AgentCatalog> agents(String sessionId) {
    return ask(() -> sessions.existing(sessionId).tree.workplace.catalog());
  }

  @Override
  public List<AgentInfo> knownAgents() {
    return workplace.catalog().agents();
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    return ask(sessions::statuses);
  }

  @Override
  public CompletionStage<List<Message>> messages(String sessionId, int limit) {
    return ask(() -> sessions.existing(sessionId).newest(limit));
  }

  /** Gives the workplace of this client to a session and to all that are in one tree with it. */
  CompletionStage<Void> attach(String sessionId) {
    return command(() -> sessions.existing(sessionId).tree.workplace = workplace);
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    return command(() -> turns.prompt(prompt));
  }

  @Override
  public CompletionStage<Void> abort(String sessionId) {
    return command(() -> turns.abort(sessionId));
  }

  @Override
  public CompletionStage<Void> delete(String sessionId) {
    return submit(answer -> turns.delete(sessionId, () -> done(answer)));
  }

  @Override
  public CompletionStage<List<PendingRequest>> pendingRequests() {
    return ask(requests::pending);
  }

  @Override
  public CompletionStage<Void> reply(String requestId, Reply reply) {
    return command(() -> requests.reply(requestId, reply));
  }

  @Override
  public String newMessageId() {
    return ids.next();
  }

  private CompletionStage<Void> command(Runnable work) {
    return submit(
        answer -> {
          work.run();
          done(answer);
        });
  }

  private <T> CompletionStage<T> ask(Supplier<T> work) {
    return submit(answer -> complete(answer, work.get()));
  }

  private <T> CompletionStage<T> submit(Consumer<CompletableFuture<T>> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      thread.execute(() -> carryOut(work, answer));
    } catch (RejectedExecutionException closed) {
      answer.completeExceptionally(
          new SessionException(
              SessionException.Code.UNAVAILABLE, "the embedded sessions have been closed"));
    } catch (Throwable noThread) {
      answer.completeExceptionally(defect(noThread));
    }
    return answer;
  }

  private <T> void carryOut(Consumer<CompletableFuture<T>> work, CompletableFuture<T> answer) {
    try {
      work.accept(answer);
    } catch (SessionException refused) {
      tell(() -> answer.completeExceptionally(refused));
    } catch (Throwable thrown) {
      // Fault barrier: the caller is answered, and the other sessions go on.
      Barrier.report("A call to the embedded sessions", thrown);
      tell(() -> answer.completeExceptionally(defect(thrown)));
    }
  }

  private static SessionException defect(Throwable thrown) {
    return new SessionException(
        SessionException.Code.UNCERTAIN, "internal error: " + Barrier.describe(thrown), thrown);
  }

  private void done(CompletableFuture<Void> answer) {
    tell(() -> answer.complete(null));
  }

  private <T> void complete(CompletableFuture<T> answer, T result) {
    tell(() -> answer.complete(result));
  }

  /** On this thread where the other takes nothing any more: whoever waits is answered. */
  private void tell(Runnable answer) {
    try {
      answers.execute(answer);
    } catch (Throwable notTaken) {
      answer.run();
    }
  }
}
