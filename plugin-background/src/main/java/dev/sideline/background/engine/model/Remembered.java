package dev.sideline.background.engine.model;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ids of which something is still to be known when all else of them is forgotten: bounded, the
 * oldest go first.
 */
public final class Remembered<T> {

  private static final int MOST = 4_096;

  private final Map<T, Boolean> ids =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<T, Boolean> eldest) {
          return size() > MOST;
        }
      };

  public void remember(T id) {
    ids.put(id, Boolean.TRUE);
  }

  public boolean contains(T id) {
    return ids.containsKey(id);
  }
}
