package dev.sideline.background.task;

import org.jspecify.annotations.Nullable;

/**
 * What may be used at most. A value of 0 is no limit.
 *
 * @param maxToolCalls tool calls
 * @param maxTokens tokens of all kinds
 * @param maxCostUsd US dollars
 */
public record Budget(long maxToolCalls, long maxTokens, double maxCostUsd) {

  /** No limit. */
  public static final Budget UNLIMITED = new Budget(0, 0, 0);

  /** Which limit has been passed, in a sentence; null if none has. */
  public @Nullable String exceededBy(Spending spent) {
    if (maxToolCalls > 0 && spent.toolCalls() > maxToolCalls) {
      return spent.toolCalls() + " tool calls were made; " + maxToolCalls + " are allowed";
    }
    if (maxTokens > 0 && spent.tokens() > maxTokens) {
      return spent.tokens() + " tokens were used; " + maxTokens + " are allowed";
    }
    if (maxCostUsd > 0 && Dollars.exceeds(spent.costUsd(), maxCostUsd)) {
      return Dollars.text(spent.costUsd())
          + " were spent; "
          + Dollars.text(maxCostUsd)
          + " are allowed";
    }
    return null;
  }
}
