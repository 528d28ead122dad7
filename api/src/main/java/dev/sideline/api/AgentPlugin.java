package dev.sideline.api;

import java.util.List;

/**
 * A plugin, as {@link java.util.ServiceLoader} finds it.
 *
 * <p>An implementation has a public constructor without parameters and no state of its own: what it
 * holds belongs to the hooks that {@link #activate} returns. A host may activate the same instance
 * again after it has disposed the hooks of the time before. What it says of itself it says before
 * it is activated, too, and always alike.
 */
public interface AgentPlugin {

  /** A name that tells it from other plugins and does not change from version to version. */
  default String id() {
    return getClass().getName();
  }

  /**
   * Its version, for people to read. By default the {@code Implementation-Version} of the jar that
   * it was loaded from; {@code unknown} if that has none.
   */
  default String version() {
    String version = getClass().getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }

  /** What can be set in {@link HostContext#settings}, in the order in which to show it. */
  default List<PluginSetting> settings() {
    return List.of();
  }

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
