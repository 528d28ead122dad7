package dev.sideline.background.ledger;

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

  private static final int MAX_MESSAGES = 128;

  private final Map<String, Usage> byMessage = new LinkedHashMap<>();
  private Usage total = Usage.NONE;

  /** Takes a report; a later one for the same message replaces it. Tells whether it is news. */
  boolean report(String messageId, Usage usage) {
    Usage before = byMessage.put(messageId, usage);
    if (usage.equals(before)) {
      return false;
    }
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
