package dev.sideline.background.runtime;

import dev.sideline.api.HostContext;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.store.JdbcTaskStore;
import dev.sideline.background.store.KeptRows;
import dev.sideline.background.store.NoOpTaskStore;
import dev.sideline.background.store.SaveResult;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.Task;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
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
    try {
      TaskStore store = new JdbcTaskStore(database, OWNER, kept, writer, reader);
      return new Threaded(store, writer, reader);
    } catch (Throwable thrown) {
      writer.close(LAST_ROWS);
      reader.close(LAST_ROWS);
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

  /** A store and the threads that it writes and reads on, which end with it. */
  private record Threaded(TaskStore store, SerialThread writer, SerialThread reader)
      implements TaskStore {

    @Override
    public CompletionStage<SaveResult> save(Changes changes) {
      return store.save(changes);
    }

    @Override
    public CompletionStage<Recorded> load() {
      return store.load();
    }

    @Override
    public boolean isDurable() {
      return store.isDurable();
    }

    @Override
    public CompletionStage<Lookup.Found> find(Lookup lookup) {
      return store.find(lookup);
    }

    @Override
    public CompletionStage<List<Task>> page(long beforeNumber, int limit) {
      return store.page(beforeNumber, limit);
    }

    @Override
    public CompletionStage<Integer> purge(long endedBeforeMillis) {
      return store.purge(endedBeforeMillis);
    }

    @Override
    public void close() {
      try {
        store.close();
      } finally {
        reader.close(LAST_ROWS);
        writer.close(LAST_ROWS);
      }
    }
  }
}
