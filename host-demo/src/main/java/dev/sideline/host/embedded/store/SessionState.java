package dev.sideline.host.embedded.store;

import dev.sideline.api.ModelRef;
import org.jspecify.annotations.Nullable;

/**
 * What changes of a session with each prompt and answer.
 *
 * @param usedMillis when it was last worked with, by the clock
 * @param size how many characters it keeps
 * @param agent the agent of its newest prompt that named one; null if none did
 * @param model the model of its newest prompt; null for the agent's own
 * @param variant likewise
 */
public record SessionState(
    long usedMillis,
    long size,
    @Nullable String agent,
    @Nullable ModelRef model,
    @Nullable String variant) {}
