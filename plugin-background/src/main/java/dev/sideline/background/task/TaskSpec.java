package dev.sideline.background.task;

import dev.sideline.api.ModelRef;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a task is to do, as its caller asked for it.
 *
 * @param description in a few words, for people and lists
 * @param prompt what the agent is told
 * @param agent which agent does it; empty in a launch for that of the task that is gone on with, or
 *     for the default one
 * @param model which model it uses; null for the one that is set for the agent, or its own
 * @param variant the model's variant; null for the one that is set for the agent, or none
 * @param directory where it works; null for its parent's directory
 * @param resultSchema the JSON Schema, as text, that its answer has to fit; null if any text will
 *     do
 */
public record TaskSpec(
    String description,
    String prompt,
    String agent,
    @Nullable ModelRef model,
    @Nullable String variant,
    @Nullable String directory,
    @Nullable String resultSchema) {

  public TaskSpec {
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(agent, "agent");
  }

  /** The same work in a folder; null for where its parent works. */
  public TaskSpec in(@Nullable String folder) {
    return new TaskSpec(description, prompt, agent, model, variant, folder, resultSchema);
  }

  /** The same work, by an agent with a model. */
  public TaskSpec by(String who, @Nullable ModelRef with, @Nullable String itsVariant) {
    return new TaskSpec(description, prompt, who, with, itsVariant, directory, resultSchema);
  }
}
