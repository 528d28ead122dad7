/**
 * The background plugin at work in this host, on a real OpenCode server: the built jar, loaded as a
 * user's host loads it.
 */
@NullMarked
package dev.sideline.host.tasks;

import org.jspecify.annotations.NullMarked;
