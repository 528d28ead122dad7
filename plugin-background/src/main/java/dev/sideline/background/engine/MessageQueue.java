package dev.sideline.background.engine;

import dev.sideline.api.ModelRef;
import dev.sideline.background.engine.Answer.SendStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What a task's session is to be told, one message after the other. */
final class MessageQueue {

  static final int MAX_WAITING = 32;

  /** Why a message is sent. */
  enum Purpose {
    /** It is the task's prompt. */
    PROMPT,
    /** Somebody wants to tell the agent something. */
    SENT,
    /** The agent has been silent for too long. */
    NUDGE,
    /** The agent's model has failed, and another goes on. */
    FALLBACK,
    /** The agent's answer does not fit its schema. */
    REPAIR
  }

  /** A message. */
  static final class Message {
    final Purpose purpose;
    final String text;

    /** Whether the agent is stopped before. */
    final boolean interrupts;

    /** The call that wants to know what becomes of it; 0 if none does, or was told. */
    private long call;

    /** The model that works from then on; null for the one that does now. */
    @Nullable ModelRef model;

    /** Whether the agent was told to stop for it, and need not be any more. */
    boolean hasInterrupted;

    /** Whether the agent has stopped for it. */
    boolean stopped;

    /** How often giving it to the host has failed. */
    int failures;

    /** How often it was given again because it was not in the session. */
    int repeats;

    /**
     * @param call the call that wants to know what becomes of it; 0 if none does
     */
    Message(Purpose purpose, String text, boolean interrupts, long call) {
      this.purpose = purpose;
      this.text = text;
      this.interrupts = interrupts;
      this.call = call;
    }

    long bytes() {
      return 2L * text.length();
    }

    /** Tells the call that wants to know what has become of it, unless that was told before. */
    void complete(UnitOfWork unit, LiveTask live, SendStatus status, @Nullable String detail) {
      if (call != 0) {
        unit.signal(new Signal.SendCompleted(live, call, status, detail));
        call = 0;
      }
    }
  }

  /** Not yet sent; null instead of empty, as it is in most tasks most of the time. */
  private @Nullable Deque<Message> waiting;

  /** The one that was sent last; its text is sent again if it got lost. */
  @Nullable Message last;

  /** Whether the host is just being asked to take it, or will be asked again. */
  boolean sending;

  /** The activation that it begins, unless something else has set the agent to work since. */
  int sentAs;

  /** Whether the agent is being stopped for the next one. */
  boolean interrupting;

  /** The prompt that counted before the one that is being sent. */
  @Nullable String promptBefore;

  /** When the agent was first told to stop for it, in epoch milliseconds. */
  long interruptingSinceMillis;

  // --- what waits

  boolean isEmpty() {
    return waiting == null;
  }

  int size() {
    return waiting == null ? 0 : waiting.size();
  }

  /** What those that wait take, in bytes. */
  long bytes() {
    return waiting == null ? 0 : waiting.stream().mapToLong(Message::bytes).sum();
  }

  /** The message that is sent next; null if none waits. */
  @Nullable Message next() {
    return waiting == null ? null : waiting.peekFirst();
  }

  /** Takes out the message that is sent next; null if none waits. */
  @Nullable Message takeNext() {
    Message next = waiting == null ? null : waiting.pollFirst();
    if (waiting != null && waiting.isEmpty()) {
      waiting = null;
    }
    return next;
  }

  void addLast(Message message) {
    queue().addLast(message);
  }

  void addFirst(Message message) {
    queue().addFirst(message);
  }

  private Deque<Message> queue() {
    if (waiting == null) {
      waiting = new ArrayDeque<>(1);
    }
    return waiting;
  }

  /** Tells the calls that wait for a message that it will be sent, but not now. */
  void keep(UnitOfWork unit, LiveTask live) {
    if (waiting != null) {
      waiting.forEach(message -> message.complete(unit, live, SendStatus.KEPT, null));
    }
  }

  /** Tells the calls that wait for one of the messages that we shall not deliver it any more. */
  void close(UnitOfWork unit, LiveTask live, SendStatus status) {
    Message underWay = last;
    if (underWay != null) {
      // The host may have it already, or take it yet.
      underWay.complete(unit, live, sending ? SendStatus.UNDER_WAY : status, null);
    }
    for (Message message = takeNext(); message != null; message = takeNext()) {
      message.complete(unit, live, status, null);
    }
  }
}
