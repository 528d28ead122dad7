/**
 * The plugin: its one entry point, which a host finds through {@code ServiceLoader} or PF4J. Where
 * to look for what:
 *
 * <ul>
 *   <li>{@code task}: what a task is.
 *   <li>{@code engine}: what is decided about tasks.
 *   <li>{@code runtime}: how the decisions are carried out in a host.
 *   <li>{@code retain}: finished tasks in memory. {@code store}: the record of all tasks.
 *   <li>{@code schema}: whether an answer fits the schema that it has to fit.
 *   <li>{@code tools}: what agents call. {@code text}: what they are told.
 *   <li>{@code settings}: what an operator sets. {@code rights}: what a launch may ask for.
 *   <li>{@code character}: text of others, character by character.
 * </ul>
 *
 * <p>Who may import whom: {@code ImportRulesTest}. How it all goes together, and where a change
 * belongs: {@code docs/architecture.md}.
 */
@NullMarked
package dev.sideline.background;

import org.jspecify.annotations.NullMarked;
