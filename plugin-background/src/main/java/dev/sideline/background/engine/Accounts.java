package dev.sideline.background.engine;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The accounts of all sessions that have ever launched tasks: bounded, and the one that was not
 * used for longest goes first.
 */
final class Accounts {

  private static final int MAX_ACCOUNTS = 20_000;

  private final Map<String, Account> bySession =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Account> eldest) {
          return size() > MAX_ACCOUNTS;
        }
      };

  /** The account of a session, which it has from now on. */
  Account of(String session) {
    return bySession.computeIfAbsent(session, key -> new Account());
  }

  /** A session has gone for good. */
  void close(String session) {
    bySession.remove(session);
  }
}
