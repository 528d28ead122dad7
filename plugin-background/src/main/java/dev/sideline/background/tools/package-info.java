/**
 * The tools: JSON in, text and JSON out, one class a tool. They check the form of what they are
 * given and decide nothing else. Imports {@code runtime}, {@code engine} (its inputs and answers),
 * {@code task}, {@code settings}, {@code rights}, {@code text}, {@code character} and Jackson; only
 * the entry point imports it.
 */
@NullMarked
package dev.sideline.background.tools;

import org.jspecify.annotations.NullMarked;
