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
   *
   * @throws java.io.UncheckedIOException if it is to be made now and cannot be; the message says
   *     why
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

  /**
   * The clock that all times of this host are read from: when something was, as people tell it. It
   * may be set, forward and back, so that it does not tell how long something has taken; see {@link
   * #nanoTime}.
   */
  default Clock clock() {
    return Clock.systemUTC();
  }

  /**
   * A time that only goes on, to measure how long something takes: nanoseconds since some fixed but
   * arbitrary moment, which may be negative. Only the difference between two readings means
   * anything. It need not go on while the machine sleeps.
   */
  default long nanoTime() {
    return System.nanoTime();
  }

  /**
   * Tells the host something that it may show or record. The events of one task arrive in order. An
   * implementation must not block.
   */
  default void publish(PluginEvent event) {}
}
