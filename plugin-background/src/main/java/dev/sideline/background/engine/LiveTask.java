package dev.sideline.background.engine;

import dev.sideline.api.Failure;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import dev.sideline.background.engine.Answer.ReplyStatus;
import dev.sideline.background.engine.Answer.SendStatus;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.Spending;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the engine holds of a task that is live or not yet archived: its record, and what is known
 * of it that is not worth recording.
 */
final class LiveTask {

  /** When a session was prompted that has had all the time to begin. */
  private static final long LONG_AGO_MILLIS = 1;

  final ParentSession parent;
  Task task;
  private boolean dirty;

  /** How often its state was recorded. */
  private int version;

  private boolean outcomeRecorded;

  /** What it was last found to take, in bytes. */
  private long weight;

  /** Whether there is no such task after all, because it could not be recorded. */
  boolean discarded;

  // --- its right to work; see AdmissionQueue and Slots

  @Nullable Lane lane;

  /** Whether it holds a slot. */
  boolean working;

  /** Its number in the queue for slots; 0 if it is not in it. */
  long queuedAs;

  int rank;
  int position;

  /** What it wants a slot for, while it waits for one; empty if it does not. */
  List<SlotUse> wanted = List.of();

  /** How many calls of its agent wait for its own tasks. */
  int blockedCalls;

  // --- what is known of its session; see SessionProber

  /** When it came to its present state, in epoch milliseconds. */
  long changedMillis;

  private long lastActivityMillis;
  private @Nullable String waitingFor;
  long nextTryMillis;
  private @Nullable ToolMeter tools;
  private @Nullable UsageMeter usage;

  /** What the session has complained of since it was prompted. */
  @Nullable Failure complaint;

  /** Whether a look at the session is under way, and whether another is wanted after it. */
  boolean probing;

  boolean probeAgain;

  /**
   * Whether the look that is under way began before a pause, and says nothing of what came then.
   */
  boolean probeIsStale;

  /**
   * Until when it is not judged for being late, because it was not looked at since a pause; in
   * epoch milliseconds, 0 if it was.
   */
  long unseenUntilMillis;

  /** When the look that is under way, or was last, began; in epoch milliseconds. */
  long probedMillis;

  /** When the session was last heard of as at work, in epoch milliseconds; 0 if never. */
  long heardAtWorkMillis;

  /** Since when the session has been idle without a result, by every look; 0 if it is not. */
  long idleSinceMillis;

  /** How many probes in a row have shown nothing conclusive. */
  int inconclusiveProbes;

  /** When the present prompt was last accepted, in epoch milliseconds; 0 before it was. */
  long promptedMillis;

  /** How far its agent was at the last look; see {@link ProbeResult#mark}. */
  long progressFingerprint;

  /** When that was; 0 if it was not looked at since it was last told something. */
  long fingerprintMillis;

  Timers.@Nullable Timer nextProbe;

  // --- what its session is told; see MessageSender

  private @Nullable MessageQueue queue;

  /** The id of the first message; null before that, and of a task from before a restart. */
  @Nullable String firstPromptId;

  /** A try to create or prompt its session that is to be made again; null if there is none. */
  Timers.@Nullable Timer nextTry;

  /** How often creating its session has failed. */
  int openFailures;

  // --- what it may take; see Watchdog

  /** Since when it has been retrying, in epoch milliseconds; 0 if it is not. */
  long retryingSinceMillis;

  /** Since when it is known to give no sign of life, in epoch milliseconds; 0 if it does. */
  long stalledSinceMillis;

  boolean nudged;

  /** Whether a look is under way that is to tell whether it has really been silent. */
  boolean verifyingSilence;

  /** What of its spending its tree's account has. */
  Spending booked = Spending.NONE;

  /** How many of its agent's fallback models were used. */
  int fallbacksUsed;

  // --- what it asks for; see Requests

  private @Nullable List<Request> requests;

  /** What the host lists as asked by it, and a look has still to confirm; null for nothing. */
  @Nullable List<PendingRequest> listed;

  // --- its result; see AnswerValidation

  boolean checking;

