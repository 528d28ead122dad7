/**
 * A model that does as a test says, for agent programs that ask it over HTTP as they ask a real
 * one.
 *
 * <p>{@link dev.sideline.host.model.ScriptedModelServer} is the server; a test gives it rules of
 * which {@link dev.sideline.host.model.Reply} a {@link dev.sideline.host.model.Turn} gets. It
 * speaks every {@link dev.sideline.host.model.WireFormat} at once: which one is meant, the path of
 * a request tells.
 */
@NullMarked
package dev.sideline.host.model;

import org.jspecify.annotations.NullMarked;
