/**
 * The contract between a host of agent sessions and its plugins: hooks for events, tools and
 * dispose, and the session client that a host gives to them.
 *
 * <p>Nothing here needs more than the JDK; JSON travels as text, so that host and plugin each use
 * the mapper they like. A host implements {@link dev.sideline.api.HostContext} and {@link
 * dev.sideline.api.SessionClient}; a plugin implements {@link dev.sideline.api.AgentPlugin}. {@link
 * dev.sideline.api.testing} has fakes of the host's side for the tests of plugin authors.
 */
@NullMarked
package dev.sideline.api;

import org.jspecify.annotations.NullMarked;
