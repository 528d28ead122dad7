/**
 * Tools over the Model Context Protocol: a list of tools becomes a server on a pair of streams, and
 * each call is given the session that it comes from.
 *
 * <p>Knows the API's tools and nothing of plugins or runtimes; only the command line imports it,
 * and what writes the other half of a caller's signature. Calls arrive on the SDK's reader thread
 * and are answered on whatever thread the tool completes on; nothing here blocks.
 */
@NullMarked
package dev.sideline.host.mcp;

import org.jspecify.annotations.NullMarked;
