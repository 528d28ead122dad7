/**
 * What stops tasks that do not end by themselves: time ({@code Deadlines}, {@code Watchdog}, {@code
 * OverdueTasks}) and what they use ({@code BudgetGuard}).
 *
 * <p>Knows {@code messaging}, {@code requests} and what is below.
 */
@NullMarked
package dev.sideline.background.engine.limits;

import org.jspecify.annotations.NullMarked;
