package dev.sideline.background.task;

import dev.sideline.api.ModelRef;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a task is to do, as its caller asked for it.
 *
 * @param description in a few words, for people and lists
 * @param prompt what the agent is told
 * @param agent which agent does it
 * @param model which model it uses; null for the agent's own
 * @param directory where it works; null for its parent's directory
 */
public record Assignment(
    String description,
    String prompt,
    String agent,
    @Nullable ModelRef model,
    @Nullable String directory) {

  public Assignment {
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(agent, "agent");
  }
}
