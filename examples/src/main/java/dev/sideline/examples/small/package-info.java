/** The host of docs/writing-a-host.md: as little as a host may be, and right. */
@NullMarked
package dev.sideline.examples.small;

import org.jspecify.annotations.NullMarked;
