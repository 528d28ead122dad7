/**
 * A real OpenCode server for tests, with a model that does as the test says.
 *
 * <p>{@link dev.sideline.host.opencode.harness.RealOpenCode} is a JUnit extension that runs one
 * server for a test class; {@link dev.sideline.host.model.ScriptedModelServer} is the model behind
 * it, whose rules a test writes:
 *
 * <pre>{@code
 * @RegisterExtension static final RealOpenCode opencode = RealOpenCode.server();
 *
 * opencode.model().when(Turn.lastUserContains("find the bug"))
 *     .reply(Reply.tool("bash", "{\"command\":\"ls\",\"description\":\"look\"}"))
 *     .reply(Reply.text("It is in line 7."));
 * }</pre>
 */
@NullMarked
package dev.sideline.host.opencode.harness;

import org.jspecify.annotations.NullMarked;
