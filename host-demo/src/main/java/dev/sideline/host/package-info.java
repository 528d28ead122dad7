/**
 * A host of Sideline plugins, and the two seams that its parts meet at: {@link
 * dev.sideline.host.SessionRuntime} and {@link dev.sideline.host.EventSink}.
 *
 * <p>Every package below may import this one; it imports nothing but the API and the log.
 */
@NullMarked
package dev.sideline.host;

import org.jspecify.annotations.NullMarked;
