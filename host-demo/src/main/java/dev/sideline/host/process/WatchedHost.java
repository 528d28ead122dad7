package dev.sideline.host.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is told to others of what this host starts: to its watcher, and to the next host. */
final class WatchedHost {

  private static final Logger log = LoggerFactory.getLogger(WatchedHost.class);

  private final @Nullable Path records;
  private boolean begun;
  private @Nullable TreeRecord record;
  private @Nullable Watcher watcher;
  private volatile OptionalLong limit = OptionalLong.empty();

  /**
   * @param records the folder; null to keep nothing
   */
  WatchedHost(@Nullable Path records) {
    this.records = records;
  }

  /** Before anything is started; a host that starts nothing has no watcher and writes nothing. */
  synchronized void begin(String host, SystemProcess self) {
    if (begun) {
      return;
    }
    begun = true;
    long number = TreeSigns.newLimit();
    if (records != null) {
      try {
        record = TreeRecord.create(records, host, self, number);
      } catch (IOException e) {
        log.info("What this host starts is not kept on disk: {}", e.toString());
      }
    }
    watcher = Watcher.start(host, self, number, record == null ? null : record.file()).orElse(null);
    if (ProcessTable.fileLocks(self.pid()).filter(set -> set == number).isPresent()) {
      limit = OptionalLong.of(number);
    }
  }

  /** The number that everything bears which this host starts, if it could be set. */
  OptionalLong limit() {
    return limit;
  }

  synchronized void started(SystemProcess root) {
    if (watcher != null) {
      watcher.started(root);
    }
    if (record != null) {
      try {
        record.started(root);
      } catch (IOException e) {
        log.info("A process is not kept on disk: {}", e.toString());
      }
    }
  }

  synchronized void ended(SystemProcess root) {
    if (watcher != null) {
      watcher.ended(root);
    }
    if (record != null) {
      record.ended(root);
    }
  }

  /**
   * The host ends.
   *
   * @param over whether nothing is left
   */
  synchronized void end(boolean over) {
    begun = true;
    if (over && record != null) {
      try {
        record.delete();
      } catch (IOException e) {
        log.info("{} stays, though nothing is left: {}", record.file(), e.toString());
      }
    }
    if (watcher != null) {
      watcher.end(over);
      watcher = null;
    }
  }
}
