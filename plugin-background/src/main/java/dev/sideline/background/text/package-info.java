/**
 * What models are told, in words. Written with the care of a user interface, for a reader that acts
 * on what it reads. Imports {@code engine} (for its answers), {@code task}, {@code settings},
 * {@code rights} and {@code character}; on no thread of its own.
 */
@NullMarked
package dev.sideline.background.text;

import org.jspecify.annotations.NullMarked;
