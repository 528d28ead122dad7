package dev.sideline.host.plugin;

import java.nio.file.Path;
import org.pf4j.JarPluginLoader;
import org.pf4j.JarPluginManager;
import org.pf4j.Plugin;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginState;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;
import org.pf4j.RuntimeMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jars that PF4J has loaded. Not for use by two threads at once, as PF4J is not.
 *
 * <p>PF4J gives each jar its class loader, checks {@code Plugin-Requires} and closes what it
 * opened. It is kept from the rest: its extension finder is never asked (it takes the providers of
 * shaded libraries for candidates), and a {@code Plugin-Class} is not run, so that no code of a
 * plugin runs on PF4J's thread: a plugin begins with {@code AgentPlugin.activate}.
 */
class PluginJars {

  /** The version that {@code Plugin-Requires} is checked against; never a pre-release. */
  static final String HOST_VERSION = "0.1.0";

  private static final Logger log = LoggerFactory.getLogger(PluginJars.class);

  private final Manager manager;

  PluginJars(Path directory) {
    manager = new Manager(directory);
    manager.setSystemVersion(HOST_VERSION);
  }

  /**
   * Loads one jar.
   *
   * @return the class loader of its plugin
   * @throws PluginRejectedException if PF4J does not take it; nothing of it stays loaded
   */
  ClassLoader load(PluginDescriptor descriptor) {
    String id = descriptor.id();
    if (manager.getPlugin(id) != null) {
      throw new PluginRejectedException("a plugin with the same id, " + id + ", is loaded already");
    }
    try {
      manager.loadPlugin(descriptor.jar());
    } catch (Throwable e) {
      // PF4J's own exceptions, those of its version parser for a Plugin-Requires that is none, and
      // whatever else a jar can bring about.
      unload(id);
      throw new PluginRejectedException("it cannot be loaded: " + e.getMessage(), e);
    }
    PluginWrapper plugin = manager.getPlugin(id);
    if (plugin.getPluginState() == PluginState.DISABLED) {
      unload(id);
      throw new PluginRejectedException(
          "it works with host versions "
              + descriptor.requires()
              + " (Plugin-Requires), and this host is "
              + HOST_VERSION);
    }
    if (manager.startPlugin(id) != PluginState.STARTED) {
      Throwable failure = plugin.getFailedException();
      unload(id);
      throw new PluginRejectedException("it cannot be started: " + failure, failure);
    }
    return plugin.getPluginClassLoader();
  }

  /** Stops and unloads one plugin and closes its class loader; does nothing if it is not loaded. */
  void unload(String id) {
    if (manager.getPlugin(id) == null) {
      return;
    }
    try {
      manager.stopPlugin(id);
      manager.unloadPlugin(id);
    } catch (Throwable e) {
      log.warn("Plugin {} was not unloaded cleanly", id, e);
    }
  }

  /** Unloads all, one by one on a copy of the list: PF4J's own loop trips over its removals. */
  void unloadAll() {
    for (PluginWrapper plugin : manager.getPlugins()) {
      unload(plugin.getPluginId());
    }
  }

  private static final class Manager extends JarPluginManager {

    Manager(Path directory) {
      super(directory);
    }

    /** Not from a system property: in development mode PF4J looks for classes, not for jars. */
    @Override
    public RuntimeMode getRuntimeMode() {
      return RuntimeMode.DEPLOYMENT;
    }

    @Override
    protected PluginLoader createPluginLoader() {
      return new Loader(this);
    }

    @Override
    protected PluginFactory createPluginFactory() {
      return wrapper -> new Plugin();
    }

    @Override
    protected PluginStatusProvider createPluginStatusProvider() {
      return new AlwaysEnabled();
    }
  }

  private static final class Loader extends JarPluginLoader {

    Loader(Manager manager) {
      super(manager);
    }

    @Override
    protected PluginClassLoader createPluginClassLoader(
        Path path, org.pf4j.PluginDescriptor descriptor) {
      return new PluginClassLoader(pluginManager, descriptor, PluginJars.class.getClassLoader()) {
        /** What host and plugin share is the host's, even if the jar brings it along. */
        @Override
        protected boolean shouldDelegateToParent(String className) {
          return className.startsWith("dev.sideline.api.")
              || className.startsWith("org.slf4j.")
              || super.shouldDelegateToParent(className);
        }
      };
    }
  }

  /** PF4J would read the names of disabled plugins from files in the plugin folder. */
  private static final class AlwaysEnabled implements PluginStatusProvider {

    @Override
    public boolean isPluginDisabled(String pluginId) {
      return false;
    }

    @Override
    public void disablePlugin(String pluginId) {}

    @Override
    public void enablePlugin(String pluginId) {}
  }
}
