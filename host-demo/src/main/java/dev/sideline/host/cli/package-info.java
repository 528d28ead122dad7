/**
 * The command line: reads options, puts runtime, plugins and the command's own work together, and
 * takes them apart again in order.
 *
 * <p>May import everything in this program; nothing imports it. Runs on the main thread, which
 * waits; a shutdown hook closes what is open when the process is told to end. Results go to
 * standard output, all else to standard error.
 */
@NullMarked
package dev.sideline.host.cli;

import org.jspecify.annotations.NullMarked;
