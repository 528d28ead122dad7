/**
 * How far a session is: when it is probed ({@code SessionProber}), what its messages show ({@code
 * ProbeClassifier}), and what that means ({@code ProbeOutcome}).
 *
 * <p>Knows {@code model} and what is below; stands beside {@code lifecycle}, and ends no task
 * itself.
 */
@NullMarked
package dev.sideline.background.engine.probe;

import org.jspecify.annotations.NullMarked;
