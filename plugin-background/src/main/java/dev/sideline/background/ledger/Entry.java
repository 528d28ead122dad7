package dev.sideline.background.ledger;

import dev.sideline.api.Failure;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.Task;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger holds of a task that is live or not yet retained: its record, and what is known
 * of it that is not worth recording.
 */
final class Entry {

  final Family family;
  Task task;
  private boolean touched;

  private long lastActivityMillis;
  private @Nullable String waitingFor;
  private @Nullable ToolMeter tools;
  private @Nullable UsageMeter usage;

  /** What the session has complained of since it was prompted. */
  @Nullable Failure complaint;

  /** Whether a look at the session is under way, and whether another is wanted after it. */
  boolean looking;

  boolean lookAgain;

  /** When the look that is under way, or was last, began; in epoch milliseconds. */
  long lookedMillis;

  /** Since when the session has been idle without a result, by every look; 0 if it is not. */
  long idleSinceMillis;

  /** How many looks in a row have shown nothing conclusive. */
  int looks;

  /** How often the prompt was sent again because it was not in the session. */
  int promptsRepeated;

  /** Whether it is just being sent again. */
  boolean repeating;

  /** When the present prompt was last accepted, in epoch milliseconds; 0 before it was. */
  long promptedMillis;

  /** How it will have ended once its session is quiet; set while it is being cancelled. */
  @Nullable Ending ending;

  /** Its right to run; null before it has one, and after it has ended. */
  Admission.@Nullable Slot slot;

  Agenda.@Nullable Item nextLook;
  Agenda.@Nullable Item graceEnd;
  private @Nullable Set<Waits.Waiter> waiters;

  /**
   * How a task that is being cancelled will have ended.
   *
   * @param by the session that asked for it; null if none did
   */
  record Ending(Outcome.Reason reason, @Nullable String detail, @Nullable String by) {}

  Entry(Family family, Task task) {
    this.family = family;
    this.task = task;
  }

  /** Whether this is the first change of the entry in this step. */
  boolean touch() {
    boolean first = !touched;
    touched = true;
    return first;
  }

  void untouch() {
    touched = false;
  }

  void signOfLife(long nowMillis) {
    lastActivityMillis = nowMillis;
  }

  long lastActivityMillis() {
    return lastActivityMillis;
  }

  void waitsFor(@Nullable String what) {
    waitingFor = what;
  }

  void report(ToolUse use) {
    if (tools == null) {
      tools = new ToolMeter();
    }
    tools.report(use);
  }

  void report(String messageId, Usage used) {
    if (usage == null) {
      usage = new UsageMeter();
    }
    usage.report(messageId, used);
  }

  void report(Map<String, Usage> used) {
    used.forEach(this::report);
  }

  Progress progress() {
    if (task.status().terminal()) {
      return task.progress();
    }
    if (tools == null && usage == null && lastActivityMillis == 0 && waitingFor == null) {
      return Progress.NONE;
    }
    return new Progress(
        tools == null ? 0 : tools.count(),
        tools == null ? null : tools.lastTool(),
        lastActivityMillis,
        usage == null ? Usage.NONE : usage.total(),
        waitingFor,
        0,
        false,
        List.of());
  }

  Set<Waits.Waiter> waiters() {
    return waiters == null ? Set.of() : waiters;
  }

  void addWaiter(Waits.Waiter waiter) {
    if (waiters == null) {
      waiters = new LinkedHashSet<>();
    }
    waiters.add(waiter);
  }

  void removeWaiter(Waits.Waiter waiter) {
    if (waiters != null) {
      waiters.remove(waiter);
      if (waiters.isEmpty()) {
        waiters = null;
      }
    }
  }

  /** Lets go of what only a live task needs. */
  void forgetWork() {
    tools = null;
    usage = null;
    waitingFor = null;
    complaint = null;
  }
}
