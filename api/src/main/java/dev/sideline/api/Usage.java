package dev.sideline.api;

/**
 * Tokens and money that a message cost. The five token counts do not overlap: {@code input} leaves
 * out what came from a cache, {@code output} leaves out reasoning.
 *
 * <p>What is less than nothing is taken as nothing. A sum that is too large for its type is the
 * largest value that there is: nobody is to be let go on because a count has run over.
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
    input = Math.max(0, input);
    output = Math.max(0, output);
    reasoning = Math.max(0, reasoning);
    cacheRead = Math.max(0, cacheRead);
    cacheWrite = Math.max(0, cacheWrite);
    costUsd = Math.max(0, costUsd);
  }

  /** All tokens together. */
  public long tokens() {
    return sum(sum(sum(input, output), sum(reasoning, cacheRead)), cacheWrite);
  }

  /** The sum of both. */
  public Usage plus(Usage other) {
    return new Usage(
        sum(input, other.input),
        sum(output, other.output),
        sum(reasoning, other.reasoning),
        sum(cacheRead, other.cacheRead),
        sum(cacheWrite, other.cacheWrite),
        Math.min(Double.MAX_VALUE, costUsd + other.costUsd));
  }

  private static long sum(long one, long other) {
    long sum = one + other;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
