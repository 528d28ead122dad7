/**
 * Writes what other programs need so that their agents have the tools: entries and hooks in their
 * configurations and, for OpenCode, its half of the caller's signature and the key.
 *
 * <p>An {@link dev.sideline.host.connect.AgentProgram} says which files it keeps and what each has
 * to hold; one mechanism edits them all. Every file is read whole, changed in memory, checked, and
 * put in place in one step; what it was before is kept, so that it can be given back to the byte.
 *
 * <p>Only the command line imports it. Runs on the caller's thread and does file work only.
 */
@NullMarked
package dev.sideline.host.connect;

import org.jspecify.annotations.NullMarked;
