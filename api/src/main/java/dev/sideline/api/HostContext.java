package dev.sideline.api;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/** What a host offers to a plugin. All methods may be called from any thread and do not block. */
public interface HostContext {

  /** The sessions of the host. */
  SessionClient sessions();

  /**
   * The plugin's settings as the operator wrote them: flat keys and values, such as {@code
   * max_running=8}. Never changes while the plugin is active.
   */
  default Map<String, String> settings() {
    return Map.of();
  }

  /**
   * A directory in which the plugin may keep files. It exists, and no other plugin uses it. Empty
   * if the host keeps nothing on disk.
   */
  default Optional<Path> dataDirectory() {
    return Optional.empty();
  }

  /**
   * A database for the plugin's records, if the host has one. The host closes it, after dispose.
   */
  default Optional<DataSource> dataSource() {
    return Optional.empty();
  }

  /** The clock that all times of this host are read from. */
  default Clock clock() {
    return Clock.systemUTC();
  }

  /**
   * Tells the host something that it may show or record. The events of one task arrive in order. An
   * implementation must not block.
   */
  default void publish(PluginEvent event) {}
}
