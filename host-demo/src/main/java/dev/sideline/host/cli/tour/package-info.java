/**
 * The tour that a newcomer is given: real tasks on the embedded runtime, shown as they move.
 *
 * <p>Part of the command line. Knows tools and sessions only; meets the plugin by its tools' names
 * and their structured answers, as any host does. Runs on the main thread.
 */
@NullMarked
package dev.sideline.host.cli.tour;

import org.jspecify.annotations.NullMarked;
