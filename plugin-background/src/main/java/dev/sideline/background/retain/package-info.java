/**
 * Finished tasks in memory, bounded by count, bytes and lifetime, trimmed oldest first, which run
 * on the thread of the engine; and ids that were met lately. Imports {@code engine}, {@code task},
 * {@code settings} and Caffeine, which nothing else imports.
 */
@NullMarked
package dev.sideline.background.retain;

import org.jspecify.annotations.NullMarked;
