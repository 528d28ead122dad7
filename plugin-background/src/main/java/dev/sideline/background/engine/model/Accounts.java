package dev.sideline.background.engine.model;

import dev.sideline.background.engine.protocol.Changes.AccountRow;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The accounts of all sessions that have ever launched tasks. Those that are held, because a
 * session or one below it has tasks, stay. Of the others there is a bound, and the one that was not
 * used for longest goes first.
 */
public final class Accounts {

  private static final int MAX_IDLE = 20_000;

  private static final class Held {
    private final Account account;
    private int holders;
    private boolean closed;

    private Held(Account account) {
      this.account = account;
    }
  }

  private final UnitOfWork unit;

  private final Map<String, Held> held = new HashMap<>();

  private final Map<String, Account> idle =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Account> eldest) {
          boolean full = size() > MAX_IDLE;
          if (full) {
            unit.closeAccount(eldest.getKey());
          }
          return full;
        }
      };

  public Accounts(UnitOfWork unit) {
    this.unit = unit;
  }

  /** Takes up those that are recorded. */
  void restore(Collection<AccountRow> recorded) {
    recorded.forEach(row -> idle.put(row.session(), Account.restored(row, unit)));
  }

  /** The account of a session; a new one, which is not kept, if it has none. */
  public Account of(String session) {
    Held known = held.get(session);
    if (known != null) {
      return known.account;
    }
    Account account = idle.get(session);
    return account == null ? new Account(session, unit) : account;
  }

  /**
   * The account of a session, which it has from now on, and keeps until it is released as often.
   */
  public Account hold(String session) {
    Held known = held.get(session);
    if (known == null) {
      known = new Held(of(session));
      held.put(session, known);
      idle.remove(session);
    }
    known.holders++;
    return known.account;
  }

  /** The account of a session is not needed any more by one that has held it. */
  public void release(String session) {
    Held known = held.get(session);
    if (known != null) {
      known.holders--;
      if (known.holders == 0) {
        held.remove(session);
        if (known.closed) {
          unit.closeAccount(session);
        } else {
          idle.put(session, known.account);
        }
      }
    }
  }

  /** A session has gone for good. What still works below it counts until it has ended. */
  public void close(String session) {
    if (idle.remove(session) != null) {
      unit.closeAccount(session);
    }
    Held known = held.get(session);
    if (known != null) {
      known.closed = true;
    }
  }
}
