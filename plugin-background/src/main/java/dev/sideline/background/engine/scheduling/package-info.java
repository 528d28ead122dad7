/**
 * Who may work, and who waits to: {@code Slots}, and behind them {@code AdmissionQueue} with the
 * limits.
 *
 * <p>Knows {@code model} and what is below. What a task does with its slot is data ({@code
 * SlotUse}), and done by the engine.
 */
@NullMarked
package dev.sideline.background.engine.scheduling;

import org.jspecify.annotations.NullMarked;
