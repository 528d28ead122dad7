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

/**
 * The sessions as a client of one workplace reaches them. Carries each call to the thread of the
 * sessions, and its answer to the thread of the answers.
 */
final class EmbeddedSessionClient implements SessionClient {

  private final EmbeddedSessions sessions;
  private final SessionLoader loader;
  private final SessionRecord record;
  private final TurnRunner turns;
  private final CommandRequests requests;
  private final Workplace workplace;
  private final MessageIds ids;
  private final Executor thread;
  private final Executor answers;

  EmbeddedSessionClient(
      EmbeddedSessions sessions,
      SessionLoader loader,
      SessionRecord record,
      TurnRunner turns,
      CommandRequests requests,
      Workplace workplace,
      MessageIds ids,
      Executor thread,
      Executor answers) {
    this.sessions = sessions;
    this.loader = loader;
    this.record = record;
    this.turns = turns;
    this.requests = requests;
    this.workplace = workplace;
    this.ids = ids;
    this.thread = thread;
    this.answers = answers;
  }

  @Override
  public CompletionStage<Session> create(NewSession request) {
    Consumer<CompletableFuture<Session>> work =
        answer -> whenRecorded(answer, sessions.create(request, workplace));
    return request.parentId() == null ? submit(work) : on(request.parentId(), false, work);
  }

  @Override
  public CompletionStage<Optional<Session>> get(String sessionId) {
    return on(
        sessionId,
        false,
        answer -> complete(answer, sessions.find(sessionId).map(found -> found.session)));
  }

  @Override
  public CompletionStage<List<Session>> children(String sessionId) {
    return submit(
        answer -> {
          if (record.keeps()) {
            record.children(
                sessionId, found -> complete(answer, found), failure -> fail(answer, failure));
          } else {
            complete(answer, sessions.children(sessionId));
          }
        });
  }

  /** All of its workplace, for every session: what each may do, its command decides. */
  @Override
  public CompletionStage<AgentCatalog> agents(String sessionId) {
    return on(
        sessionId,
        false,
        answer -> complete(answer, sessions.existing(sessionId).tree.workplace.catalog()));
  }

  @Override
  public List<AgentInfo> knownAgents() {
    return workplace.catalog().agents();
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    return submit(answer -> complete(answer, sessions.statuses()));
  }

  @Override
  public CompletionStage<List<Message>> messages(String sessionId, int limit) {
    return on(
        sessionId,
        true,
        answer -> {
          EmbeddedSession session = sessions.existing(sessionId);
          List<Message> newest = session.newest(limit);
          record.acknowledge(
              session.recordedAt, () -> complete(answer, newest), failure -> fail(answer, failure));
        });
  }

  /** Gives the workplace of this client to a session and to all that are in one tree with it. */
  CompletionStage<Void> attach(String sessionId) {
    return on(
        sessionId,
        false,
        answer -> {
          sessions.attach(sessionId, workplace);
          whenRecorded(answer);
        });
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    return on(
        prompt.sessionId(),
        true,
        answer -> {
          turns.prompt(prompt);
          whenRecorded(answer);
        });
  }

  /** What is not in memory does nothing. */
  @Override
  public CompletionStage<Void> abort(String sessionId) {
    return submit(
        answer -> {
          turns.abort(sessionId);
          done(answer);
        });
  }

  @Override
  public CompletionStage<Void> delete(String sessionId) {
    return on(
        sessionId,
        false,
        answer -> turns.delete(sessionId, () -> done(answer), failure -> fail(answer, failure)));
  }

  @Override
  public CompletionStage<List<PendingRequest>> pendingRequests() {
    return submit(answer -> complete(answer, requests.pending()));
  }

  @Override
  public CompletionStage<Void> reply(String requestId, Reply reply) {
    return submit(
        answer -> {
          requests.reply(requestId, reply);
          whenRecorded(answer);
        });
  }

  @Override
  public String newMessageId() {
    return ids.next();
  }

  /**
   * Does something with a session, which is in memory then if it exists.
   *
   * @param messages whether with its messages
   */
  private <T> CompletionStage<T> on(
      String sessionId, boolean messages, Consumer<CompletableFuture<T>> work) {
    return submit(
        answer ->
            loader.with(
                sessionId,
                messages,
                () -> carryOut(work, answer),
                failure -> fail(answer, failure)));
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
      fail(answer, refused);
    } catch (Throwable thrown) {
      // Fault barrier: the caller is answered, and the other sessions go on.
      Barrier.report("A call to the embedded sessions", thrown);
      fail(answer, defect(thrown));
    }
  }

  private static SessionException defect(Throwable thrown) {
    return new SessionException(
        SessionException.Code.UNCERTAIN, "internal error: " + Barrier.describe(thrown), thrown);
  }

  private void whenRecorded(CompletableFuture<Void> answer) {
    record.acknowledge(record.position(), () -> done(answer), failure -> fail(answer, failure));
  }

  private <T> void whenRecorded(CompletableFuture<T> answer, T result) {
    record.acknowledge(
        record.position(), () -> complete(answer, result), failure -> fail(answer, failure));
  }

  private void done(CompletableFuture<Void> answer) {
    tell(() -> answer.complete(null));
  }

  private void fail(CompletableFuture<?> answer, SessionException failure) {
    tell(() -> answer.completeExceptionally(failure));
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
