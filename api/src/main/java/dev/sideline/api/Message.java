package dev.sideline.api;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message of a session.
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

  /** The writer of a message. */
  public enum Role {
    USER,
    ASSISTANT
  }
}
