package dev.sideline.host.embedded.store;

import java.util.List;

/**
 * Some of the sessions that are more than may stay, each after those below it.
 *
 * @param asOfMillis when that was so, by the clock; one that was used since may stay
 */
public record Surplus(List<String> sessionIds, long asOfMillis) {

  public Surplus {
    sessionIds = List.copyOf(sessionIds);
  }
}
