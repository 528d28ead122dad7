/**
 * What an engine holds, and no decision about it: tasks with their parts ({@code LiveTask}), the
 * sessions that have launched them ({@code ParentSession}), where both are found ({@code
 * TaskRegistry}, {@code Archive}), what has a time ({@code Timers}), and what comes of one input
 * ({@code UnitOfWork} with its {@code Signal}s).
 *
 * <p>Knows {@code protocol} and {@code task}. Whoever adds something that is known of a task begins
 * here; whoever decides by it sits above.
 */
@NullMarked
package dev.sideline.background.engine.model;

import org.jspecify.annotations.NullMarked;
