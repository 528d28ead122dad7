package dev.sideline.api;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message to a session.
 *
 * @param sessionId the session
 * @param messageId id of the message, from {@link SessionClient#newMessageId}; makes a repeated
 *     delivery harmless
 * @param text what the agent is told
 * @param agent which agent works on it; null for the session's current one
 * @param model which model it uses; null for the agent's own
 * @param variant the model's variant, such as an effort; null for the default
 * @param deniedTools names of tools that the agent must not use from now on; {@code *} stands for
 *     any characters
 * @param wake whether the agent is set to work; otherwise the message is only there for it to read
 * @param resultSchema JSON Schema, as text, that the agent's final answer has to fit; null for an
 *     answer in words. A host that has {@link SessionClient#structuredOutput(String)} sees to it
 *     and gives the answer as {@link Message#structured}; any other host ignores it
 */
public record Prompt(
    String sessionId,
    String messageId,
    String text,
    @Nullable String agent,
    @Nullable ModelRef model,
    @Nullable String variant,
    Set<String> deniedTools,
    boolean wake,
    @Nullable String resultSchema) {

  public Prompt {
    Objects.requireNonNull(sessionId, "sessionId");
    Objects.requireNonNull(messageId, "messageId");
    Objects.requireNonNull(text, "text");
    deniedTools = Set.copyOf(deniedTools);
  }

  /** A message that sets the session's current agent to work, as it is set up. */
  public static Prompt of(String sessionId, String messageId, String text) {
    return new Prompt(sessionId, messageId, text, null, null, null, Set.of(), true, null);
  }

  /** The same message to another agent; null for the session's current one. */
  public Prompt withAgent(@Nullable String name) {
    return new Prompt(
        sessionId, messageId, text, name, model, variant, deniedTools, wake, resultSchema);
  }

  /** The same message, worked on by another model; null for the agent's own. */
  public Prompt withModel(@Nullable ModelRef ref) {
    return new Prompt(
        sessionId, messageId, text, agent, ref, variant, deniedTools, wake, resultSchema);
  }

  /** The same message, with another variant of the model; null for the default. */
  public Prompt withVariant(@Nullable String name) {
    return new Prompt(
        sessionId, messageId, text, agent, model, name, deniedTools, wake, resultSchema);
  }

  /** The same message to an agent that must not use these tools from now on. */
  public Prompt withDeniedTools(Set<String> names) {
    return new Prompt(sessionId, messageId, text, agent, model, variant, names, wake, resultSchema);
  }

  /** The same message, which is only there to be read. */
  public Prompt withoutWaking() {
    return new Prompt(
        sessionId, messageId, text, agent, model, variant, deniedTools, false, resultSchema);
  }

  /** The same message, whose answer has to fit a schema; null for an answer in words. */
  public Prompt withResultSchema(@Nullable String schema) {
    return new Prompt(sessionId, messageId, text, agent, model, variant, deniedTools, wake, schema);
  }
}
