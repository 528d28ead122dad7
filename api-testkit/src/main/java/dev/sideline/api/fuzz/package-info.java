/**
 * Tests with ever new odd input: {@link dev.sideline.api.fuzz.Fuzz} tries something again and again
 * for a bounded time and names the seed of what fails, {@link dev.sideline.api.fuzz.Garble} makes
 * input that is nearly right, or not at all.
 *
 * <p>Needs the JDK only and no test framework. Rounds run on the thread that calls; a thread beside
 * it only watches how long they take, and is gone when the call returns.
 */
@NullMarked
package dev.sideline.api.fuzz;

import org.jspecify.annotations.NullMarked;
