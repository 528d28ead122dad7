package dev.sideline.background.engine.model;

import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import dev.sideline.background.engine.protocol.Changes.MeterRow;
import dev.sideline.background.engine.protocol.Changes.MeterRow.Costs;
import dev.sideline.background.engine.protocol.Changes.MeterRow.ToolCalls;
import dev.sideline.background.task.Spending;
import dev.sideline.background.task.TaskId;
import org.jspecify.annotations.Nullable;

/** What is known of the work of a task's agent: when it gave a sign of life, what it has used. */
public final class Activity {

  /** That of an agent of which nothing was heard yet; never written. */
  static final Activity NONE = new Activity();

  /** Where it does not get on; most tasks do most of the time. */
  private static final class Trouble {
    private static final Trouble NONE = new Trouble();

    private @Nullable String waitingFor;
    private long nextTryMillis;
    private long retryingSinceMillis;
    private long stalledSinceMillis;
    private boolean verifyingSilence;
    private boolean nudged;
    private int continuations;
  }

  private long lastSignMillis;
  private @Nullable ToolMeter tools;
  private @Nullable UsageMeter usage;

  /** Whether the meters show more than was recorded. */
  private boolean metersDirty;

  /** What of its spending its tree's account has. */
  private Spending booked = Spending.NONE;

  private @Nullable Trouble trouble;

  /** Where it does not get on, to be read. */
  private Trouble known() {
    return trouble == null ? Trouble.NONE : trouble;
  }

  /** The same, to be written. */
  private Trouble trouble() {
    if (trouble == null) {
      trouble = new Trouble();
    }
    return trouble;
  }

  // --- signs of life

  void signOfLife(long nowMillis) {
    lastSignMillis = nowMillis;
    stallEnds();
  }

  /** When it last gave one, in epoch milliseconds; 0 if it never has. */
  long lastSignMillis() {
    return lastSignMillis;
  }

  /** Since when it is known to give none, in epoch milliseconds; 0 if it does. */
  long stalledSinceMillis() {
    return known().stalledSinceMillis;
  }

  public void stalled(long nowMillis) {
    trouble().stalledSinceMillis = nowMillis;
  }

  /** A new message has set it to work. */
  void prompted() {
    stallEnds();
  }

  private void stallEnds() {
    if (trouble != null) {
      trouble.stalledSinceMillis = 0;
    }
  }

  /** Whether a probe is under way that is to tell whether it has really been silent. */
  boolean verifyingSilence() {
    return known().verifyingSilence;
  }

  public void verifySilence(boolean verifying) {
    if (verifying || trouble != null) {
      trouble().verifyingSilence = verifying;
    }
  }

  /** Whether it was asked whether it goes on. */
  boolean nudged() {
    return known().nudged;
  }

  /** It is asked whether it goes on; tells whether it was not before. */
  public boolean nudge() {
    boolean first = !known().nudged;
    trouble().nudged = true;
    return first;
  }

  /** How often it was told to go on where it was broken off. */
  int continuations() {
    return known().continuations;
  }

  /** It is told to go on; tells how often it was before. */
  public int goOn() {
    return trouble().continuations++;
  }

  /** What it was last told so has not been sent. */
  public void takeBackGoOn() {
    Trouble told = trouble();
    told.continuations = Math.max(0, told.continuations - 1);
  }

  void restoreContinuations(int count) {
    trouble().continuations = count;
  }

  // --- what it waits for

  @Nullable String waitingFor() {
    return known().waitingFor;
  }

  void waitsFor(@Nullable String what) {
    if (what != null || trouble != null) {
      trouble().waitingFor = what;
    }
  }

  /** The host waits to try the agent's model again. */
  public void retrying(@Nullable String reason, long nextMillis, long nowMillis) {
    Trouble now = trouble();
    now.waitingFor = reason;
    now.nextTryMillis = nextMillis;
    if (now.retryingSinceMillis == 0) {
      now.retryingSinceMillis = nowMillis;
    }
  }

  /** Since when, in epoch milliseconds; 0 if it does not. */
  long retryingSinceMillis() {
    return known().retryingSinceMillis;
  }

  /** When it tries next, in epoch milliseconds; 0 if that is not known. */
  long nextTryMillis() {
    return known().nextTryMillis;
  }

  /** It was tried for too long. */
  public void triedInVain() {
    if (trouble != null) {
      trouble.retryingSinceMillis = 0;
    }
  }

  /** The agent is at work again. */
  public void retried() {
    if (trouble != null) {
      trouble.waitingFor = null;
      trouble.nextTryMillis = 0;
      trouble.retryingSinceMillis = 0;
    }
  }

  // --- what it has used

  public void report(ToolUse use) {
    if (tools == null) {
      tools = new ToolMeter();
    }
    tools.report(use);
    metersDirty = true;
  }

  /** What is to be recorded of its meters; null if nothing is new. */
  @Nullable MeterRow recordMeters(TaskId task) {
    if (!metersDirty) {
      return null;
    }
    metersDirty = false;
    return new MeterRow(
        task,
        tools == null ? ToolCalls.NONE : tools.row(),
        usage == null ? Costs.NONE : usage.row());
  }

  /** Takes up what is recorded of its meters. */
  void restore(MeterRow recorded) {
    if (!recorded.tools().equals(ToolCalls.NONE)) {
      tools = new ToolMeter();
      tools.restore(recorded.tools());
    }
    if (!recorded.usage().equals(Costs.NONE)) {
      usage = new UsageMeter();
      usage.restore(recorded.usage());
    }
  }

  /** Takes what a message has cost; tells whether that is news. */
  public boolean report(String messageId, Usage used) {
    if (usage == null) {
      usage = new UsageMeter();
    }
    boolean news = usage.report(messageId, used);
    metersDirty |= news;
    return news;
  }

  int toolCalls() {
    return tools == null ? 0 : tools.count();
  }

  @Nullable String lastTool() {
    return tools == null ? null : tools.lastTool();
  }

  /** How often in a row it has made the same tool call. */
  public int sameCalls() {
    return tools == null ? 0 : tools.sameCalls();
  }

  Usage usage() {
    return usage == null ? Usage.NONE : usage.total();
  }

  /** What it has used since the last time that this was asked for. */
  Spending bookNew() {
    Spending spent = Spending.of(toolCalls(), usage());
    Spending more = spent.minus(booked);
    booked = spent;
    return more;
  }
}
