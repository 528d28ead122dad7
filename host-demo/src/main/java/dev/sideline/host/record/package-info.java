/**
 * What outlives the process: the data folder, which has one owner at a time, and the databases in
 * it.
 *
 * <p>The only package that knows SQLite. May import {@code file}, {@code text} and {@code
 * dev.sideline.host}; only the command line and the owner's process import it, all others are given
 * a {@link javax.sql.DataSource}. Backups are made on a thread of its own; all else runs on the
 * caller's.
 */
@NullMarked
package dev.sideline.host.record;

import org.jspecify.annotations.NullMarked;
