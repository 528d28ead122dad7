/**
 * What parents are told of their tasks, and when ({@code NotificationPolicy}), until it has arrived
 * ({@code NotificationSender}), or in an answer ({@code InFlightAnswers}).
 *
 * <p>Knows {@code lifecycle}, {@code probe} and what is below.
 */
@NullMarked
package dev.sideline.background.engine.notify;

import org.jspecify.annotations.NullMarked;
