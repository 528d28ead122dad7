package dev.sideline.api;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a session. Not sealed: a plugin ignores the kinds that it does not
 * know, so that a new kind does not break it.
 */
public interface SessionEvent {

  /** The session that it happened in. */
  String sessionId();

  /** A session was created. */
  record Created(Session session) implements SessionEvent {
    @Override
    public String sessionId() {
      return session.id();
    }
  }

  /** A session's own record (title, directory, metadata) has changed. Says nothing of its work. */
  record Updated(Session session) implements SessionEvent {
    @Override
    public String sessionId() {
      return session.id();
    }
  }

  /** A session was removed. The events of its children come first. */
  record Deleted(String sessionId) implements SessionEvent {}

  /** A session works, or waits to try again, or has become idle. Repeats. */
  record StatusChanged(String sessionId, SessionStatus status) implements SessionEvent {}

  /** A session has stopped working. Whether it has done its job is for its messages to tell. */
  record Idle(String sessionId) implements SessionEvent {}

  /** Something failed in a session, perhaps before any message was written. */
  record Failed(String sessionId, Failure failure) implements SessionEvent {}

  /**
   * A message was begun, has grown or was finished. Repeats for one message.
   *
   * @param message without text and tool uses, which events do not carry
   */
  record MessageUpdated(String sessionId, Message message) implements SessionEvent {}

  /**
   * A part of a message was begun, has grown or was finished. Repeats for one part.
   *
   * @param toolUse the tool call, if the part is one; null for text, reasoning and the like
   */
  record PartUpdated(String sessionId, String messageId, @Nullable ToolUse toolUse)
      implements SessionEvent {}

  /** An agent asks for a permission or has a question, and waits. */
  record RequestAsked(PendingRequest request) implements SessionEvent {
    @Override
    public String sessionId() {
      return request.sessionId();
    }
  }

  /** A permission or question was answered or withdrawn. */
  record RequestAnswered(String sessionId, String requestId) implements SessionEvent {}

  /**
   * Anything else, for plugins that know this host. Whether the session works is not told by it.
   *
   * @param type the host's name for it
   */
  record Other(String sessionId, String type) implements SessionEvent {}
}
