/**
 * The sessions of an OpenCode server: its HTTP interface as a {@link
 * dev.sideline.api.SessionClient}, its event stream as calls of an {@link
 * dev.sideline.host.EventSink}, and the server's process where we start it ourselves.
 *
 * <p>Imports OkHttp and Jackson, the API and {@code dev.sideline.host}; nothing of the other
 * packages of the host.
 *
 * <p>Threads (OkHttp gives them the name of the server for the time of a call): calls complete on
 * the threads {@code sideline-opencode-http-N}, events arrive on {@code sideline-opencode-events},
 * and delays (deadlines, reconnects, polls) are counted on {@code sideline-opencode-timer}, which
 * never runs anything that takes long. All are daemons and end with {@link
 * dev.sideline.host.opencode.OpenCodeRuntime#close}.
 */
@NullMarked
package dev.sideline.host.opencode;

import org.jspecify.annotations.NullMarked;
