/**
 * How the host writes files: whole or not at all, never through a name that somebody could have
 * foreseen, and never through a link that leads elsewhere.
 *
 * <p>Every part may import it; it imports the JDK and nothing else. Runs on the caller's thread.
 */
@NullMarked
package dev.sideline.host.file;

import org.jspecify.annotations.NullMarked;
