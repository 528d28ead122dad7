package dev.sideline.background.engine.model;

import dev.sideline.api.ToolUse;
import dev.sideline.api.ToolUse.State;
import dev.sideline.background.engine.protocol.Changes.MeterRow.ToolCalls;
import dev.sideline.background.engine.protocol.ProbeResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Counts the tool calls of a task, each once however often it is reported, and how often in a row
 * the same tool was called with the same arguments.
 *
 * <p>Remembers the newest calls only: what a host reports again is what has just changed, and a
 * probe reports half as many at most. Of each call it keeps a number made from the id, not the id
 * itself, which would take ten times the room in every task at work.
 */
public final class ToolMeter {

  private static final int REMEMBERED = 2 * ProbeResult.MAX_REPORTED_CALLS;
  private static final long FNV_START = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /**
   * Grows up to {@link #REMEMBERED}; from then on a call takes the place of the oldest. The lowest
   * bit tells whether its arguments were compared: a host may show a call before it knows them.
   */
  private long[] newest = new long[8];

  private int count;
  private String lastTool = "";
  private long lastWork;
  private int same;

  /** What is recorded of it. */
  ToolCalls row() {
    List<Long> recent = new ArrayList<>();
    for (int i = 0; i < Math.min(count, newest.length); i++) {
      recent.add(newest[i]);
    }
    return new ToolCalls(count, lastTool, recent, lastWork, same);
  }

  /** Takes up what is recorded. */
  void restore(ToolCalls recorded) {
    int size = newest.length;
    while (size < Math.min(recorded.recent().size(), REMEMBERED)) {
      size *= 2;
    }
    newest = new long[Math.min(size, REMEMBERED)];
    for (int i = 0; i < Math.min(recorded.recent().size(), newest.length); i++) {
      newest[i] = recorded.recent().get(i);
    }
    count = recorded.count();
    lastTool = recorded.last();
    lastWork = recorded.lastWork();
    same = recorded.same();
  }

  public void report(ToolUse use) {
    long call = hash(FNV_START, use.callId()) & ~1L;
    int at = find(call);
    if (at < 0) {
      at = remember(call);
      lastTool = use.tool();
    }
    boolean shown = use.state() != State.PENDING && !use.arguments().isEmpty();
    if (newest[at] == call && (shown || use.state().ended())) {
      newest[at] = call | 1;
      compare(use);
    }
  }

  public int count() {
    return count;
  }

  public String lastTool() {
    return lastTool;
  }

  /** How often in a row the last call was made. */
  int sameCalls() {
    return same;
  }

  private void compare(ToolUse use) {
    if (use.arguments().isEmpty() || isWaiting(use.tool())) {
      // Nobody knows what it was called with: it may have been anything. And whoever looks how far
      // its own tasks are does so in the same words each time.
      same = 0;
      return;
    }
    long work = hash(hash(FNV_START, use.tool()) * FNV_PRIME, use.arguments());
    same = same > 0 && work == lastWork ? same + 1 : 1;
    lastWork = work;
  }

  /** Whether a tool is one of ours to wait with, under whatever prefix the host gives it. */
  public static boolean isWaiting(String tool) {
    return tool.endsWith("background_output") || tool.endsWith("background_list");
  }

  private int remember(long call) {
    if (count == newest.length && count < REMEMBERED) {
      newest = Arrays.copyOf(newest, 2 * count);
    }
    int at = count % newest.length;
    newest[at] = call;
    count++;
    return at;
  }

  private int find(long call) {
    for (int i = Math.min(count, newest.length) - 1; i >= 0; i--) {
      if ((newest[i] & ~1L) == call) {
        return i;
      }
    }
    return -1;
  }

  /** FNV-1a: 64 bits, so that no two of a task's ids are ever taken for one. */
  private static long hash(long start, String text) {
    long hash = start;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }
}
