package dev.sideline.background.runtime;

import dev.sideline.api.HostContext;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.store.JdbcTaskStore;
import dev.sideline.background.store.KeptRows;
import dev.sideline.background.store.NoOpTaskStore;
import dev.sideline.background.store.TaskStore;
import java.time.Duration;
import javax.sql.DataSource;

/** The store of a host: in its database, if it has one. */
public final class TaskStores {

  /** All who use the same database one after the other; at the same time, only one may. */
  private static final String OWNER = "sideline";

  /** How long the thread stays that reads, once there is nothing to be read. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  /** How long what is being written may take when the host ends. */
  private static final Duration LAST_ROWS = Duration.ofSeconds(10);

  private TaskStores() {}

  /**
   * Opens it.
   *
   * @throws dev.sideline.background.store.StoreException if it cannot be used; its message says
   *     what to do
   */
  public static TaskStore of(HostContext host, Settings settings) {
    return host.dataSource()
        .map(database -> in(database, kept(settings, new HostTime(host))))
        .orElseGet(NoOpTaskStore::new);
  }

  private static TaskStore in(DataSource database, KeptRows kept) {
    SerialThread writer = new SerialThread("sideline-store", Duration.ZERO);
    SerialThread reader = new SerialThread("sideline-record", IDLE);
    Runnable endThreads =
        () -> {
          reader.close(LAST_ROWS);
          writer.close(LAST_ROWS);
        };
    try {
      return new JdbcTaskStore(database, OWNER, kept, writer, reader, endThreads);
    } catch (Throwable thrown) {
      endThreads.run();
      throw thrown;
    }
  }

  private static KeptRows kept(Settings settings, HostTime time) {
    Settings.Retention retention = settings.retention();
    return new KeptRows(
        retention.maxCount(),
        retention.maxRecorded(),
        retention.maxRecordedChars(),
        retention.recordedLifetime(),
        time::wallMillis);
  }
}
