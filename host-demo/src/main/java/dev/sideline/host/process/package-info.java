/**
 * The processes that this host has started, as trees: what belongs to one, and how all of it is
 * ended, also when the host itself has been killed. Knows no sessions and no agents; the parts that
 * start processes do it through {@link dev.sideline.host.process.ProcessTrees}. Safe for use from
 * any thread unless a class says otherwise.
 */
@NullMarked
package dev.sideline.host.process;

import org.jspecify.annotations.NullMarked;
