package dev.sideline.background.engine.model;

import dev.sideline.api.Usage;
import dev.sideline.background.engine.protocol.Changes.MeterRow.Costs;
import dev.sideline.background.engine.protocol.Changes.MeterRow.MessageCost;
import dev.sideline.background.engine.protocol.ProbeResult;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adds up what the messages of a task cost, each message once however often it is reported.
 *
 * <p>Remembers the messages one by one, because any of them may be reported again with a larger
 * figure; the oldest are folded into one sum beyond a bound, and are by then not growing any more.
 */
public final class UsageMeter {

  private static final int MAX_MESSAGES = 2 * ProbeResult.MAX_REPORTED_MESSAGES;

  private final Map<String, Usage> byMessage = new LinkedHashMap<>();
  private Usage total = Usage.NONE;

  /**
   * Takes a report. One of more for the same message takes its place; one of less is old, and comes
   * late. Tells whether it is news.
   */
  public boolean report(String messageId, Usage usage) {
    Usage before = byMessage.get(messageId);
    if (before != null && (usage.tokens() < before.tokens() || usage.equals(before))) {
      return false;
    }
    byMessage.put(messageId, usage);
    if (before != null) {
      total = replaced(before, usage);
      return true;
    }
    if (byMessage.size() > MAX_MESSAGES) {
      byMessage.remove(byMessage.keySet().iterator().next());
    }
    total = total.plus(usage);
    return !usage.equals(Usage.NONE);
  }

  /** What is recorded of it. */
  Costs row() {
    return new Costs(
        total,
        byMessage.entrySet().stream()
            .map(message -> new MessageCost(message.getKey(), message.getValue()))
            .toList());
  }

  /** Takes up what is recorded. */
  void restore(Costs recorded) {
    total = recorded.total();
    recorded.recent().forEach(message -> byMessage.put(message.messageId(), message.usage()));
  }

  public Usage total() {
    return total;
  }

  /** The total with another figure for a message that is in it. */
  private Usage replaced(Usage before, Usage now) {
    return new Usage(
        replaced(total.input(), before.input(), now.input()),
        replaced(total.output(), before.output(), now.output()),
        replaced(total.reasoning(), before.reasoning(), now.reasoning()),
        replaced(total.cacheRead(), before.cacheRead(), now.cacheRead()),
        replaced(total.cacheWrite(), before.cacheWrite(), now.cacheWrite()),
        Math.min(Double.MAX_VALUE, total.costUsd() + (now.costUsd() - before.costUsd())));
  }

  private static long replaced(long total, long before, long now) {
    long sum = total - before + now;
    return total == Long.MAX_VALUE || sum < 0 ? Long.MAX_VALUE : sum;
  }
}