  /** The answer that is being checked. */
  @Nullable ProbeResult answer;

  boolean repaired;

  // --- its end

  /** How it will have ended once its session is quiet; set while it is being cancelled. */
  @Nullable Ending ending;

  Timers.@Nullable Timer graceEnd;

  /** When it is told to stop once more, if nothing is heard of what it was told. */
  Timers.@Nullable Timer reminder;

  /** Whether what follows from its end is done, or is just being done. */
  boolean wrappedUp;

  /** Whether its parent is not to be told of its end, whatever its options say. */
  boolean silenced;

  /** Tasks that start when it has ended. */
  @Nullable List<LiveTask> followers;

  /** How many tasks have to end before it may start. */
  int awaited;

  /**
   * How a task that is being stopped will have ended.
   *
   * @param by the session that asked for it; null if none did
   */
  record Ending(Outcome.Reason reason, @Nullable String detail, @Nullable String by) {}

  LiveTask(ParentSession parent, Task task) {
    this.parent = parent;
    this.task = task;
  }

  /** What it was last found to take, in bytes. */
  long weight() {
    return weight;
  }

  /**
   * Finds what it takes now.
   *
   * @return how many bytes more that is
   */
  long weigh() {
    long before = weight;
    weight = task.bytes() + (queue == null ? 0 : queue.bytes());
    return weight - before;
  }

  /** Whether this is the first change of the task in this step. */
  boolean markDirty() {
    boolean first = !dirty;
    dirty = true;
    return first;
  }

  /** Its state is being recorded; tells how often it has been, with this time. */
  long nextVersion() {
    dirty = false;
    return ++version;
  }

  /** Its outcome, which is being recorded; null if it has none, or it was before. */
  @Nullable Outcome unrecordedOutcome() {
    if (outcomeRecorded || task.outcome() == null) {
      return null;
    }
    outcomeRecorded = true;
    return task.outcome();
  }

  /** Whether it is being stopped because somebody wanted it to, and not for what it did. */
  boolean isCancelled() {
    return task.status() == TaskStatus.CANCELLING
        && ending != null
        && ending.reason().status() == TaskStatus.CANCELLED;
  }

  /** Whether its session has been prompted, and is not known to be at rest. */
  boolean mayBeAtWork() {
    return task.status().active() || task.status() == TaskStatus.CANCELLING;
  }

  /** Whether its agent is told to stop, for good or for another message. */
  boolean isBeingStopped() {
    return task.status() == TaskStatus.CANCELLING || beingInterrupted();
  }

  /**
   * Whether its agent waits for somebody in the middle of its work. What it is told meanwhile, it
   * reads when it may go on, and is not set to work by it.
   */
  boolean isHeld() {
    return !requests().isEmpty() || blockedCalls > 0;
  }

  /** The session that it runs in, which it has. */
  String session() {
    String session = task.session();
    if (session == null) {
      throw new IllegalStateException(task.id() + " has no session");
    }
    return session;
  }

  // --- progress

  void signOfLife(long nowMillis) {
    lastActivityMillis = nowMillis;
    stalledSinceMillis = 0;
  }

  long lastActivityMillis() {
    return lastActivityMillis;
  }

