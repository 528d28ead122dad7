package dev.sideline.background.ledger;

import dev.sideline.api.ToolUse;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Counts the tool calls of a task, each once however often it is reported.
 *
 * <p>Remembers the newest calls only: what a host reports again is what has just changed.
 */
final class ToolMeter {

  private static final int REMEMBERED = 64;

  private final Set<String> newest = new LinkedHashSet<>();
  private int count;
  private String lastTool = "";

  void report(ToolUse use) {
    if (newest.add(use.callId())) {
      count++;
      lastTool = use.tool();
      if (newest.size() > REMEMBERED) {
        newest.remove(newest.iterator().next());
      }
    }
  }

  int count() {
    return count;
  }

  String lastTool() {
    return lastTool;
  }
}
