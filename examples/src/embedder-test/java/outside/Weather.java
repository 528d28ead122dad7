package outside;

import dev.sideline.api.PluginHooks;
import dev.sideline.api.SessionClient;
import java.util.Set;

/** What lies between the host and the plugin. */
interface Weather extends AutoCloseable {

  /** Nothing. */
  Weather CALM =
      new Weather() {
        @Override
        public SessionClient over(SessionClient host, Set<String> parents) {
          return host;
        }

        @Override
        public PluginHooks over(PluginHooks plugin) {
          return plugin;
        }

        @Override
        public void close() {}
      };

  /** The host as the plugin reaches it. */
  SessionClient over(SessionClient host, Set<String> parents);

  /** The plugin as the host's events reach it. */
  PluginHooks over(PluginHooks plugin);

  @Override
  void close();
}
