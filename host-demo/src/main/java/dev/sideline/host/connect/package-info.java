/**
 * Writes what another program needs so that its agents have the tools: its configuration entry, its
 * half of the caller's signature, the key.
 *
 * <p>Only the command line imports it. Runs on the caller's thread and does file work only; every
 * file is read whole, changed in memory, checked, and put in place in one step.
 */
@NullMarked
package dev.sideline.host.connect;

import org.jspecify.annotations.NullMarked;
