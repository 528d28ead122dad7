/**
 * Text of others, character by character: what is done to it before it is cut, shown or passed on.
 *
 * <p>Needs the JDK alone. Safe for use from any thread.
 */
@NullMarked
package dev.sideline.background.character;

import org.jspecify.annotations.NullMarked;
