package dev.sideline.background.engine.model;

import dev.sideline.api.ToolUse;
import dev.sideline.background.engine.model.MessageQueue.Message;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Changes.MessageKey;
import dev.sideline.background.engine.protocol.Changes.MessageRow;
import dev.sideline.background.engine.protocol.Changes.MeterRow;
import dev.sideline.background.engine.protocol.Handling;
import dev.sideline.background.engine.protocol.Handling.Asked;
import dev.sideline.background.engine.protocol.Handling.Attempts;
import dev.sideline.background.engine.protocol.Handling.Messages;
import dev.sideline.background.engine.protocol.Handling.Told;
import dev.sideline.background.engine.protocol.ProbeResult;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.Spending;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A task that is live, or not yet archived: its record, and in parts of their own, made when they
 * are first needed, what is known of it besides.
 */
public final class LiveTask {

  /** When a session was prompted that has had all the time to begin. */
  private static final long LONG_AGO_MILLIS = 1;

  private final ParentSession parent;
  private Task record;
  private final RecordState recordState = new RecordState();
  private final SlotState slot = new SlotState();
  private @Nullable FollowState following;
  private @Nullable MessageQueue queue;
  private @Nullable ProbeState probe;
  private @Nullable Activity activity;
  private @Nullable List<Request> requests;
  private @Nullable AnswerCheck answerCheck;
  private @Nullable StopState stopping;

  /** How many calls of its agent wait for its own tasks. */
  private int blockedCalls;

  public LiveTask(ParentSession parent, Task record) {
    this.parent = parent;
    this.record = record;
  }

  /** A task that was recorded by an engine before. */
  static LiveTask restored(
      ParentSession parent,
      RecordedTask recorded,
      Function<Long, @Nullable MessageRow> messages,
      long nowMillis) {
    Task task = recorded.task();
    boolean ended = task.status().terminal();
    LiveTask live = new LiveTask(parent, task);
    live.recordState.restore(recorded.version(), ended);
    live.recordState.changed(ended ? task.settledMillis() : nowMillis);
    Handling handling = recorded.handling();
    if (ended || !handling.equals(Handling.NONE)) {
      live.stopping().restore(handling, ended);
    }
    Attempts attempts = handling.attempts();
    if (!ended && !attempts.equals(Attempts.NONE)) {
      live.queue().restore(attempts);
      live.restoreTries(attempts);
    }
    if (!ended && !handling.messages().equals(Messages.NONE)) {
      live.queue()
          .restore(handling.messages(), task.status().active(), task.spec().prompt(), messages);
      live.recordState.restoreMessages(live.queue().kept());
    }
    return live;
  }

  /** What may be tried once only, and was. */
  private void restoreTries(Attempts attempts) {
    if (attempts.nudged()) {
      boolean unused = activity().nudge();
    }
    if (attempts.continuations() > 0) {
      activity().restoreContinuations(attempts.continuations());
    }
    if (attempts.repaired()) {
      boolean unused = answerCheck().repair();
    }
  }

  /** The session that has launched it. */
  public ParentSession parent() {
    return parent;
  }

  // --- its record

  /** Its record as it stands. */
  public Task record() {
    return record;
  }

  /** Its record has changed. */
  public void update(Task now) {
    record = now;
  }

  public RecordState recordState() {
    return recordState;
  }

  /** What was done about it besides what its record says. */
  public Handling handling() {
    Attempts attempts = attempts();
    Messages messages = queue == null ? Messages.NONE : queue.handling();
    List<Asked> asked =
        requests == null ? List.of() : requests.stream().map(Request::state).toList();
    if (stopping != null) {
      return stopping.handling(attempts, messages, asked);
    }
    return attempts.equals(Attempts.NONE) && messages.equals(Messages.NONE) && asked.isEmpty()
        ? Handling.NONE
        : new Handling(null, false, attempts, messages, asked, null);
  }

  private Attempts attempts() {
    if (queue == null && activity == null && answerCheck == null) {
      return Attempts.NONE;
    }
    return new Attempts(
        queue == null ? null : queue.firstPromptId(),
        queue == null ? 0 : queue.openFailures(),
        queue == null ? 0 : queue.fallbacksUsed(),
        known().nudged(),
        answerCheck != null && answerCheck.repaired(),
        known().continuations());
  }

  /** Adds what of its parts is recorded in rows of their own, as far as that has changed. */
  void recordParts(Changes.Builder changes) {
    MeterRow meters = activity == null ? null : activity.recordMeters(record.id());
    if (meters != null) {
      changes.meter(meters);
    }
    List<Message> kept = queue == null ? List.of() : queue.kept();
    TaskId task = record.id();
    for (Message message : recordState.newMessages(kept)) {
      changes.keep(message.row(task, record.spec().prompt()));
    }
    for (Long gone : recordState.messagesGone(kept)) {
      changes.drop(new MessageKey(task, gone));
    }
  }

