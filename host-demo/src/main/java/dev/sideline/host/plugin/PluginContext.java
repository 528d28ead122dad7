package dev.sideline.host.plugin;

import dev.sideline.api.HostContext;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionClient;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The host as one plugin sees it.
 *
 * @param settings of this plugin alone
 * @param dataDirectory of this plugin alone
 * @param published takes what the plugin publishes
 */
record PluginContext(
    SessionClient sessions,
    Map<String, String> settings,
    Optional<Path> dataDirectory,
    Clock clock,
    Consumer<PluginEvent> published)
    implements HostContext {

  @Override
  public void publish(PluginEvent event) {
    published.accept(event);
  }
}
