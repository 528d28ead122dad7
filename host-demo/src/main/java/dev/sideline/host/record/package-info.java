/**
 * What outlives the process: the data folder, which has one owner at a time, and the databases in
 * it.
 *
 * <p>The only package that knows SQLite. May import {@code file} and {@code text}; only the command
 * line and the owner's process import it, all others are given a {@link javax.sql.DataSource}. No
 * threads of its own.
 */
@NullMarked
package dev.sideline.host.record;

import org.jspecify.annotations.NullMarked;
