package dev.sideline.api.testing;

import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;

/** A call that a {@link RecordingSessionClient} has received, with its arguments. */
public sealed interface SessionCall {

  /** {@code create}. */
  record Create(NewSession request) implements SessionCall {}

  /** {@code get}. */
  record Get(String sessionId) implements SessionCall {}

  /** {@code children}. */
  record GetChildren(String sessionId) implements SessionCall {}

  /** {@code agents}. */
  record GetAgents(String sessionId) implements SessionCall {}

  /** {@code statuses}. */
  record GetStatuses() implements SessionCall {}

  /** {@code messages}. */
  record GetMessages(String sessionId, int limit) implements SessionCall {}

  /** {@code prompt}. */
  record SendPrompt(Prompt prompt) implements SessionCall {}

  /** {@code abort}. */
  record Abort(String sessionId) implements SessionCall {}

  /** {@code delete}. */
  record Delete(String sessionId) implements SessionCall {}

  /** {@code pendingRequests}. */
  record GetPendingRequests() implements SessionCall {}

  /** {@code reply}. */
  record SendReply(String requestId, Reply reply) implements SessionCall {}
}
