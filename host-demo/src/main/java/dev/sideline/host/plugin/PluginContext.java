package dev.sideline.host.plugin;

import dev.sideline.api.HostContext;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionClient;
import dev.sideline.host.file.FileProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The host as one plugin sees it, until that has been disposed. Thread-safe. */
final class PluginContext implements HostContext {

  private final PluginSessions sessions;
  private final Map<String, String> settings;
  private final @Nullable Path dataDirectory;
  private final @Nullable DataSource database;
  private final Clock clock;
  private final Consumer<PluginEvent> published;
  private volatile boolean closed;

  /**
   * @param settings of this plugin alone
   * @param dataDirectory of this plugin alone, made when it asks for it; null for none
   * @param database of this plugin alone; null for none
   * @param published takes what the plugin publishes
   */
  PluginContext(
      SessionClient sessions,
      Map<String, String> settings,
      @Nullable Path dataDirectory,
      @Nullable DataSource database,
      Clock clock,
      Consumer<PluginEvent> published) {
    this.sessions = new PluginSessions(sessions);
    this.settings = settings;
    this.dataDirectory = dataDirectory;
    this.database = database;
    this.clock = clock;
    this.published = published;
  }

  /** The plugin has been disposed: nothing passes any more, in either direction. Idempotent. */
  void close() {
    closed = true;
    sessions.close();
  }

  @Override
  public SessionClient sessions() {
    return sessions;
  }

  @Override
  public Map<String, String> settings() {
    return settings;
  }

  @Override
  public Optional<Path> dataDirectory() {
    if (dataDirectory == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.createDirectories(dataDirectory));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the data folder " + dataDirectory + " cannot be made: " + FileProblem.words(e), e);
    }
  }

  @Override
  public Optional<DataSource> dataSource() {
    return Optional.ofNullable(database);
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void publish(PluginEvent event) {
    if (!closed) {
      published.accept(event);
    }
  }
}
