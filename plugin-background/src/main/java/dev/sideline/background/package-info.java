/** The background plugin: its entry point. */
@NullMarked
package dev.sideline.background;

import org.jspecify.annotations.NullMarked;
