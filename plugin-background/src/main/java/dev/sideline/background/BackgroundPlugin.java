package dev.sideline.background;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.HostContext;
import dev.sideline.api.PluginHooks;

/** Background tasks for the agents of a host; see the package. */
public final class BackgroundPlugin implements AgentPlugin {

  @Override
  public PluginHooks activate(HostContext host) {
    return new PluginHooks() {};
  }
}
