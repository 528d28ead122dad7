/**
 * The permissions and questions that the agents of tasks wait for.
 *
 * <p>Knows {@code lifecycle} and what is below.
 */
@NullMarked
package dev.sideline.background.engine.requests;

import org.jspecify.annotations.NullMarked;