  /** Takes over into its record how far it is now, as that is being recorded. */
  void updateProgress() {
    if (!status().terminal()) {
      record = record.withProgress(progress());
    }
  }

  /** Its outcome, which is being recorded; null if it has none, or it was before. */
  @Nullable Outcome unrecordedOutcome() {
    Outcome outcome = record.outcome();
    return outcome != null && recordState.markOutcomeRecorded() ? outcome : null;
  }

  /**
   * Finds what it takes now.
   *
   * @return how many bytes more that is
   */
  public long weigh() {
    long before = recordState.weight();
    recordState.weight(record.bytes() + (queue == null ? 0 : queue.bytes()));
    return recordState.weight() - before;
  }

  public TaskStatus status() {
    return record.status();
  }

  /** The session that it runs in, which it has. */
  public String session() {
    String session = record.session();
    if (session == null) {
      throw new IllegalStateException(record.id() + " has no session");
    }
    return session;
  }

  // --- its parts

  public SlotState slot() {
    return slot;
  }

  public FollowState following() {
    if (following == null) {
      following = new FollowState();
    }
    return following;
  }

  public ProbeState probe() {
    if (probe == null) {
      probe = new ProbeState();
    }
    return probe;
  }

  public Activity activity() {
    if (activity == null) {
      activity = new Activity();
    }
    return activity;
  }

  /** What is known of its agent's work, to be read. */
  private Activity known() {
    return activity == null ? Activity.NONE : activity;
  }

  public MessageQueue queue() {
    if (queue == null) {
      queue = new MessageQueue();
    }
    return queue;
  }

  /** Whether its answer is being checked. */
  public boolean answerBeingChecked() {
    return answerCheck != null && answerCheck.underWay();
  }

  public AnswerCheck answerCheck() {
    if (answerCheck == null) {
      answerCheck = new AnswerCheck();
    }
    return answerCheck;
  }

  public StopState stopping() {
    if (stopping == null) {
      stopping = new StopState();
    }
    return stopping;
  }

  /** Lets go of what only a live task needs. */
  public void forgetWork() {
    queue = null;
    probe = null;
    activity = null;
    answerCheck = null;
  }

  // --- what it is at

  /** How many tasks have to end before it may start. */
  public int awaited() {
    return following == null ? 0 : following.awaited();
  }

  /** Whether it is being stopped because somebody wanted it to, and not for what it did. */
  public boolean isCancelled() {
    StopReason ending = stopping == null ? null : stopping.ending();
    return status() == TaskStatus.CANCELLING
        && ending != null
        && ending.reason().status() == TaskStatus.CANCELLED;
  }

  /** Whether its session has been prompted, and is not known to be at rest. */
  public boolean mayBeAtWork() {
    return status().active() || status() == TaskStatus.CANCELLING;
  }

  /** Whether its agent is told to stop, for good or for another message. */
  public boolean isBeingStopped() {
    return status() == TaskStatus.CANCELLING || beingInterrupted();
  }

  /**
   * Whether its agent waits for somebody in the middle of its work. What it is told meanwhile, it
   * reads when it may go on, and is not set to work by it.
   */
  public boolean isHeld() {
    return !requests().isEmpty() || isBlocked();
  }

  /** Whether calls of its agent wait for its own tasks. */
  public boolean isBlocked() {
    return blockedCalls > 0;
  }

  public int blockedCalls() {
    return blockedCalls;
  }

  /** A call of its agent begins to wait. */
  public void block() {
    blockedCalls++;
  }

  /** A call of its agent waits no more. */
  public void unblock() {
    blockedCalls--;
  }

  // --- progress

  public long lastActivityMillis() {
    return known().lastSignMillis();
  }

  /** Since when it is known to give no sign of life, in epoch milliseconds; 0 if it does. */
  public long stalledSinceMillis() {
    return known().stalledSinceMillis();
  }

  /** Since when the host waits to try its agent's model again, likewise; 0 if it does not. */
  public long retryingSinceMillis() {
    return known().retryingSinceMillis();
  }

  /** Whether a probe is under way that is to tell whether it has really been silent. */
  public boolean verifyingSilence() {
    return known().verifyingSilence();
  }

  /** Its agent has given a sign of life. */
  public void signOfLife(UnitOfWork unit) {
    if (stalledSinceMillis() != 0) {
      unit.markDirty(this);
    }
    activity().signOfLife(unit.now());
  }

  /** Whether it was probed since it last gave a sign of life. */
  public boolean howFarKnown() {
    return probe != null && probe.knownSince(lastActivityMillis());
  }

  /** What it waits for, if not for somebody's answer; null if it does not. */
  public void waitsFor(@Nullable String what) {
    if (what != null || activity != null) {
      activity().waitsFor(what);
    }
  }

  /** Takes what a probe has shown of what its agent has done. */
  public void report(ProbeResult result, UnitOfWork unit) {
    Spending before = spent();
    for (ToolUse use : result.toolUses()) {
      activity().report(use);
    }
    result.usage().forEach((message, used) -> activity().report(message, used));
    if (!spent().equals(before)) {
      unit.markDirty(this);
    }
  }

