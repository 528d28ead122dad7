/**
 * The permissions and questions that the agents of tasks wait for ({@code Requests}): who is told
 * of them, who answers, and what happens when nobody does.
 *
 * <p>Knows {@code lifecycle} and what is below.
 */
@NullMarked
package dev.sideline.background.engine.requests;

import org.jspecify.annotations.NullMarked;
