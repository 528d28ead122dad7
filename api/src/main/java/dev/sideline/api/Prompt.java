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
 *     answer in words. A host that has {@link SessionClient#structuredOutput} sees to it and gives
 *     the answer as {@link Message#structured}; any other host ignores it
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
}
