package dev.sideline.host.opencode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which directory a session works in, as far as we have seen: the server keeps states and pending
 * requests per directory and answers for one directory at a time.
 *
 * <p>Bounded: the sessions and the directories that were used longest ago are forgotten first. Safe
 * for use from any thread.
 */
final class Directories {

  private static final int MAX_SESSIONS = 20_000;
  private static final int MAX_DIRECTORIES = 64;

  private final Map<String, String> bySession = new Recent<>(MAX_SESSIONS);
  private final Map<String, Boolean> directories = new Recent<>(MAX_DIRECTORIES);

  /** Remembers where a session works. Does nothing if the directory is null. */
  synchronized void learn(String sessionId, @Nullable String directory) {
    if (directory != null) {
      bySession.put(sessionId, directory);
      directories.put(directory, true);
    }
  }

  synchronized void add(String directory) {
    directories.put(directory, true);
  }

  synchronized void forget(String sessionId) {
    bySession.remove(sessionId);
  }

  synchronized Optional<String> of(String sessionId) {
    String directory = bySession.get(sessionId);
    if (directory == null) {
      return Optional.empty();
    }
    directories.put(directory, true);
    return Optional.of(directory);
  }

  /** All directories that are known. */
  synchronized List<String> all() {
    return new ArrayList<>(directories.keySet());
  }
}
