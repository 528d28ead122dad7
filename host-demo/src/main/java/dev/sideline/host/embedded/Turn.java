package dev.sideline.host.embedded;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import dev.sideline.host.embedded.store.Growing;
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
  private long number;
  private @Nullable CommandRun run;
  private @Nullable Growing growing;
  private boolean ending;
  private boolean aborted;
  private @Nullable String problem;

  /** What its command waits for an answer to. Read by the thread that records, too. */
  private volatile @Nullable String asked;

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

  /** Its place in the session. */
  long number() {
    return number;
  }

  void placeAt(long place) {
    number = place;
  }

  /** Its answer is recorded as it grows. */
  void follow(@Nullable Growing followed) {
    growing = followed;
  }

  /** There is more of it than was recorded. */
  void grown() {
    if (growing != null) {
      growing.grown();
    }
  }

  /** Ends it; whether it was in work until now. */
  boolean beginEnd() {
    boolean first = !ending;
    ending = true;
    if (growing != null) {
      growing.end();
    }
    return first;
  }

  /** Its command waits for an answer to this; null for to nothing. */
  void asks(@Nullable String what) {
    asked = what;
    grown();
  }

  @Nullable String asked() {
    return asked;
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

  /** The answer as far as it is written. On any thread. */
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
