package dev.sideline.host.embedded.store;

import java.time.Duration;

/**
 * How much stays recorded. What is beyond it goes, those sessions first that nobody has worked with
 * for longest, each with those below it; never one in which an agent is at work.
 *
 * @param age how long a session stays when nobody works with it or with one below it
 * @param characters how much text all sessions have together, that of tool calls included
 * @param sessions how many there are
 */
public record StoreLimits(Duration age, long characters, int sessions) {

  /** 30 days, a billion characters, 100,000 sessions. */
  public static final StoreLimits DEFAULT =
      new StoreLimits(Duration.ofDays(30), 1_000_000_000, 100_000);
}
