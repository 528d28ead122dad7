package dev.sideline.background.engine;

import dev.sideline.api.ModelRef;
import dev.sideline.background.engine.Answer.SendStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;
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

    private @Nullable BiConsumer<SendStatus, @Nullable String> answer;

    /** The model that works from then on; null for the one that does now. */
    @Nullable ModelRef model;

    /** Whether the agent was told to stop for it, and need not be any more. */
    boolean hasInterrupted;

    /** Whether the agent has stopped for it. */
    boolean stopped;

    /** SendStatus often giving it to the host has failed. */
    int failures;

    /** SendStatus often it was given again because it was not in the session. */
    int repeats;

    /**
     * @param answer told once what became of it; null if nobody wants to know
     */
    Message(
        Purpose purpose,
        String text,
        boolean interrupts,
        @Nullable BiConsumer<SendStatus, @Nullable String> answer) {
      this.purpose = purpose;
      this.text = text;
      this.interrupts = interrupts;
      this.answer = answer;
    }

    long bytes() {
      return 2L * text.length();
    }

    /** Tells whoever wants to know what has become of it, unless that was told before. */
    void complete(SendStatus how, @Nullable String detail) {
      BiConsumer<SendStatus, @Nullable String> listener = answer;
      answer = null;
      if (listener != null) {
        listener.accept(how, detail);
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

  /** Tells whoever waits for a message that it will be sent, but not now. */
  void kept() {
    if (waiting != null) {
      waiting.forEach(message -> message.complete(SendStatus.KEPT, null));
    }
  }

  /** Tells whoever waits for one of the messages that it will not be delivered by us any more. */
  void close(SendStatus how) {
    Message underWay = last;
    if (underWay != null) {
      // The host may have it already, or take it yet.
      underWay.complete(sending ? SendStatus.UNDER_WAY : how, null);
    }
    for (Message message = takeNext(); message != null; message = takeNext()) {
      message.complete(how, null);
    }
  }
}