  /** Takes up what is recorded that it has used. */
  public void restoreMeters(MeterRow recorded) {
    activity().restore(recorded);
    book();
  }

  public Progress progress() {
    if (status().terminal()) {
      return record.progress();
    }
    if (activity == null && requests == null) {
      return Progress.NONE;
    }
    Activity now = known();
    return new Progress(
        now.toolCalls(),
        now.lastTool(),
        now.lastSignMillis(),
        now.usage(),
        now.waitingFor(),
        now.nextTryMillis(),
        now.stalledSinceMillis() != 0,
        requests().stream().map(Request::asked).toList());
  }

  /** How far it was when it ended. */
  public Progress lastProgress() {
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
  public Spending spent() {
    return activity == null ? Spending.NONE : Spending.of(activity.toolCalls(), activity.usage());
  }

  /** Adds what it has used since the last time to its tree's account. */
  public void book() {
    if (activity != null) {
      parent.treeAccount().add(activity.bookNew());
    }
  }

  /** A new message has set its agent to work: what was seen before does not count any more. */
  public void prompted(long nowMillis) {
    probe().prompted(nowMillis);
    if (answerCheck != null) {
      answerCheck.drop();
    }
    if (activity != null) {
      activity.prompted();
    }
  }

  // --- messages

  /** Whether a message is on its way to its session, or will be. */
  public boolean beingTold() {
    return queue != null && (queue.sending() || (!queue.isEmpty() && !lastMessageOpen()));
  }

  /** Whether it is open if its session has got the last message; its messages tell. */
  public boolean lastMessageOpen() {
    return queue != null && queue.phase() == MessagePhase.UNCERTAIN;
  }

  /** Whether its agent is being stopped so that it can be told something. */
  public boolean beingInterrupted() {
    return queue != null && queue.phase() == MessagePhase.INTERRUPTING;
  }

  /** Whether it is to be told what became of the message that began an activation. */
  public boolean awaitsPromptOf(int activation) {
    return queue != null && queue.sending() && queue.sentAs() == activation;
  }

  /** Whether a try to create or tell its session waits to be made again. */
  public boolean isRetried() {
    return queue != null && queue.retry() != null;
  }

  /** The message that was sent last has not reached its session: what was before counts. */
  public void takeBack(long promptedMillis) {
    record = record.activated(session(), queue().promptBefore());
    prompted(promptedMillis);
  }

  /** A try that was to be made again is not: what was before the last message counts. */
  public void forgetRetry() {
    if (isRetried()) {
      queue().retry(null);
      queue().rest();
      if (!status().terminal() && record.session() != null) {
        takeBack(LONG_AGO_MILLIS);
      }
    }
  }

  // --- requests

  public List<Request> requests() {
    return requests == null ? List.of() : requests;
  }

  public @Nullable Request request(String id) {
    for (Request request : requests()) {
      if (request.id().equals(id)) {
        return request;
      }
    }
    return null;
  }

  public void addRequest(Request request) {
    if (requests == null) {
      requests = new ArrayList<>(1);
    }
    requests.add(request);
  }

  public void removeRequest(Request request, UnitOfWork unit) {
    if (requests != null) {
      requests.remove(request);
      unit.markDirty(this);
      if (requests.isEmpty()) {
        requests = null;
      }
    }
  }

  /** Its parent knows of all that it asks, or does not after all. */
  void requestsTold(boolean told, UnitOfWork unit) {
    requests().forEach(request -> request.told(told));
    unit.markDirty(this);
  }

  /** Takes out its requests, which will not be answered any more. */
  public List<Request> takeRequests() {
    List<Request> taken = requests();
    requests = null;
    return taken;
  }

  /** Whether its parent has to be told that it needs something. */
  public boolean needsAttention() {
    if (status().terminal() || status() == TaskStatus.CANCELLING) {
      return false;
    }
    return stalledSinceMillis() != 0 || requests().stream().anyMatch(request -> !request.told());
  }

  // --- its end

  /** Its place among the tasks of its parent in the order in which they ended; 0 before that. */
  public long placeAmongEnded() {
    return stopping == null ? 0 : stopping.place();
  }

  /** What its parent was told of its end; null while it is live. */
  public @Nullable Told told() {
    return stopping == null ? null : stopping.told();
  }

  /** Its probes, if there may be any. */
  public boolean hasProbes() {
    return probe != null;
  }

  /** Whether anything was done about its end. */
  public boolean isStopping() {
    return stopping != null;
  }

  /** Whether its session was or is to be told anything. */
  public boolean hasMessages() {
    return queue != null;
  }

  /** How it will have ended once its session is quiet; null if it is not being stopped. */
  public @Nullable StopReason ending() {
    return stopping == null ? null : stopping.ending();
  }
}
