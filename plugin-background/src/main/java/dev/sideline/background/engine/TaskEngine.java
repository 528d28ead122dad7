package dev.sideline.background.engine;

import dev.sideline.api.SessionEvent;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every decision about tasks: inputs in, changes and effects out.
 *
 * <p>Confined to one thread at a time, but for {@link #observes}. Given the same ids, inputs and
 * times, it does the same.
 */
public final class TaskEngine {

  /** After a pause, a task is not judged for this long, unless a look at it has come back. */
  private static final long UNSEEN_MILLIS = 10_000;

  private final UnitOfWork unit = new UnitOfWork();
  private final Archive archive;
  private final Barrier barrier = new Barrier();
  private final Timers timers = new Timers();
  private final TaskRegistry registry;
  private final Slots slots;
  private final WaitingCalls waitingCalls;
  private final Lifecycle lifecycle;
  private final NotificationPolicy notifications;
  private final NotificationSender sender;
  private final MessageSender messages;
  private final Requests requests;
  private final SessionProber prober;
  private final AnswerValidation results;
  private final Watchdog watchdog;
  private final SessionEventHandler watch;
  private final Reconciler reconciler;
  private final ChildAdoption adoption;
  private final Repair repair;
  private final LaunchHandler launches;
  private final TaskCallHandler calls;
  private final OperatorCallHandler operator;

  /**
   * @param taskIds gives a new id at each call
   * @param messageIds gives a new message id of the host at each call
   * @param finished where settled tasks go; empty at first
   */
  public TaskEngine(
      Settings settings,
      Supplier<TaskId> taskIds,
      Supplier<String> messageIds,
      FinishedTasks finished) {
    this.registry = new TaskRegistry(finished);
    this.slots = new Slots(barrier, new AdmissionQueue(settings));
    this.archive = new Archive(barrier, finished, registry, unit);
    Publisher publisher = new Publisher(unit);
    AnsweredRequests answered = new AnsweredRequests();
    this.waitingCalls = new WaitingCalls(unit, barrier, timers, slots);
    this.lifecycle =
        new Lifecycle(
            settings,
            unit,
            barrier,
            timers,
            registry,
            slots,
            waitingCalls,
            archive,
            publisher,
            answered,
            messageIds);
    this.repair = new Repair(barrier, registry, slots, lifecycle);
    this.notifications = lifecycle.notifications();
    this.sender = notifications.sender();
    this.prober = new SessionProber(settings, unit, timers, registry, slots, lifecycle);
    this.messages =
        new MessageSender(settings, unit, timers, registry, slots, lifecycle, messageIds, prober);
    this.requests =
        new Requests(settings, unit, barrier, registry, slots, answered, lifecycle, publisher);
    this.results = new AnswerValidation(unit, slots, lifecycle, messages);
    this.watchdog =
        new Watchdog(
            settings, unit, barrier, timers, registry, lifecycle, messages, requests, prober);
    prober.verdicts(new Verdicts(slots, waitingCalls, results, messages, requests, watchdog));
    this.watch =
        new SessionEventHandler(
            unit, registry, lifecycle, waitingCalls, prober, requests, watchdog, publisher);
    this.reconciler =
        new Reconciler(
            settings.sessions().reconcileEvery().toMillis(),
            unit,
            barrier,
            timers,
            registry,
            archive,
            notifications,
            waitingCalls,
            requests,
            watch,
            prober);
    this.adoption = new ChildAdoption(taskIds, unit, registry, lifecycle, prober);
    TaskResolver resolver = new TaskResolver(unit, registry, archive, slots);
    this.launches =
        new LaunchHandler(
            settings, taskIds, finished, unit, registry, archive, slots, lifecycle, messages,
            watchdog, resolver);
    this.calls =
        new TaskCallHandler(
            settings,
            unit,
            barrier,
            registry,
            archive,
            waitingCalls,
            lifecycle,
            messages,
            requests,
            resolver);
    this.operator =
        new OperatorCallHandler(
            settings, unit, registry, archive, finished, slots, waitingCalls, lifecycle, requests);
  }

  /**
   * Takes an input.
   *
   * <p>What is due at a time is done by a {@link Input.Tick} alone, which whoever feeds the engine
   * gives when {@link #nextDue} has come, before any other input. So the step of any other input is
   * about that input only.
   *
   * <p>Throws nothing, whatever the input: a defect that it uncovers ends the unit of work that it
   * was met in. Its caller is answered, what was begun is finished or taken back, and what was
   * thrown comes out as {@link Effect.ReportDefect}.
   *
   * @param nowMillis the time, in milliseconds; never earlier than at the call before. Durations
   *     are told by it, so it is not to be a wall clock, which may be set, and it is not to advance
   *     while the process stands still; see {@link Input.Paused}
   * @return what is to be recorded, and then done
   */
  public Step apply(Input input, long nowMillis) {
    unit.begin(nowMillis);
    barrier.run(() -> input.applyTo(this));
    if (input instanceof Input.Launch && barrier.isBroken()) {
      failUnanswered(input);
      repairNext();
      return unit.end();
    }
    barrier.run(lifecycle::settleAndGrant);
    barrier.run(this::keepBeat);
    if (barrier.isBroken()) {
      failUnanswered(input);
      repair();
    }
    return unit.end();
  }

  private void keepBeat() {
    reconciler.keepBeat();
    watchdog.restWithoutTasks();
  }

  private void failUnanswered(Input input) {
    long call = input.call();
    if (input instanceof Input.Call && !unit.answers(call) && !waitingCalls.waits(call)) {
      unit.fail(call);
    }
  }

  /**
   * Puts everything in order in a step of its own. That of a launch is dropped as a whole if it
   * cannot be recorded, and then nothing may be lost with it that is not the launch itself: no end,
   * no slot that another task gets, and no word of what was thrown.
   */
  private void repairNext() {
    List<Throwable> defects = barrier.drain();
    timers.at(
        unit.now(),
        () -> {
          defects.forEach(this::report);
          repair();
        });
  }

  private void repair() {
    barrier.run(repair::run);
    barrier.run(lifecycle::settleAndGrant);
    barrier.drain().forEach(this::report);
  }

  private void report(Throwable defect) {
    unit.effect(new Effect.ReportDefect(defect));
  }

  /**
   * When the engine wants its next input at the latest, if only a {@link Input.Tick}; in epoch
   * milliseconds, {@link Long#MAX_VALUE} if it waits for nothing.
   */
  public long nextDue() {
    return timers.nextDue();
  }

  /** Whether the events of a session matter. May be called from any thread. */
  public boolean observes(String session) {
    return registry.observes(session);
  }

  /** How many tasks are held: live, or settled and not yet archived. */
  public int size() {
    return registry.size();
  }

  /** How many tasks are live. */
  public int live() {
    return registry.live();
  }

  /** How many slots are taken. */
  public int running() {
    return slots.working();
  }

  /** Takes the launches of agents. */
  LaunchHandler launches() {
    return launches;
  }

  /** Takes their calls about tasks that there are. */
  TaskCallHandler calls() {
    return calls;
  }

  /** Takes the calls of whoever runs the host. */
  OperatorCallHandler operator() {
    return operator;
  }

  void replyEnded(Input.ReplyEnded ended) {
    notifications.read(ended.call(), ended.taken());
  }

  // --- answers of the host

  void sessionOpened(Input.SessionOpened opened) {
    LiveTask live = registry.byId(opened.task());
    if (live != null) {
      messages.sessionOpened(live, opened.session());
    } else if (!archive.usedSession(opened.task(), opened.session())) {
      // Its task was given up meanwhile.
      unit.effect(new Effect.DeleteSession(opened.session()));
    }
  }

  void openFailed(Input.OpenFailed failed) {
    LiveTask live = registry.byId(failed.task());
    if (live != null) {
      messages.openFailed(live, failed.code(), failed.message());
    }
  }

  void prompted(Input.Prompted prompted) {
    LiveTask live = registry.byId(prompted.task());
    if (live != null && live.awaitsPromptOf(prompted.activation())) {
      messages.prompted(live, true);
    }
  }

  void promptFailed(Input.PromptFailed failed) {
    LiveTask live = registry.byId(failed.task());
    if (live != null && live.awaitsPromptOf(failed.activation())) {
      messages.promptFailed(live, failed.code(), failed.message());
    }
  }

  void probed(Input.Probed probed) {
    LiveTask live = registry.byId(probed.task());
    if (live != null) {
      prober.shown(live, probed.activation(), probed.result());
    }
  }

  void probeFailed(Input.ProbeFailed failed) {
    LiveTask live = registry.byId(failed.task());
    if (live != null) {
      prober.failed(live);
    }
  }

  void abortEnded(Input.AbortEnded ended) {
    LiveTask live = registry.byId(ended.task());
    if (live != null && live.isBeingStopped()) {
      prober.probe(live);
    }
  }

  void statusesFetched(Input.StatusesFetched fetched) {
    reconciler.statusesFetched(fetched.statuses());
  }

  void statusesFailed() {
    reconciler.statusesFailed();
  }

  void noticeArrived(Input.NoticeArrived arrived) {
    ParentSession parent = registry.parent(arrived.parent());
    if (parent != null) {
      sender.arrived(parent, arrived.messageId());
    }
  }

  void noticeFailed(Input.NoticeFailed failed) {
    ParentSession parent = registry.parent(failed.parent());
    if (parent != null) {
      sender.failed(parent, failed.messageId(), failed.code());
    }
  }

  void noticeMissing(Input.NoticeMissing missing) {
    ParentSession parent = registry.parent(missing.parent());
    if (parent != null) {
      sender.missing(parent, missing.messageId());
    }
  }

  void parentBusy(Input.ParentBusy busy) {
    ParentSession parent = registry.parent(busy.parent());
    if (parent != null) {
      sender.parentBusy(parent, busy.messageId());
    }
  }

  void requestReplied(Input.RequestReplied replied) {
    LiveTask live = registry.byId(replied.task());
    if (live != null) {
      requests.replied(live, replied.requestId());
    }
  }

  void requestReplyFailed(Input.RequestReplyFailed failed) {
    LiveTask live = registry.byId(failed.task());
    if (live != null) {
      requests.replyFailed(live, failed.requestId(), failed.code(), failed.message());
      watchdog.watch(live);
    }
  }

  void requestsFetched(Input.RequestsFetched fetched) {
    reconciler.requestsFetched(fetched.requests());
    watchdog.watchAll();
  }

  void requestsFailed() {
    reconciler.requestsFailed();
  }

  void resultChecked(Input.ResultChecked checked) {
    LiveTask live = ofActivation(checked.task(), checked.activation());
    if (live != null) {
      results.checked(live, checked.check());
    }
  }

  void childAppeared(Input.ChildAppeared appeared) {
    adoption.appeared(appeared.child(), appeared.parentReach());
  }

  void notStored(Input.NotStored notStored) {
    List<LiveTask> discarded = new ArrayList<>();
    for (Input.NotStored.Refused launch : notStored.launches()) {
      LiveTask live = registry.byId(launch.task());
      if (live != null && !live.task.status().terminal()) {
        barrier.run(() -> lifecycle.takeBack(live));
        discarded.add(live);
      }
    }
    // Whoever is answered because of one must not be shown another that is taken back with it.
    barrier.each(discarded, lifecycle::onDiscarded);
    for (Input.NotStored.Refused launch : notStored.launches()) {
      unit.reply(launch.call(), new Answer.NotRecorded());
    }
  }

  /** The task, if it is live, has a session, and is in this activation. */
  private @Nullable LiveTask ofActivation(TaskId id, int activation) {
    LiveTask live = registry.byId(id);
    boolean current =
        live != null
            && live.task.session() != null
            && live.task.activation() == activation
            && !live.task.status().terminal();
    return current ? live : null;
  }

  // --- events

  void observed(SessionEvent event) {
    if (watch.observed(event)) {
      reconciler.askNow();
    }
  }

  void eventsLost() {
    reconciler.reconcile(true);
  }

  void paused(long gapMillis) {
    long unseenUntil = unit.now() + UNSEEN_MILLIS;
    waitingCalls.afterPause(gapMillis, unseenUntil);
    reconciler.reconcile(true);
    barrier.each(registry.entries(), live -> prober.afterPause(live, unseenUntil));
  }

  void tick() {
    timers.run(unit.now(), barrier::run);
  }

  void shutdown() {
    barrier.each(
        registry.entries(),
        live -> lifecycle.stop(live, new LiveTask.Ending(Reason.SHUTDOWN, null, null)));
    launches.shutdown();
    calls.shutdown();
  }
}
