package dev.sideline.host.embedded;

import java.time.Duration;

/**
 * Bounds of an {@link EmbeddedRuntime}. Beyond those for sessions and characters, what has been
 * quiet for longest is forgotten: whole sessions that have no children and do nothing.
 *
 * @param sessions how many sessions are kept
 * @param messagesPerSession how many messages a session keeps, the newest
 * @param keptCharacters how much text all sessions keep together
 * @param promptCharacters how long a prompt may be
 * @param answerCharacters how much of an answer is kept, its end
 * @param processes how many commands run at once; more wait for their turn
 * @param stopGrace how long a command that is stopped has until it is killed
 */
public record EmbeddedLimits(
    int sessions,
    int messagesPerSession,
    long keptCharacters,
    int promptCharacters,
    int answerCharacters,
    int processes,
    Duration stopGrace) {

  /** 10,000 sessions, 128 million characters, 1 MiB for an answer, 256 commands, 2 s. */
  public static final EmbeddedLimits DEFAULT =
      new EmbeddedLimits(10_000, 1_000, 128L << 20, 1 << 20, 1 << 20, 256, Duration.ofSeconds(2));
}
