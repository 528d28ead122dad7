/**
 * The calls of agents and of whoever runs the host: one handler for each kind, and {@code
 * WaitingCalls} for those that wait.
 *
 * <p>Knows {@code limits}, {@code notify} and what is below.
 */
@NullMarked
package dev.sideline.background.engine.calls;

import org.jspecify.annotations.NullMarked;
