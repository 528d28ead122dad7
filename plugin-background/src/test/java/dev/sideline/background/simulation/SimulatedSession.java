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

  private static final ModelRef DEFAULT_MODEL = new ModelRef("sim", "default");

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

  /** Who has set its agent to work, and with what; the plugin if it was one of its messages. */
  @Nullable Prompt prompt;

  boolean byPlugin;

  /** The permissions and questions that its agent cannot go on without. */
  final Set<String> waitsFor = new HashSet<>();

  /** How many of its agent's open tool calls show tasks, perhaps after waiting for them. */
  int outputs;

  /**
   * Whether its agent was let go on by somebody else; the plugin then counts it as at work,
   * whatever its limits are, until it has had it wait again.
   */
  boolean unbidden;

  /** Whether somebody has ever stopped its agent, or refused what it wanted to do. */
  boolean wasStopped;

  /** Since when it has nothing to do that it has not begun. */
  long idleSinceMillis;

  SimulatedSession(Session session) {
    this.session = session;
  }

  /** Whether its agent uses its model or a tool, and does not just wait for an answer. */
  boolean active() {
    return working() && waitsFor.isEmpty() && outputs == 0;
  }

  /** Whether its agent is active, and the plugin has let it. */
  boolean activeByPlugin() {
    return active() && byPlugin && !unbidden;
  }

  /** Its agent has something to do from now on. */
  void beginTurn(Prompt first, boolean fromPlugin) {
    turn++;
    prompt = first;
    byPlugin = fromPlugin;
    waitsFor.clear();
    outputs = 0;
    status = SessionStatus.BUSY;
  }

  /** Its agent has nothing to do any more. */
  void endTurn() {
    turn++;
    moreToDo = false;
    waitsFor.clear();
    outputs = 0;
    status = SessionStatus.IDLE;
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

  /** Whether the agent has begun an answer after a message, in the order of their ids. */
  boolean answeredAfter(String messageId) {
    return messages.stream()
        .anyMatch(
            message -> message.role() == Role.ASSISTANT && message.id().compareTo(messageId) > 0);
  }

  void say(Prompt prompt, Instant now) {
    if (prompt.wake()) {
      idleSinceMillis = now.toEpochMilli();
    }
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
    ModelRef model = prompt == null ? null : prompt.model();
    add(
        new Message(
            id,
            Role.ASSISTANT,
            now,
            null,
            "agent",
            model == null ? DEFAULT_MODEL : model,
            "",
            List.of(),
            null,
            null,
            null,
            Usage.NONE));
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
    replace(old, old.text() + text, old.toolUses(), old.usage());
  }

  void use(ToolUse use) {
    Message old = answer();
    List<ToolUse> uses = new ArrayList<>(old.toolUses());
    uses.removeIf(known -> known.callId().equals(use.callId()));
    uses.add(use);
    replace(old, old.text(), uses, old.usage());
  }

  void spend(Usage usage) {
    Message old = answer();
    replace(old, old.text(), old.toolUses(), old.usage().plus(usage));
  }

  private void replace(Message old, String text, List<ToolUse> uses, Usage usage) {
    replace(
        new Message(
            old.id(),
            old.role(),
            old.createdAt(),
            null,
            old.agent(),
            old.model(),
            text,
            uses,
            null,
            null,
            null,
            usage));
  }

  /** The message that the agent is writing is finished. */
  void complete(
      Instant now, @Nullable String finish, @Nullable Failure failure, @Nullable String json) {
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
    replace(
        new Message(
            old.id(),
            old.role(),
            old.createdAt(),
            now,
            old.agent(),
            old.model(),
            old.text(),
            uses,
            json,
            finish,
            failure,
            old.usage()));
  }

  private void replace(Message message) {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).id().equals(message.id())) {
        messages.set(i, message);
        return;
      }
    }
  }

  /** What all its messages have cost. */
  Usage usage() {
    Usage sum = Usage.NONE;
    for (Message message : messages) {
      sum = sum.plus(message.usage());
    }
    return sum;
  }

  /** The tools that its agent has called, in order. */
  List<ToolUse> toolUses() {
    return messages.stream().flatMap(message -> message.toolUses().stream()).toList();
  }

  /** Whether any of its messages ended in an error. */
  boolean failed() {
    return messages.stream().anyMatch(message -> message.failure() != null);
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
        null,
        message.finish(),
        message.failure(),
        message.usage());
  }
}
