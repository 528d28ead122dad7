/**
 * The heart of the plugin: a deterministic state machine that makes every decision about tasks.
 *
 * <p>{@link dev.sideline.background.engine.TaskEngine#apply} takes an input and the time and
 * returns what is to be recorded and what is to be done about it. There is no thread in here, no
 * clock, no I/O and no library but the JDK; randomness and ids are given. One thread at a time
 * calls it (the mailbox of {@code runtime}). So it can be run under a seeded schedule that delays,
 * drops, doubles and reorders everything, and each promise checked after each step.
 *
 * <p>It is built in rooms, one above the other; each knows those below it and none above:
 *
 * <pre>
 * engine                                 the order of things: TaskEngine, Repair, Restoration
 * react                                  what follows from events, probes and ends
 * calls                                  agents and operators, and their waits
 * limits                                 deadlines and budgets
 * messaging   requests   notify          what is told and asked
 * lifecycle   probe                      states | how far a session is
 * scheduling                             slots and the queue for them
 * model                                  tasks, sessions, timers, the unit of work
 * protocol                               inputs, answers, effects, changes
 * </pre>
 *
 * <p>Imports {@code task}, {@code settings}, {@code rights} and {@code character} only.
 */
@NullMarked
package dev.sideline.background.engine;

import org.jspecify.annotations.NullMarked;
