/**
 * What the operator can set, and how it is read. Imports {@code task}, for what is set in its
 * words.
 */
@NullMarked
package dev.sideline.background.settings;

import org.jspecify.annotations.NullMarked;
