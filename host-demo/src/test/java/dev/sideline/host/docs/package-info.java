/** What the documents say, done. */
@NullMarked
package dev.sideline.host.docs;

import org.jspecify.annotations.NullMarked;
