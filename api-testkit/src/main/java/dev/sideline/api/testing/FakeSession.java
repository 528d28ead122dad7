package dev.sideline.api.testing;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One session of a {@link RecordingSessionClient}. Guarded by the client's lock. */
final class FakeSession {

  final Session session;
  private final List<Message> messages = new ArrayList<>();
  private SessionStatus status = SessionStatus.IDLE;

  /** The prompt that arrived while a turn was running; the next turn answers it. */
  private @Nullable Prompt queued;

  FakeSession(Session session) {
    this.session = session;
  }

  SessionStatus status() {
    return status;
  }

  void setStatus(SessionStatus status) {
    this.status = status;
  }

  boolean working() {
    return status.kind() != SessionStatus.Kind.IDLE;
  }

  boolean hasMessage(String messageId) {
    return messages.stream().anyMatch(message -> message.id().equals(messageId));
  }

  List<Message> newest(int limit) {
    List<Message> newest = new ArrayList<>();
    for (int i = messages.size() - 1; i >= 0 && newest.size() < limit; i--) {
      newest.add(messages.get(i));
    }
    return List.copyOf(newest);
  }

  /** The agent that the newest message names; null if none does. */
  @Nullable String currentAgent() {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).agent() != null) {
        return messages.get(i).agent();
      }
    }
    return null;
  }

  void add(Message message) {
    messages.add(message);
  }

  Message message(String messageId) {
    return messages.get(indexOf(messageId));
  }

  /** The message that the agent is writing, which is the newest of the assistant's. */
  Message answer() {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).role() == Message.Role.ASSISTANT) {
        return messages.get(i);
      }
    }
    throw new IllegalStateException("session " + session.id() + " was never set to work");
  }

  void replace(Message newer) {
    messages.set(indexOf(newer.id()), newer);
  }

  private int indexOf(String messageId) {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).id().equals(messageId)) {
        return i;
      }
    }
    throw new IllegalStateException("no message " + messageId + " in " + session.id());
  }

  void queue(Prompt prompt) {
    queued = prompt;
  }

  @Nullable Prompt takeQueued() {
    Prompt prompt = queued;
    queued = null;
    return prompt;
  }

  static Message userMessage(Prompt prompt, @Nullable String agent, Instant now) {
    return new Message(
        prompt.messageId(),
        Message.Role.USER,
        now,
        null,
        agent,
        prompt.model(),
        prompt.text(),
        List.of(),
        null,
        null,
        null,
        Usage.NONE);
  }

  static Message newAnswer(
      String id, @Nullable String agent, @Nullable ModelRef model, Instant now) {
    return new Message(
        id,
        Message.Role.ASSISTANT,
        now,
        null,
        agent,
        model,
        "",
        List.of(),
        null,
        null,
        null,
        Usage.NONE);
  }

  static Message withText(Message message, String text) {
    return copy(
        message,
        message.completedAt(),
        text,
        message.toolUses(),
        message.structured(),
        message.failure());
  }

  static Message withToolUse(Message message, ToolUse use) {
    List<ToolUse> uses = new ArrayList<>(message.toolUses());
    uses.removeIf(known -> known.callId().equals(use.callId()));
    uses.add(use);
    return copy(
        message,
        message.completedAt(),
        message.text(),
        uses,
        message.structured(),
        message.failure());
  }

  static Message withStructured(Message message, String structured) {
    return copy(
        message,
        message.completedAt(),
        message.text(),
        message.toolUses(),
        structured,
        message.failure());
  }

  static Message withUsage(Message message, Usage usage) {
    return new Message(
        message.id(),
        message.role(),
        message.createdAt(),
        message.completedAt(),
        message.agent(),
        message.model(),
        message.text(),
        message.toolUses(),
        message.structured(),
        message.finish(),
        message.failure(),
        usage);
  }

  static Message ended(Message message, Instant now, @Nullable Failure failure) {
    return copy(message, now, message.text(), message.toolUses(), message.structured(), failure);
  }

  /** As events carry it: without its parts. */
  static Message bare(Message message) {
    return copy(message, message.completedAt(), "", List.of(), null, message.failure());
  }

  private static Message copy(
      Message message,
      @Nullable Instant completedAt,
      String text,
      List<ToolUse> toolUses,
      @Nullable String structured,
      @Nullable Failure failure) {
    boolean answered =
        message.role() == Message.Role.ASSISTANT && completedAt != null && failure == null;
    return new Message(
        message.id(),
        message.role(),
        message.createdAt(),
        completedAt,
        message.agent(),
        message.model(),
        text,
        toolUses,
        structured,
        answered ? "stop" : null,
        failure,
        message.usage());
  }
}
