/** Sideline's tools in the hands of other frameworks. The documents show these very files. */
@NullMarked
package dev.sideline.examples;

import org.jspecify.annotations.NullMarked;
