package dev.sideline.examples;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.testing.TestHost;
import java.util.ServiceLoader;

/** The built plugin on a fake host whose agents answer everything with the same words. */
final class ExampleHost implements AutoCloseable {

  static final String SESSION = "conversation";
  static final String LAUNCH =
      """
      {"description": "Count the rooms", "agent": "counter", "prompt": "How many rooms?"}
      """;
  static final String WAIT_FOR_ALL = "{\"wait\": \"all\"}";
  static final String ANSWER = "There are 3 rooms.";

  private final TestHost host = new TestHost();
  private final PluginHooks hooks;

  ExampleHost() {
    host.sessions().addSession(SESSION);
    host.sessions().onTurn(prompt -> host.sessions().finish(prompt.sessionId(), ANSWER));
    hooks = host.activate(ServiceLoader.load(AgentPlugin.class).findFirst().orElseThrow());
  }

  PluginHooks hooks() {
    return hooks;
  }

  @Override
  public void close() {
    host.close();
  }
}
