/**
 * Keeps a conversation from ending while its tasks are at work: what its program asks when a turn
 * ends, over the connection of the tools or over a socket, and what it is told.
 *
 * <p>Only the command line imports it.
 */
@NullMarked
package dev.sideline.host.hold;

import org.jspecify.annotations.NullMarked;
