/**
 * The heart of the plugin: a deterministic state machine that makes every decision about tasks.
 *
 * <p>{@link dev.sideline.background.ledger.Ledger#apply} takes an input and the time and returns
 * what is to be recorded and what is to be done about it. There is no thread in here, no clock, no
 * I/O and no library but the JDK; randomness and ids are given. One thread at a time calls it (the
 * mailbox of {@code runtime}). So it can be run under a seeded schedule that delays, drops, doubles
 * and reorders everything, and each promise checked after each step.
 *
 * <p>Who decides what:
 *
 * <ul>
 *   <li>{@code Ledger} takes the inputs, finds whom they concern, and keeps the order of things.
 *   <li>{@code LaunchCalls} and {@code TaskCalls} answer agents; {@code References} finds the tasks
 *       that they mean, {@code Waits} holds the calls that wait.
 *   <li>{@code Lifecycle} moves tasks through their states; {@code Followers} has some start when
 *       others have ended.
 *   <li>{@code Admission} holds the limits and the queue, {@code Slots} who works and who waits to.
 *   <li>{@code Prompts} tells sessions what they have to know, one message at a time ({@code
 *       Outbox}).
 *   <li>{@code Watch} takes what is heard of sessions, {@code Reconciliation} asks the host; both
 *       have {@code Looks} look, and that alone decides what a look means. {@code Verdicts} says
 *       who acts on it: {@code Results} on answers, {@code Prompts} on failures.
 *   <li>{@code Findings} judges from a session's messages how far its task is.
 *   <li>{@code Requests} holds what agents ask.
 *   <li>{@code Guards} stops what does not end by itself.
 *   <li>{@code News} holds what a parent is to be told, {@code Announcements} decides when, {@code
 *       Deliveries} sees to it that it arrives once, {@code ParentTasks} to what it means for
 *       parents that are tasks; {@code Publisher} tells the host.
 *   <li>{@code Archive} keeps what has ended, {@code Accounts} what outlasts tasks, {@code Agenda}
 *       what is to be done at a later time.
 * </ul>
 *
 * Imports {@code task} and {@code settings} only.
 */
@NullMarked
package dev.sideline.background.ledger;

import org.jspecify.annotations.NullMarked;
