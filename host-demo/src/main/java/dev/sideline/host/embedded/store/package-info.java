/**
 * Where embedded sessions are recorded, so that they outlive their process: a database that speaks
 * JDBC, written by one thread in groups of what has come meanwhile. {@link
 * dev.sideline.host.embedded.store.SessionStore} is the way in.
 *
 * <p>Knows nothing of commands, and nothing of which sessions are in memory. Only {@code embedded}
 * imports this package; it imports the API and {@code dev.sideline.host}. The SQL is the same for
 * SQLite and PostgreSQL.
 */
@NullMarked
package dev.sideline.host.embedded.store;

import org.jspecify.annotations.NullMarked;
