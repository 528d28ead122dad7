package dev.sideline.host.embedded;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** An answer being written by a command. */
final class Turn {

  private final String messageId;
  private final String agent;
  private final @Nullable ModelRef model;
  private final Instant begunAt;
  private final AnswerReader answer;
  private @Nullable CommandRun run;
  private boolean aborted;
  private @Nullable String problem;

  /** What its command has asked for and nobody has been asked yet. */
  private final Queue<CommandRequest> requests = new ArrayDeque<>();

  Turn(
      String messageId,
      String agent,
      @Nullable ModelRef model,
      Instant begunAt,
      AnswerReader answer) {
    this.messageId = messageId;
    this.agent = agent;
    this.model = model;
    this.begunAt = begunAt;
    this.answer = answer;
  }

  String messageId() {
    return messageId;
  }

  AnswerReader answer() {
    return answer;
  }

  Queue<CommandRequest> requests() {
    return requests;
  }

  @Nullable CommandRun run() {
    return run;
  }

  void runsAs(CommandRun command) {
    run = command;
  }

  void abort() {
    aborted = true;
  }

  boolean aborted() {
    return aborted;
  }

  /**
   * It has failed, whatever its command ends with.
   *
   * @param why for a person or a model to read
   */
  void fail(String why) {
    problem = why;
  }

  /** Why it has failed; null if it has not. */
  @Nullable String problem() {
    return problem;
  }

  /** The answer as far as it is written. */
  Message soFar() {
    return message(null, null, answer.text(), answer.toolUses());
  }

  /** The whole answer. */
  Message finished(Instant now, @Nullable Failure failure) {
    return message(now, failure, answer.text(), answer.toolUses());
  }

  /** The answer where nothing of it can be kept. */
  Message lost(Instant now, Failure failure) {
    return message(now, failure, "", List.of());
  }

  private Message message(
      @Nullable Instant completedAt,
      @Nullable Failure failure,
      String text,
      List<ToolUse> toolUses) {
    return new Message(
        messageId,
        Message.Role.ASSISTANT,
        begunAt,
        completedAt,
        agent,
        model,
        text,
        toolUses,
        null,
        completedAt != null && failure == null ? "stop" : null,
        failure,
        Usage.NONE);
  }
}