  /** Whether it was looked at since it last gave a sign of life. */
  boolean howFarKnown() {
    return fingerprintMillis != 0 && fingerprintMillis >= lastActivityMillis;
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

  /** Takes what a message has cost; tells whether that is news. */
  boolean report(String messageId, Usage used) {
    if (usage == null) {
      usage = new UsageMeter();
    }
    return usage.report(messageId, used);
  }

  /** Takes what a look has shown of what its agent has done. */
  void report(ProbeResult result) {
    result.toolUses().forEach(this::report);
    result.usage().forEach(this::report);
  }

  int toolCalls() {
    return tools == null ? 0 : tools.count();
  }

  /** How often in a row its agent has made the same tool call. */
  int sameCalls() {
    return tools == null ? 0 : tools.sameCalls();
  }

  Usage usage() {
    return usage == null ? Usage.NONE : usage.total();
  }

  Progress progress() {
    if (task.status().terminal()) {
      return task.progress();
    }
    if (tools == null
        && usage == null
        && lastActivityMillis == 0
        && waitingFor == null
        && stalledSinceMillis == 0
        && requests == null) {
      return Progress.NONE;
    }
    return new Progress(
        toolCalls(),
        tools == null ? null : tools.lastTool(),
        lastActivityMillis,
        usage(),
        waitingFor,
        nextTryMillis,
        stalledSinceMillis != 0,
        requests().stream().map(request -> request.asked).toList());
  }

  /** How far it was when it ended. */
  Progress lastProgress() {
    Progress now = progress();
    return new Progress(
        now.toolCalls(),
        now.lastTool(),
        now.lastActivityMillis(),
        now.usage(),
        null,
        0,
        false,
        List.of());
  }

  /** What it has used. */
  Spending spent() {
    return Spending.of(toolCalls(), usage());
  }

  /** Adds what it has used since the last time to its tree's account. */
  void book() {
    Spending spent = spent();
    parent.treeAccount.add(spent.minus(booked));
    booked = spent;
  }

  /** A new message has set its agent to work: what was seen before does not count any more. */
  void prompted(long nowMillis) {
    promptedMillis = nowMillis;
    idleSinceMillis = 0;
    inconclusiveProbes = 0;
    fingerprintMillis = 0;
    complaint = null;
    checking = false;
    stalledSinceMillis = 0;
  }

  // --- messages

  MessageQueue queue() {
    if (queue == null) {
      queue = new MessageQueue();
    }
    return queue;
  }

  /** Whether a message is on its way to its session, or will be. */
  boolean beingTold() {
    return queue != null && (queue.sending || !queue.isEmpty());
  }

  /** Whether its agent is being stopped so that it can be told something. */
  boolean beingInterrupted() {
    return queue != null && queue.interrupting;
  }

  /** Whether it is to be told what became of the message that began an activation. */
  boolean awaitsPromptOf(int activation) {
    return queue != null && queue.sending && queue.sentAs == activation;
  }

  /** The message that was sent last has not reached its session: what was before counts. */
  void takeBack(MessageQueue of, long promptedMillis) {
    task = task.activated(session(), of.promptBefore);
    prompted(promptedMillis);
  }

  /** Nothing more is sent to its session. */
  void closeQueue(SendStatus status, UnitOfWork unit) {
    if (nextTry != null) {
      nextTry = null;
      if (queue != null) {
        queue.sending = false;
        if (!task.status().terminal() && task.session() != null) {
          takeBack(queue, LONG_AGO_MILLIS);
        }
      }
    }
    if (queue != null) {
      queue.close(unit, this, status);
    }
  }

  // --- requests

  List<Request> requests() {
    return requests == null ? List.of() : requests;
  }

  @Nullable Request request(String id) {
    for (Request request : requests()) {
      if (request.asked.id().equals(id)) {
        return request;
      }
    }
    return null;
  }

  void addRequest(Request request) {
    if (requests == null) {
      requests = new ArrayList<>(1);
    }
    requests.add(request);
  }

  void removeRequest(Request request) {
    if (requests != null) {
      requests.remove(request);
      if (requests.isEmpty()) {
        requests = null;
      }
    }
  }

  /** Notes whether its parent knows of all that it asks. */
  void requestsTold(boolean told) {
    requests().forEach(request -> request.told = told);
  }

  /** Its requests will not be answered any more. */
  void closeRequests(UnitOfWork unit) {
    List.copyOf(requests())
        .forEach(request -> request.complete(unit, this, ReplyStatus.GONE, null));
    requests = null;
  }

  /** Whether its parent has to be told that it needs something. */
  boolean needsAttention() {
    if (task.status().terminal() || task.status() == TaskStatus.CANCELLING) {
      return false;
    }
    return stalledSinceMillis != 0 || requests().stream().anyMatch(request -> !request.told);
  }

  /** Lets go of what only a live task needs. */
  void forgetWork() {
    tools = null;
    usage = null;
    waitingFor = null;
    complaint = null;
    queue = null;
    answer = null;
    listed = null;
  }
}
