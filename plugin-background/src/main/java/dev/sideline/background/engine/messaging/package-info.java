/**
 * What the sessions of tasks are told: their creation and prompt ({@code SessionOpener}), every
 * message after it ({@code MessageSender}), and what becomes of their answers ({@code
 * AnswerValidation}).
 *
 * <p>Knows {@code lifecycle} and what is below.
 */
@NullMarked
package dev.sideline.background.engine.messaging;

import org.jspecify.annotations.NullMarked;
