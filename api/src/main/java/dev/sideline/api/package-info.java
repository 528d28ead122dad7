/**
 * The contract between a host of agent sessions and its plugins. To be read in ten minutes, in this
 * order:
 *
 * <ol>
 *   <li><b>How a plugin comes to be.</b> {@link dev.sideline.api.AgentPlugin} is what a host finds;
 *       it gives it a {@link dev.sideline.api.HostContext} and gets {@link
 *       dev.sideline.api.PluginHooks}.
 *   <li><b>What a plugin may ask of the host.</b> {@link dev.sideline.api.SessionClient}: six
 *       methods that every host has, and some that it may have. It takes a {@link
 *       dev.sideline.api.NewSession} and a {@link dev.sideline.api.Prompt}, gives a {@link
 *       dev.sideline.api.Session}, {@link dev.sideline.api.Message}s and {@link
 *       dev.sideline.api.SessionStatus}es, and fails with a {@link
 *       dev.sideline.api.SessionException}.
 *   <li><b>What the host tells the plugin.</b> {@link dev.sideline.api.SessionEvent}s, which are
 *       hints: what they say can be asked for, too.
 *   <li><b>What the plugin gives to models.</b> {@link dev.sideline.api.Tool}s: a {@link
 *       dev.sideline.api.ToolCall} in, a {@link dev.sideline.api.ToolResult} out, later or with
 *       {@link dev.sideline.api.Tool#callAndWait}; {@link dev.sideline.api.CancelSource} gives a
 *       call up.
 *   <li><b>What the plugin tells the host.</b> {@link dev.sideline.api.PluginEvent}s, for a screen
 *       or a log.
 *   <li><b>What the people see who run the host.</b> {@link dev.sideline.api.TaskOperator}: all
 *       tasks as {@link dev.sideline.api.TaskSnapshot}s, a stop button, answers; {@link
 *       dev.sideline.api.PluginSetting}s.
 * </ol>
 *
 * <p>Nothing here needs more than the JDK; JSON travels as text, so that host and plugin each use
 * the mapper they like. Records with many parts are made with {@code of(...)}, which takes what
 * cannot be left out, and {@code with...} for the rest. Whatever is not said to be
 * {@code @Nullable} is never null. For the tests of both sides, {@code sideline-api-testkit} has
 * fakes of the host, the contract of a session client as tests, and a check for what a test leaves
 * behind.
 */
@NullMarked
package dev.sideline.api;

import org.jspecify.annotations.NullMarked;
