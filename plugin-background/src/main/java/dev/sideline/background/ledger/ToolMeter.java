package dev.sideline.background.ledger;

import dev.sideline.api.ToolUse;
import java.util.Arrays;

/**
 * Counts the tool calls of a task, each once however often it is reported.
 *
 * <p>Remembers the newest calls only: what a host reports again is what has just changed. Of each
 * call it keeps a number made from the id, not the id itself, which would take ten times the room
 * in every task at work.
 */
final class ToolMeter {

  private static final int REMEMBERED = 64;

  /** Grows up to {@link #REMEMBERED}; from then on a call takes the place of the oldest. */
  private long[] newest = new long[8];

  private int count;
  private String lastTool = "";

  void report(ToolUse use) {
    long call = fingerprint(use.callId());
    if (remembers(call)) {
      return;
    }
    if (count == newest.length && count < REMEMBERED) {
      newest = Arrays.copyOf(newest, 2 * count);
    }
    newest[count % newest.length] = call;
    count++;
    lastTool = use.tool();
  }

  int count() {
    return count;
  }

  String lastTool() {
    return lastTool;
  }

  private boolean remembers(long call) {
    for (int i = Math.min(count, newest.length) - 1; i >= 0; i--) {
      if (newest[i] == call) {
        return true;
      }
    }
    return false;
  }

  /** FNV-1a: 64 bits, so that no two of a task's ids are ever taken for one. */
  private static long fingerprint(String id) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }
}
