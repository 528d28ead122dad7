/**
 * How the host reads and writes files. It writes whole or not at all, never through a name that
 * somebody could have foreseen, and never through a link that leads elsewhere. It reads no more
 * than it can use.
 *
 * <p>Every part may import it; it imports the JDK and nothing else. Runs on the caller's thread.
 */
@NullMarked
package dev.sideline.host.file;

import org.jspecify.annotations.NullMarked;
