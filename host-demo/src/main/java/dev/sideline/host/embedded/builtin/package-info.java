/**
 * The programs behind the built-in agents. Each has a process of its own: it reads its prompt from
 * standard input, writes its answer to standard output, and a line that begins with {@code ::tool }
 * for each step that a person may want to see. One that asks has its prompt as an argument and
 * reads replies from standard input. They use the JDK only; nothing in the host calls them.
 */
@NullMarked
package dev.sideline.host.embedded.builtin;

import org.jspecify.annotations.NullMarked;
