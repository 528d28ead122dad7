package dev.sideline.background.engine.model;

import dev.sideline.background.task.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * How a task that is being stopped will have ended.
 *
 * @param by the session that asked for it; null if none did
 */
public record StopReason(Outcome.Reason reason, @Nullable String detail, @Nullable String by) {}
