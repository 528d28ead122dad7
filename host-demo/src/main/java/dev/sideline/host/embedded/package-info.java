/**
 * Sessions without any server: kept in memory, and in a database if there is one, and an agent is a
 * command that is run for each prompt. {@link dev.sideline.host.embedded.EmbeddedRuntime} is the
 * way in; {@link dev.sideline.host.embedded.AgentFile} reads the agents that an operator has
 * configured.
 *
 * <p>Three threads, whatever the number of sessions: one owns the sessions and tells of events, one
 * answers calls (so that what a plugin does with an answer holds up no session), one starts, reads
 * and ends the commands. A fourth writes to the database. Only {@code cli} imports this package; it
 * imports the API and {@code dev.sideline.host}.
 */
@NullMarked
package dev.sideline.host.embedded;

import org.jspecify.annotations.NullMarked;
