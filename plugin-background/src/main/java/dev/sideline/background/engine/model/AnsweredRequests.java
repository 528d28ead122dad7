package dev.sideline.background.engine.model;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The requests that nobody waits for any more. A host may tell of them late, and goes on listing
 * those of agents that were stopped.
 */
public final class AnsweredRequests {

  private static final int REMEMBERED = 4_096;

  private final Map<String, Boolean> ids =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  public void remember(String requestId) {
    ids.put(requestId, Boolean.TRUE);
  }

  public boolean contains(String requestId) {
    return ids.containsKey(requestId);
  }
}
