package dev.sideline.background.runtime;

import dev.sideline.api.HostContext;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.store.JdbcTaskStore;
import dev.sideline.background.store.NoOpTaskStore;
import dev.sideline.background.store.SaveResult;
import dev.sideline.background.store.TaskStore;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/** The store of a host: in its database, if it has one. */
public final class TaskStores {

  /** All who use the same database one after the other; at the same time, only one may. */
  private static final String OWNER = "sideline";

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
    return host.dataSource().map(database -> in(database, settings)).orElseGet(NoOpTaskStore::new);
  }

  private static TaskStore in(DataSource database, Settings settings) {
    SerialThread writer = new SerialThread("sideline-store", Duration.ZERO);
    try {
      TaskStore store = new JdbcTaskStore(database, OWNER, settings.retention().maxCount(), writer);
      return new Threaded(store, writer);
    } catch (Throwable thrown) {
      writer.close(LAST_ROWS);
      throw thrown;
    }
  }

  /** A store and the thread that it writes on, which ends with it. */
  private record Threaded(TaskStore store, SerialThread writer) implements TaskStore {

    @Override
    public CompletionStage<SaveResult> save(Changes changes) {
      return store.save(changes);
    }

    @Override
    public CompletionStage<Recorded> load() {
      return store.load();
    }

    @Override
    public void close() {
      try {
        store.close();
      } finally {
        writer.close(LAST_ROWS);
      }
    }
  }
}
