package dev.sideline.background.task;

import dev.sideline.api.Usage;

/**
 * What has been used.
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
        toolCalls + other.toolCalls, tokens + other.tokens, costUsd + other.costUsd);
  }

  /** This without another that is part of it. */
  public Spending minus(Spending other) {
    return new Spending(
        toolCalls - other.toolCalls, tokens - other.tokens, costUsd - other.costUsd);
  }
}
