package dev.sideline.api;

/**
 * Tokens and money that a message cost. The five token counts do not overlap: {@code input} leaves
 * out what came from a cache, {@code output} leaves out reasoning.
 *
 * @param costUsd in US dollars, 0 if the host knows no price
 */
public record Usage(
    long input, long output, long reasoning, long cacheRead, long cacheWrite, double costUsd) {

  /** Nothing used. */
  public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0);

  public Usage {
    if (!Double.isFinite(costUsd)) {
      throw new IllegalArgumentException("costUsd is " + costUsd + ", but has to be a number");
    }
  }

  /** All tokens together. */
  public long tokens() {
    return input + output + reasoning + cacheRead + cacheWrite;
  }

  /** The sum of both. */
  public Usage plus(Usage other) {
    return new Usage(
        input + other.input,
        output + other.output,
        reasoning + other.reasoning,
        cacheRead + other.cacheRead,
        cacheWrite + other.cacheWrite,
        costUsd + other.costUsd);
  }
}
