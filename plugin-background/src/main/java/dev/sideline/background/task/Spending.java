package dev.sideline.background.task;

import dev.sideline.api.Usage;

/**
 * What has been used. A sum that is too large is the largest that there is; see {@link Usage}.
 *
 * @param toolCalls tool calls
 * @param tokens tokens of all kinds
 * @param costUsd US dollars
 */
public record Spending(long toolCalls, long tokens, double costUsd) {

  /** Nothing. */
  public static final Spending NONE = new Spending(0, 0, 0);

  /** What a task has used. */
  public static Spending of(int toolCalls, Usage usage) {
    return new Spending(toolCalls, usage.tokens(), usage.costUsd());
  }

  /** The sum of both. */
  public Spending plus(Spending other) {
    return new Spending(
        toolCalls + other.toolCalls,
        sum(tokens, other.tokens),
        Math.min(Double.MAX_VALUE, costUsd + other.costUsd));
  }

  private static long sum(long one, long other) {
    long sum = one + other;
    return one > 0 && other > 0 && sum < 0 ? Long.MAX_VALUE : sum;
  }

  /** This without another that is part of it. */
  public Spending minus(Spending other) {
    return new Spending(
        toolCalls - other.toolCalls, tokens - other.tokens, costUsd - other.costUsd);
  }
}
