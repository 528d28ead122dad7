package dev.sideline.host.embedded;

import java.time.Duration;

/**
 * Bounds of an {@link EmbeddedRuntime}. Beyond those for sessions and characters, what has been
 * quiet for longest is forgotten: whole sessions that have no children and do nothing.
 *
 * @param sessions how many sessions are kept
 * @param messagesPerSession how many messages a session keeps, the newest
 * @param keptCharacters how much text all sessions keep together, that of tool calls included
 * @param promptCharacters how long a prompt may be
 * @param answerCharacters how much of an answer is kept, its end; half as much of its tool calls
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

  /** One session keeps at most this part of what all of them may. */
  private static final int PART_OF_ONE = 8;

  /**
   * 10,000 sessions, 128 million characters, 1 MiB for an answer, 256 commands, 2 s: where the JVM
   * has little memory less, so that all commands can write without end at the same time.
   */
  public static final EmbeddedLimits DEFAULT = within(Runtime.getRuntime().maxMemory());

  /**
   * The usual limits for a JVM that has so much memory.
   *
   * @param bytes the most that its heap may grow to
   */
  static EmbeddedLimits within(long bytes) {
    return new EmbeddedLimits(
        10_000,
        1_000,
        Math.min(128L << 20, bytes / 16),
        1 << 20,
        (int) Math.max(16 << 10, Math.min(1 << 20, bytes / 512)),
        (int) Math.max(8, Math.min(256, bytes >> 20)),
        Duration.ofSeconds(2));
  }

  /**
   * How much text one session keeps, its newest; more than some prompts and answers in any case.
   */
  long charactersPerSession() {
    return Math.max(keptCharacters / PART_OF_ONE, 2L * promptCharacters + 4L * answerCharacters);
  }
}
