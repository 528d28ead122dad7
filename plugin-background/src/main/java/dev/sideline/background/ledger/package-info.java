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
 *   <li>{@code TaskCalls} answers agents. {@code Lifecycle} moves tasks through their states.
 *   <li>{@code Watch} follows their sessions: it decides when to look, and what a look means.
 *   <li>{@code Admission} holds the slots and the queue for them.
 *   <li>{@code Findings} judges from a session's messages how far its task is.
 *   <li>{@code Announcements} decides what parents are told, and that it arrives once.
 *   <li>{@code Waits} holds the calls that wait for tasks.
 *   <li>{@code Agenda} holds what is to be done at a later time.
 * </ul>
 *
 * Imports {@code task} and {@code settings} only.
 */
@NullMarked
package dev.sideline.background.ledger;

import org.jspecify.annotations.NullMarked;
