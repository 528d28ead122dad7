/**
 * What goes into an engine and what comes out: {@code Input}, {@code Step} with its {@code Changes}
 * and {@code Effect}s, {@code Answer}; and what the outside lends it, {@code FinishedTasks}.
 * Immutable values, usable from any thread.
 *
 * <p>The lowest room: knows {@code task} and {@code rights} alone. Everything else in the plugin
 * speaks to the engine in these words.
 */
@NullMarked
package dev.sideline.background.engine.protocol;

import org.jspecify.annotations.NullMarked;
