package dev.sideline.background.engine;

import dev.sideline.api.Usage;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adds up what the messages of a task cost, each message once however often it is reported.
 *
 * <p>Remembers the messages one by one, because any of them may be reported again with a larger
 * figure; the oldest are folded into one sum beyond a bound, and are by then not growing any more.
 */
final class UsageMeter {

  private static final int MAX_MESSAGES = 2 * ProbeClassifier.MAX_REPORTED_MESSAGES;

  private final Map<String, Usage> byMessage = new LinkedHashMap<>();
  private Usage total = Usage.NONE;

  /**
   * Takes a report. One of more for the same message takes its place; one of less is old, and comes
   * late. Tells whether it is news.
   */
  boolean report(String messageId, Usage usage) {
    Usage before = byMessage.get(messageId);
    if (before != null && (usage.tokens() < before.tokens() || usage.equals(before))) {
      return false;
    }
    byMessage.put(messageId, usage);
    if (before != null) {
      total = total.plus(difference(usage, before));
      return true;
    }
    if (byMessage.size() > MAX_MESSAGES) {
      byMessage.remove(byMessage.keySet().iterator().next());
    }
    total = total.plus(usage);
    return !usage.equals(Usage.NONE);
  }

  Usage total() {
    return total;
  }

  private static Usage difference(Usage now, Usage before) {
    return new Usage(
        now.input() - before.input(),
        now.output() - before.output(),
        now.reasoning() - before.reasoning(),
        now.cacheRead() - before.cacheRead(),
        now.cacheWrite() - before.cacheWrite(),
        now.costUsd() - before.costUsd());
  }
}
