/**
 * The heart of the plugin: a deterministic state machine that makes every decision about tasks.
 *
 * <p>{@link dev.sideline.background.engine.TaskEngine#apply} takes an input and the time and
 * returns what is to be recorded and what is to be done about it. There is no thread in here, no
 * clock, no I/O and no library but the JDK; randomness and ids are given. One thread at a time
 * calls it (the mailbox of {@code runtime}). So it can be run under a seeded schedule that delays,
 * drops, doubles and reorders everything, and each promise checked after each step.
 *
 * <p>Who decides what:
 *
 * <ul>
 *   <li>{@code TaskEngine} takes the inputs, finds whom they concern, and keeps the order of
 *       things.
 *   <li>{@code LaunchHandler} and {@code TaskCallHandler} answer agents; {@code TaskResolver} finds
 *       the tasks that they mean, {@code WaitingCalls} holds the calls that wait.
 *   <li>{@code Lifecycle} moves tasks through their states; {@code Followers} has some start when
 *       others have ended.
 *   <li>{@code AdmissionQueue} holds the limits and the queue, {@code Slots} who works and who
 *       waits to.
 *   <li>{@code MessageSender} tells sessions what they have to know, one message at a time ({@code
 *       MessageQueue}).
 *   <li>{@code SessionEventHandler} takes what is heard of sessions, {@code Reconciler} asks the
 *       host; both have {@code SessionProber} look, and that alone decides what a look means.
 *       {@code Verdicts} says who acts on it: {@code AnswerValidation} on answers, {@code
 *       MessageSender} on failures.
 *   <li>{@code ProbeClassifier} judges from a session's messages how far its task is.
 *   <li>{@code Requests} holds what agents ask.
 *   <li>{@code Watchdog} stops what does not end by itself.
 *   <li>{@code PendingNotifications} holds what a parent is to be told, {@code NotificationPolicy}
 *       decides when, {@code NotificationSender} sees to it that it arrives once, {@code
 *       ParentTasks} to what it means for parents that are tasks; {@code Publisher} tells the host.
 *   <li>{@code Archive} keeps what has ended, {@code Accounts} what outlasts tasks, {@code Timers}
 *       what is to be done at a later time.
 * </ul>
 *
 * Imports {@code task} and {@code settings} only.
 */
@NullMarked
package dev.sideline.background.engine;

import org.jspecify.annotations.NullMarked;
