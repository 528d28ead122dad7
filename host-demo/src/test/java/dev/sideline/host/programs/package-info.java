/**
 * The agent programs that people use, for tests: real ones, fetched through npm at pinned versions,
 * each with a home of its own and with the {@link dev.sideline.host.model.ScriptedModelServer} for
 * its model. They reach nothing outside this machine.
 */
@NullMarked
package dev.sideline.host.programs;

import org.jspecify.annotations.NullMarked;
