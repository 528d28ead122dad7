/**
 * What the operator can set, and how it is read. Imports {@code task}, for what is set in its
 * words, and {@code character}, for what is shown of what was written.
 */
@NullMarked
package dev.sideline.background.settings;

import org.jspecify.annotations.NullMarked;
