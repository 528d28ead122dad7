package dev.sideline.host.record;

import dev.sideline.host.DaemonThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backs up the databases of a folder once a day for as long as they are open, on a thread of its
 * own ({@code sideline-backups}): one that is damaged tomorrow can be gone on with as it is today.
 */
final class DailyBackups implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DailyBackups.class);

  private static final Duration AGE = Duration.ofDays(1);

  /** Not while everything else begins. */
  private static final long FIRST_SECONDS = 30;

  private static final long BETWEEN_SECONDS = 3_600;

  private final Set<Path> databases = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer = DaemonThreads.timer("sideline-backups");

  DailyBackups() {
    var unused =
        timer.scheduleWithFixedDelay(
            this::makeAll, FIRST_SECONDS, BETWEEN_SECONDS, TimeUnit.SECONDS);
  }

  void add(Path database) {
    databases.add(database);
  }

  private void makeAll() {
    for (Path database : databases) {
      makeIfOld(database, Clock.systemUTC());
    }
  }

  static void makeIfOld(Path database, Clock clock) {
    Backups backups = new Backups(database, clock);
    if (!backups.olderThan(AGE)) {
      return;
    }
    try (Connection connection = SqliteDatabase.look(database)) {
      Path made = backups.make(connection, Backups.Kind.DAILY);
      LOG.debug("{} is backed up in {}", database, made);
    } catch (IOException | SQLException e) {
      LOG.warn("{} could not be backed up: {}", database, e.getMessage());
    }
  }

  /** Waits for one that is being made, within two seconds. */
  @Override
  public void close() {
    DaemonThreads.end(timer);
  }
}
