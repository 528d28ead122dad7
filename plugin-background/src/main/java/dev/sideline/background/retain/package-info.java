/**
 * Settled tasks in memory, bounded by count, bytes and lifetime, trimmed oldest first, which run on
 * the thread of the ledger; and ids that were met lately. Imports {@code ledger}, {@code task},
 * {@code settings} and Caffeine, which nothing else imports.
 */
@NullMarked
package dev.sideline.background.retain;

import org.jspecify.annotations.NullMarked;
