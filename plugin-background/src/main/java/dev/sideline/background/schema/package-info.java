/**
 * Whether an answer fits the JSON Schema that it was asked to fit, and whether a text is such a
 * schema at all. Both are written by models, so whatever they are, the effort is bounded: no schema
 * is fetched from elsewhere, regular expressions take time in proportion to the text, and what
 * takes too many steps is given up. Runs on a thread of {@code runtime} of its own. Imports {@code
 * engine} (for the result of a check), {@code character}, Jackson, and alone the validator and
 * RE2/J.
 */
@NullMarked
package dev.sideline.background.schema;

import org.jspecify.annotations.NullMarked;
