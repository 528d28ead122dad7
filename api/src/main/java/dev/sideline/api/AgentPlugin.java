package dev.sideline.api;

/**
 * A plugin, as {@link java.util.ServiceLoader} finds it.
 *
 * <p>An implementation has a public constructor without parameters and no state of its own: what it
 * holds belongs to the hooks that {@link #activate} returns. A host may activate the same instance
 * again after it has disposed the hooks of the time before.
 */
public interface AgentPlugin {

  /**
   * Starts the plugin in a host.
   *
   * @param host what the host offers; usable until {@link PluginHooks#dispose} has returned
   * @return the hooks that the host calls from now on
   * @throws IllegalArgumentException if a setting of {@link HostContext#settings} is not valid; the
   *     message names the key, the value and what is allowed
   */
  PluginHooks activate(HostContext host);
}
