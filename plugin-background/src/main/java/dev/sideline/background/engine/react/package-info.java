/**
 * What follows from what happens: in the host ({@code EventHandler}, {@code Reconciler}, {@code
 * ProbeHandler}), and in the engine itself ({@code Reactions}).
 *
 * <p>Knows {@code calls} and everything below; only the engine stands above.
 */
@NullMarked
package dev.sideline.background.engine.react;

import org.jspecify.annotations.NullMarked;
