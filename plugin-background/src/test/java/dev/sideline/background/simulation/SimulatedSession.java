package dev.sideline.background.simulation;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.Message.Role;
import dev.sideline.api.ModelRef;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A session of the simulated host: its messages, and whether its agent is at work. */
final class SimulatedSession {

  final Session session;
  private final List<Message> messages = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private SessionStatus status = SessionStatus.IDLE;

  /** The number of the turn that its agent is in, or was in last. */
  int turn;

  /** Whether a message came that the agent takes up when it is done with what it is at. */
  boolean moreToDo;

  /** Until when it does not listen to aborts. */
  long deafUntil;

  SimulatedSession(Session session) {
    this.session = session;
  }

  String id() {
    return session.id();
  }

  SessionStatus status() {
    return status;
  }

  void status(SessionStatus now) {
    status = now;
  }

  boolean working() {
    return status.kind() != SessionStatus.Kind.IDLE;
  }

  boolean inTurn(int number) {
    return working() && turn == number;
  }

  boolean knows(String messageId) {
    return ids.contains(messageId);
  }

  List<Message> newest(int limit) {
    List<Message> newest = new ArrayList<>();
    for (int i = messages.size() - 1; i >= 0 && newest.size() < limit; i--) {
      newest.add(messages.get(i));
    }
    return newest;
  }

  /** Whether the agent has begun to answer after a message. */
  boolean answeredAfter(String messageId) {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).role() == Role.ASSISTANT) {
        return true;
      }
      if (messages.get(i).id().equals(messageId)) {
        return false;
      }
    }
    return false;
  }

  void say(Prompt prompt, Instant now) {
    add(
        new Message(
            prompt.messageId(),
            Role.USER,
            now,
            null,
            prompt.agent(),
            prompt.model(),
            prompt.text(),
            List.of(),
            null,
            null,
            null,
            Usage.NONE));
  }

  void beginAnswer(String id, Instant now) {
    add(answer(id, now, null, "", List.of(), null, null, Usage.NONE));
  }

  private void add(Message message) {
    messages.add(message);
    ids.add(message.id());
  }

  /** The message that the agent is writing. */
  Message answer() {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).role() == Role.ASSISTANT) {
        return messages.get(i);
      }
    }
    throw new IllegalStateException("nothing was ever written in " + id());
  }

  void write(String text) {
    Message old = answer();
    replace(
        answer(
            old.id(),
            old.createdAt(),
            null,
            old.text() + text,
            old.toolUses(),
            null,
            null,
            old.usage()));
  }

  void use(ToolUse use) {
    Message old = answer();
    List<ToolUse> uses = new ArrayList<>(old.toolUses());
    uses.removeIf(known -> known.callId().equals(use.callId()));
    uses.add(use);
    replace(answer(old.id(), old.createdAt(), null, old.text(), uses, null, null, old.usage()));
  }

  void spend(Usage usage) {
    Message old = answer();
    replace(
        answer(
            old.id(),
            old.createdAt(),
            null,
            old.text(),
            old.toolUses(),
            null,
            null,
            old.usage().plus(usage)));
  }

  void complete(Instant now, @Nullable String finish, @Nullable Failure failure) {
    Message old = answer();
    List<ToolUse> uses =
        old.toolUses().stream()
            .map(
                use ->
                    new ToolUse(
                        use.callId(),
                        use.tool(),
                        ToolUse.State.COMPLETED,
                        use.arguments(),
                        use.result()))
            .toList();
    replace(answer(old.id(), old.createdAt(), now, old.text(), uses, finish, failure, old.usage()));
  }

  private void replace(Message message) {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).id().equals(message.id())) {
        messages.set(i, message);
        return;
      }
    }
  }

  private static Message answer(
      String id,
      Instant createdAt,
      @Nullable Instant completedAt,
      String text,
      List<ToolUse> uses,
      @Nullable String finish,
      @Nullable Failure failure,
      Usage usage) {
    return new Message(
        id,
        Role.ASSISTANT,
        createdAt,
        completedAt,
        "agent",
        new ModelRef("simulated", "model"),
        text,
        uses,
        null,
        finish,
        failure,
        usage);
  }

  /** A message as events carry it. */
  static Message bare(Message message) {
    return new Message(
        message.id(),
        message.role(),
        message.createdAt(),
        message.completedAt(),
        message.agent(),
        message.model(),
        "",
        List.of(),
        message.structured(),
        message.finish(),
        message.failure(),
        message.usage());
  }
}
