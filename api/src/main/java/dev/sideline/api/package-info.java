/**
 * The contract between a host of agent sessions and its plugins: hooks for events, tools and
 * dispose, and the session client that a host gives to them.
 *
 * <p>Nothing here needs more than the JDK; JSON travels as text, so that host and plugin each use
 * the mapper they like. A host implements {@link dev.sideline.api.HostContext} and {@link
 * dev.sideline.api.SessionClient}; a plugin implements {@link dev.sideline.api.AgentPlugin}. For
 * the tests of both, {@code sideline-api-testkit} has fakes of the host's side, the contract of a
 * {@code SessionClient} as tests, and a check for what a test leaves behind.
 */
@NullMarked
package dev.sideline.api;

import org.jspecify.annotations.NullMarked;
