package dev.sideline.api;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message of a session.
 *
 * <p>That an agent has come to its end is read from its newest message: it is finished ({@code
 * completedAt}), without a failure, all its tool calls have ended, and {@code finish} is not {@code
 * tool-calls}, which says that the model goes on with what the tools have answered. So a host may
 * have a message for each step of an agent or one for all of them; either way it finishes the last
 * one before the session becomes idle. A message that has been finished with neither a text nor a
 * {@code finish} says that its agent was stopped without a word: one that has nothing to say has a
 * {@code finish} all the same.
 *
 * @param id the host's id
 * @param role who wrote it
 * @param createdAt when it began
 * @param completedAt when an assistant's message was finished; null while it is being written, and
 *     for ever if the host stopped in the middle
 * @param agent the agent that wrote it or, for a user's message, that is to answer it
 * @param model likewise, the model
 * @param text its text parts, joined; empty in events, which carry no parts
 * @param toolUses its tool calls, in order; empty in events
 * @param structured the answer as JSON text, if the host took one that fits {@link
 *     Prompt#resultSchema}; else null, and null in events
 * @param finish why the model stopped, in the provider's words: {@code stop}, {@code tool-calls},
 *     {@code length} and so on; null if it did not say
 * @param failure what went wrong; null if nothing did
 * @param usage what it has cost so far; grows while the message is written
 */
public record Message(
    String id,
    Role role,
    Instant createdAt,
    @Nullable Instant completedAt,
    @Nullable String agent,
    @Nullable ModelRef model,
    String text,
    List<ToolUse> toolUses,
    @Nullable String structured,
    @Nullable String finish,
    @Nullable Failure failure,
    Usage usage) {

  public Message {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(createdAt, "createdAt");
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(usage, "usage");
    toolUses = List.copyOf(toolUses);
  }

  /** What somebody has written to an agent. It is finished at once. */
  public static Message ofUser(String id, Instant createdAt, String text) {
    return of(id, Role.USER, createdAt, createdAt, text);
  }

  /**
   * What an agent writes, not finished yet: that is for {@link #withCompletedAt}, and why it
   * stopped for {@link #withFinish}.
   */
  public static Message ofAssistant(String id, Instant createdAt, String text) {
    return of(id, Role.ASSISTANT, createdAt, null, text);
  }

  private static Message of(
      String id, Role role, Instant createdAt, @Nullable Instant completedAt, String text) {
    return new Message(
        id,
        role,
        createdAt,
        completedAt,
        null,
        null,
        text,
        List.of(),
        null,
        null,
        null,
        Usage.NONE);
  }

  /** The same message with another text. */
  public Message withText(String words) {
    return new Message(
        id,
        role,
        createdAt,
        completedAt,
        agent,
        model,
        words,
        toolUses,
        structured,
        finish,
        failure,
        usage);
  }

  /** The same message, finished; null while it is being written. */
  public Message withCompletedAt(@Nullable Instant when) {
    return new Message(
        id,
        role,
        createdAt,
        when,
        agent,
        model,
        text,
        toolUses,
        structured,
        finish,
        failure,
        usage);
  }

  /** The same message of another agent, or for it; null if that is not known. */
  public Message withAgent(@Nullable String name) {
    return new Message(
        id,
        role,
        createdAt,
        completedAt,
        name,
        model,
        text,
        toolUses,
        structured,
        finish,
        failure,
        usage);
  }

  /** The same message of another model, or for it; null if that is not known. */
  public Message withModel(@Nullable ModelRef ref) {
    return new Message(
        id,
        role,
        createdAt,
        completedAt,
        agent,
        ref,
        text,
        toolUses,
        structured,
        finish,
        failure,
        usage);
  }

  /** The same message with these tool calls. */
  public Message withToolUses(List<ToolUse> uses) {
    return new Message(
        id,
        role,
        createdAt,
        completedAt,
        agent,
        model,
        text,
        uses,
        structured,
        finish,
        failure,
        usage);
  }

  /** The same message with its answer as JSON text; null if it has none. */
  public Message withStructured(@Nullable String json) {
    return new Message(
        id,
        role,
        createdAt,
        completedAt,
        agent,
        model,
        text,
        toolUses,
        json,
        finish,
        failure,
        usage);
  }

  /** The same message, with why its model stopped; null if it did not say. */
  public Message withFinish(@Nullable String why) {
    return new Message(
        id,
        role,
        createdAt,
        completedAt,
        agent,
        model,
        text,
        toolUses,
        structured,
        why,
        failure,
        usage);
  }

  /** The same message, with what went wrong; null if nothing did. */
  public Message withFailure(@Nullable Failure what) {
    return new Message(
        id,
        role,
        createdAt,
        completedAt,
        agent,
        model,
        text,
        toolUses,
        structured,
        finish,
        what,
        usage);
  }

  /** The same message with what it has cost. */
  public Message withUsage(Usage spent) {
    return new Message(
        id,
        role,
        createdAt,
        completedAt,
        agent,
        model,
        text,
        toolUses,
        structured,
        finish,
        failure,
        spent);
  }

  /** The writer of a message. */
  public enum Role {
    USER,
    ASSISTANT
  }
}
