/**
 * How tasks move from state to state, to their ends ({@code Lifecycle}), and which start when
 * others have ended ({@code Followers}); and what hosts are shown of that ({@code Publisher}).
 *
 * <p>Knows {@code scheduling} and what is below. What follows from a move is signalled, and happens
 * above.
 */
@NullMarked
package dev.sideline.background.engine.lifecycle;

import org.jspecify.annotations.NullMarked;
