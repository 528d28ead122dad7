/** The demo host's command line. */
@NullMarked
package dev.sideline.host.cli;

import org.jspecify.annotations.NullMarked;
