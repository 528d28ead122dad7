package dev.sideline.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The sessions of a host, as plugins reach them.
 *
 * <p>Every method returns at once and never blocks or throws; its stage completes later, on a
 * thread of the host, exceptionally with a {@link SessionException} whose {@link
 * SessionException.Code} tells whether trying again makes sense (stages derived from it wrap that
 * in a {@link java.util.concurrent.CompletionException}, as they always do). Completing within a
 * bounded time is the host's duty: a call that gets no answer fails with {@link
 * SessionException.Code#UNCERTAIN} or {@link SessionException.Code#UNAVAILABLE}.
 *
 * <p>Six methods are what every host has to have: {@link #create}, {@link #prompt}, {@link
 * #messages}, {@link #statuses}, {@link #abort} and {@link #newMessageId}. The others have a
 * default for a host that cannot do it, and each says what a plugin has to do without then. A
 * client that passes calls on to another one passes on all of them, or it takes away what the other
 * can do.
 */
public interface SessionClient {

  /**
   * Creates a session. It does nothing until it is prompted.
   *
   * <p>What the agent that works in the parent's session may not do by order of the host, an agent
   * in the new session may not do either: a host that keeps such rules with its sessions hands them
   * on. Fails with {@code INVALID} for a directory that would give the new session more than its
   * parent has.
   *
   * <p>Fails with {@code NOT_FOUND} if the parent does not exist and the host checks that, and with
   * {@code UNCERTAIN} if the session may have been created: {@link #children} then tells, by the
   * metadata, where a host has it.
   */
  CompletionStage<Session> create(NewSession request);

  /**
   * A session, or nothing if there is none of that id (any more).
   *
   * <p>By default, fails with {@code UNSUPPORTED}: what a session is that a plugin has not created
   * itself, it does not find out.
   */
  default CompletionStage<Optional<Session>> get(String sessionId) {
    return SessionException.unsupported("looking up a session");
  }

  /**
   * The direct children of a session, oldest first; empty for an unknown session.
   *
   * <p>By default, fails with {@code UNSUPPORTED}: a {@link #create} that is {@code UNCERTAIN} has
   * failed for a plugin, as it cannot be repeated without perhaps making a second session.
   */
  default CompletionStage<List<Session>> children(String sessionId) {
    return SessionException.unsupported("listing the children of a session");
  }

  /**
   * The agents of the host, and which of them the agent that works in a session just now may have
   * work for it. A plugin asks whenever an agent wants others to work, and goes by the answer
   * alone: what a host forbids its agents to do by themselves, it forbids them to have done here. A
   * host answers within a few seconds; a launch waits for it.
   *
   * <p>Fails with {@code NOT_FOUND} if the session does not exist.
   *
   * <p>By default, fails with {@code UNSUPPORTED}: then any name is as good as another for a
   * plugin, and that there is no such agent comes out only when it is prompted.
   */
  default CompletionStage<AgentCatalog> agents(String sessionId) {
    return SessionException.unsupported("listing the agents");
  }

  /**
   * The state of all sessions that are doing something, by session id, in as few requests as the
   * host allows; one whose agent waits for the answer to a request is busy. A session that is
   * absent is idle or does not exist. A session that was prompted a moment ago may be absent
   * although it is about to work.
   */
  CompletionStage<Map<String, SessionStatus>> statuses();

  /**
   * The newest messages of a session, newest first, at most {@code limit}; see {@link Message} for
   * what says that an agent has come to its end. Fails with {@code NOT_FOUND} if the session does
   * not exist.
   *
   * @param limit at least 1
   */
  CompletionStage<List<Message>> messages(String sessionId, int limit);

  /**
   * Sends a message to a session, and by default sets its agent to work on it. Completes when the
   * host has accepted the message, not when the agent has answered. That the agent is unknown may
   * come out only later, as {@link SessionEvent.Failed}.
   *
   * <p>With a message id that the session already has, no second message comes of it: a prompt may
   * be repeated with the same id until it is confirmed. If the host has left that message lying
   * without working on it, a repeated prompt may set the agent to work after all.
   *
   * <p>Fails with {@code NOT_FOUND} if the session does not exist, and with {@code UNCERTAIN} if
   * the message may have been delivered.
   */
  CompletionStage<Void> prompt(Prompt prompt);

  /**
   * Stops what a session is doing; what it was sent and has not begun, it does not begin. Completes
   * when the host has taken the request; the session may need a moment more, which {@link
   * #statuses} shows. Does nothing to an idle or unknown session. What the session had produced so
   * far stays readable; a message that was cut off has the failure {@link Failure#ABORTED}.
   */
  CompletionStage<Void> abort(String sessionId);

  /**
   * Stops and removes a session and its children. Does nothing if it does not exist.
   *
   * <p>By default, fails with {@code UNSUPPORTED}: a session that a plugin has created and does not
   * need after all stays, and does nothing.
   */
  default CompletionStage<Void> delete(String sessionId) {
    return SessionException.unsupported("deleting a session");
  }

  /**
   * Permissions and questions that wait for an answer, over all sessions.
   *
   * <p>By default, there are none: for a host whose agents never ask. One whose agents do, and
   * which tells of it by {@link SessionEvent.RequestAsked}, has both this and {@link #reply}.
   */
  default CompletionStage<List<PendingRequest>> pendingRequests() {
    return CompletableFuture.completedStage(List.of());
  }

  /**
   * Answers a permission or question. Fails with {@code NOT_FOUND} if it is not waiting (any more),
   * and with {@code INVALID} if the reply does not fit it.
   *
   * <p>By default, fails with {@code UNSUPPORTED}: see {@link #pendingRequests}.
   */
  default CompletionStage<Void> reply(String requestId, Reply reply) {
    return SessionException.unsupported("answering a request");
  }

  /**
   * Where a person answers what agents ask, in words that follow "A person has to decide that, …":
   * {@code in OpenCode, in the task's session}. Told to agents, which may not decide it. Empty if
   * there is no such place, or none that could be named. Needs no request; always the same.
   */
  default Optional<String> whereToAnswer() {
    return Optional.empty();
  }

  /**
   * The same for what the agent in one session asks: a host whose sessions live in several places
   * has several. A plugin goes by this one. Needs no request; always the same for a session,
   * whether it exists or not.
   *
   * <p>By default, {@link #whereToAnswer()}.
   */
  default Optional<String> whereToAnswer(String sessionId) {
    return whereToAnswer();
  }

  /**
   * The agents that every session may have work, as far as the host knows them without asking
   * anybody: for the description of a tool. Which of them a session may really have work, {@link
   * #agents(String)} tells. Needs no request; always the same.
   */
  default List<AgentInfo> knownAgents() {
    return List.of();
  }

  /**
   * How a session can be told what its agent has not asked for. A plugin goes by it when it tells
   * an agent what it did for it, and in what it promises. Needs no request; always the same for a
   * session, whether it exists or not.
   *
   * <p>By default, {@link #usualReach}.
   */
  default Reach reach(String sessionId) {
    return usualReach();
  }

  /**
   * How the sessions can be told whose agents call tools, as far as that can be said of all of
   * them: for the description of a tool. Needs no request; always the same.
   *
   * <p>By default, they are woken.
   */
  default Reach usualReach() {
    return Reach.WOKEN;
  }

  /**
   * Whether the host sees to it that an answer fits {@link Prompt#resultSchema}. Otherwise it
   * ignores the schema. Needs no request; always the same.
   */
  default boolean structuredOutput() {
    return false;
  }

  /**
   * The same for the answers of one session: not all of a host's need be able to. A plugin goes by
   * this one. Needs no request; always the same for a session that exists.
   *
   * <p>By default, {@link #structuredOutput()}.
   */
  default boolean structuredOutput(String sessionId) {
    return structuredOutput();
  }

  /**
   * A new id for a message, for {@link Prompt#messageId}. Ids of one host ascend with time and are
   * never given twice. Needs no request.
   */
  String newMessageId();
}
