/**
 * The way of an event from a runtime to the plugins: a bounded queue and a delivery thread for each
 * plugin, so that neither a flood nor a slow plugin holds up the reader of the stream or another
 * plugin.
 *
 * <p>May import {@code dev.sideline.host} and the API; imported by {@code plugin} and {@code cli}.
 * The runtime's threads put events in; the threads {@code sideline-events-*} take them out.
 */
@NullMarked
package dev.sideline.host.event;

import org.jspecify.annotations.NullMarked;
