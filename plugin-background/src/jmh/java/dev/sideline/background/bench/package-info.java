/**
 * What the plugin costs, measured through the real {@link
 * dev.sideline.background.runtime.BackgroundRuntime} with its threads, its engine and its store in
 * memory; only the host is replaced, by one that answers at once.
 *
 * <p>Imports anything of the plugin; nothing imports it. Run by JMH, see {@code
 * docs/performance.md}.
 */
@NullMarked
package dev.sideline.background.bench;

import org.jspecify.annotations.NullMarked;
