package dev.sideline.background.engine.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A limit that stands in the way of a task.
 *
 * @param setting the setting that it comes from, such as {@code max_running_per_agent}
 * @param value how many it allows
 * @param of the agent, model or provider that it is about; null if it is not about one
 */
public record Limit(String setting, long value, @Nullable String of) {}
