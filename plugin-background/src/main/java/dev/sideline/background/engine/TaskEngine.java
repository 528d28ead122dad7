package dev.sideline.background.engine;

import dev.sideline.background.engine.calls.AgentCallHandler;
import dev.sideline.background.engine.calls.CancelHandler;
import dev.sideline.background.engine.calls.ClearHandler;
import dev.sideline.background.engine.calls.LaunchChecks;
import dev.sideline.background.engine.calls.LaunchHandler;
import dev.sideline.background.engine.calls.OperatorCallHandler;
import dev.sideline.background.engine.calls.OperatorViews;
import dev.sideline.background.engine.calls.ReadHandler;
import dev.sideline.background.engine.calls.SendHandler;
import dev.sideline.background.engine.calls.TaskResolver;
import dev.sideline.background.engine.calls.WaitAnswers;
import dev.sideline.background.engine.calls.WaitingCalls;
import dev.sideline.background.engine.lifecycle.Followers;
import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.lifecycle.Publisher;
import dev.sideline.background.engine.limits.BudgetGuard;
import dev.sideline.background.engine.limits.Deadlines;
import dev.sideline.background.engine.limits.OverdueTasks;
import dev.sideline.background.engine.limits.Watchdog;
import dev.sideline.background.engine.messaging.AnswerValidation;
import dev.sideline.background.engine.messaging.MessageSender;
import dev.sideline.background.engine.messaging.SessionOpener;
import dev.sideline.background.engine.model.Archive;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.Remembered;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.SlotUse;
import dev.sideline.background.engine.model.StopReason;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.TimedEvent;
import dev.sideline.background.engine.model.Timers;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.notify.NotificationPolicy;
import dev.sideline.background.engine.notify.NotificationSender;
import dev.sideline.background.engine.notify.ParentTasks;
import dev.sideline.background.engine.probe.SessionProber;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.FinishedTasks;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.engine.react.ChildAdoption;
import dev.sideline.background.engine.react.EventHandler;
import dev.sideline.background.engine.react.Observation;
import dev.sideline.background.engine.react.ParentEvents;
import dev.sideline.background.engine.react.ProbeHandler;
import dev.sideline.background.engine.react.ProbeOutcomes;
import dev.sideline.background.engine.react.Reactions;
import dev.sideline.background.engine.react.Reconciler;
import dev.sideline.background.engine.react.SessionEventHandler;
import dev.sideline.background.engine.react.SessionStates;
import dev.sideline.background.engine.react.TaskEvents;
import dev.sideline.background.engine.requests.Requests;
import dev.sideline.background.engine.scheduling.AdmissionQueue;
import dev.sideline.background.engine.scheduling.Slots;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.function.Supplier;

/**
 * Every decision about tasks: inputs in, changes and effects out.
 *
 * <p>A step has one order: the input is taken; then follows what {@link Reactions} says of what has
 * happened, until nothing more does; then parents are told what they can be told; then slots are
 * given to those who wait for them, one after the other, each with all that follows from it; and at
 * last those are answered whose answer depends on all that.
 *
 * <p>Confined to one thread at a time, but for {@link #observes}. Given the same ids, inputs and
 * times, it does the same.
 */
public final class TaskEngine {

  private final UnitOfWork unit = new UnitOfWork();
  private final Timers timers = new Timers();
  private final TaskRegistry registry;
  private final Archive archive;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final SessionProber prober;
  private final SessionOpener opener;
  private final MessageSender messages;
  private final Requests requests;
  private final NotificationSender sender;
  private final NotificationPolicy notifications;
  private final WaitingCalls waitingCalls;
  private final Watchdog watchdog;
  private final LaunchHandler launches;
  private final Reconciler reconciler;
  private final Repair repair;
  private final Restoration restoration;
  private final Reactions reactions;
  private final Inputs inputs;
  private final DueEvents dueEvents = new DueEvents();
  private final SlotUses slotUses = new SlotUses();

  /**
   * @param taskIds gives a new id at each call
   * @param messageIds gives a new message id of the host at each call
   * @param finished where tasks go that have ended and are owed to nobody; empty at first
   * @param recordIsDurable whether tasks that leave there stay in the record, so that calls about
   *     them are answered with {@link Answer.Recall}
   */
  public TaskEngine(
      Settings settings,
      Supplier<TaskId> taskIds,
      Supplier<String> messageIds,
      FinishedTasks finished,
      boolean recordIsDurable) {
    // From the floor up: each knows those above it alone.
    this.registry = new TaskRegistry(finished, unit);
    this.archive = new Archive(finished, registry, unit, timers, recordIsDurable);
    Remembered<String> answered = new Remembered<>();

    this.slots = new Slots(new AdmissionQueue(settings));

    Publisher publisher = new Publisher(unit);
    this.lifecycle = new Lifecycle(settings, unit, timers, registry, slots, publisher, answered);
    Followers followers = new Followers(settings, unit, slots, lifecycle);
    this.prober = new SessionProber(settings, unit, timers, registry);

    this.messages =
        new MessageSender(settings, unit, timers, registry, slots, lifecycle, messageIds);
    this.opener = new SessionOpener(settings, unit, timers, registry, archive, lifecycle, messages);
    AnswerValidation validation = new AnswerValidation(unit, slots, lifecycle, messages);
    this.requests = new Requests(settings, unit, registry, slots, answered, lifecycle, publisher);
    ParentTasks parentTasks = new ParentTasks(unit, registry, slots, lifecycle, prober);
    this.sender = new NotificationSender(unit, timers, messageIds, parentTasks);
    this.notifications =
        new NotificationPolicy(settings, unit, timers, registry, publisher, sender, parentTasks);

    BudgetGuard budgets = new BudgetGuard(settings, lifecycle);
    Deadlines deadlines = new Deadlines(settings);
    OverdueTasks overdue =
        new OverdueTasks(settings, unit, deadlines, lifecycle, opener, messages, requests);
    this.watchdog = new Watchdog(unit, timers, registry, deadlines, overdue);

    TaskResolver resolver = new TaskResolver(unit, registry, archive, slots);
    OperatorViews operatorViews = new OperatorViews(registry, archive, finished, slots, resolver);
    WaitAnswers answers = new WaitAnswers(unit, registry, resolver, operatorViews, notifications);
    this.waitingCalls = new WaitingCalls(unit, timers, slots, answers);
    LaunchChecks checks = new LaunchChecks(settings, registry, slots, budgets);
    this.launches =
        new LaunchHandler(settings, taskIds, unit, lifecycle, followers, checks, resolver);
    SendHandler sends = new SendHandler(settings, unit, registry, resolver, messages, requests);
    AgentCallHandler agentCalls =
        new AgentCallHandler(
            launches,
            new ReadHandler(unit, registry, archive, resolver, waitingCalls, notifications),
            new CancelHandler(settings, unit, registry, archive, resolver, waitingCalls, lifecycle),
            sends,
            new ClearHandler(unit, registry, archive, resolver, notifications),
            waitingCalls);
    OperatorCallHandler operatorCalls =
        new OperatorCallHandler(
            settings, unit, operatorViews, archive, waitingCalls, lifecycle, requests);

    ProbeOutcomes outcomes =
        new ProbeOutcomes(slots, lifecycle, prober, messages, requests, waitingCalls, validation);
    ProbeHandler probes =
        new ProbeHandler(unit, registry, prober, budgets, watchdog, validation, outcomes);
    TaskEvents taskEvents = new TaskEvents(unit, lifecycle, prober, requests, budgets, publisher);
    ParentEvents parentEvents = new ParentEvents(settings, lifecycle, notifications, waitingCalls);
    long beatMillis = settings.sessions().reconcileEvery().toMillis();
    SessionStates states =
        new SessionStates(
            unit, registry, taskEvents, prober, notifications, waitingCalls, beatMillis);
    this.reconciler = new Reconciler(unit, timers, registry, archive, requests, states, beatMillis);
    EventHandler events =
        new EventHandler(
            unit,
            registry,
            new SessionEventHandler(
                registry, archive, lifecycle, taskEvents, parentEvents, waitingCalls),
            reconciler,
            new ChildAdoption(taskIds, unit, registry, lifecycle),
            prober,
            waitingCalls);

    this.reactions =
        new Reactions(
            unit,
            waitingCalls,
            notifications,
            followers,
            archive,
            sends,
            new Observation(prober, watchdog));
    this.repair = new Repair(unit, registry, slots, lifecycle, notifications);
    Resumption resumption =
        new Resumption(unit, registry, slots, lifecycle, followers, opener, prober);
    this.restoration =
        new Restoration(unit, registry, archive, requests, notifications, resumption);
    this.inputs = new Inputs(agentCalls, operatorCalls, probes, events);
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
    unit.run(() -> input.dispatch(inputs));
    unit.run(this::react);
    unit.run(this::keepBeat);
    if (unit.isBroken()) {
      failUnanswered(input);
      if (input.original() instanceof Input.Launch) {
        repairNext();
      } else {
        repair();
      }
    }
    registry.recalled().end();
    return unit.end();
  }

  /**
   * Begins with what engines before have recorded; before any input. What their sessions have done
   * meanwhile is asked for, and nothing is judged before that is known.
   *
   * @param nowMillis as for {@link #apply}; the times that are recorded are of the same timeline,
   *     as far as there can be one: it has begun anew with the process
   * @return what is to be recorded, and then done
   */
  public Step restore(Recorded recorded, long nowMillis) {
    unit.begin(nowMillis);
    unit.run(() -> restoration.run(recorded));
    unit.run(() -> reconciler.reconcile(true));
    unit.run(this::react);
    unit.run(this::keepBeat);
    if (unit.isBroken()) {
      repair();
    }
    registry.recalled().end();
    return unit.end();
  }

  /** Does what follows, in the order that the class says, until nothing more does. */
  private void react() {
    do {
      reactToSignals();
      waitingCalls.answerReady();
      notifications.advanceAll();
    } while (unit.hasSignals() || grantNext());
    unit.each(slots.drainNewlyWaiting(), this::keepWaiting);
    unit.run(launches::answerAccepted);
    reactToSignals();
  }

  private void reactToSignals() {
    for (Signal signal = unit.pollSignal(); signal != null; signal = unit.pollSignal()) {
      Signal next = signal;
      unit.run(() -> next.dispatch(reactions));
    }
  }

  /** Gives the next slot away, if there is one and somebody may have it. */
  private boolean grantNext() {
    Slots.Grant grant = slots.nextGrant();
    if (grant == null) {
      return false;
    }
    LiveTask live = grant.live();
    boolean done = true;
    for (SlotUse use : grant.uses()) {
      done &= unit.run(() -> use.dispatch(live, slotUses));
    }
    if (!done && live.status() == TaskStatus.STARTING) {
      startBroke(live);
    }
    if (live.isBlocked() && live.status().active() && !grant.forced()) {
      // It has begun to wait for its own tasks meanwhile.
      slots.release(live);
    }
    return true;
  }

  /** A launch that cannot be recorded is dropped with its step: an end must not get lost in it. */
  private void startBroke(LiveTask live) {
    if (launches.hasJustAccepted(live)) {
      timers.at(unit.now(), new TimedEvent.BrokenStart(live));
    } else {
      unit.run(() -> lifecycle.startBroke(live));
    }
  }

  /** Calls are not held up until a task has its slot: what they have sent is kept for then. */
  private void keepWaiting(LiveTask live) {
    for (SlotUse use : live.slot().wanted()) {
      if (use instanceof SlotUse.GiveReply reply) {
        requests.keep(live, reply.request());
      } else if (use instanceof SlotUse.NextMessage) {
        messages.keep(live);
      }
    }
  }

  private void keepBeat() {
    reconciler.keepBeat();
    watchdog.restWithoutTasks();
  }

  private void failUnanswered(Input input) {
    long call = input.call();
    if (input.original() instanceof Input.Call
        && !unit.answers(call)
        && !waitingCalls.waits(call)) {
      unit.fail(call);
    }
  }

  /**
   * Puts everything in order in a step of its own. That of a launch is dropped as a whole if it
   * cannot be recorded, and then nothing may be lost with it that is not the launch itself: no end,
   * no slot that another task gets, and no word of what was thrown.
   */
  private void repairNext() {
    timers.at(unit.now(), new TimedEvent.RepairDue(unit.drainDefects()));
  }

  private void repair() {
    unit.run(repair::run);
    unit.run(this::react);
    unit.run(repair::resumeNotifications);
    unit.drainDefects().forEach(this::report);
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

  /** How many tasks are held: live, or ended and not yet archived. */
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

  /** The parts that take inputs. */
  private final class Inputs implements Input.Handler, Input.Orders {

    private final Input.AgentCalls agentCalls;
    private final Input.OperatorCalls operatorCalls;
    private final Input.ProbeAnswers probes;
    private final Input.Events events;

    private Inputs(
        Input.AgentCalls agentCalls,
        Input.OperatorCalls operatorCalls,
        Input.ProbeAnswers probes,
        Input.Events events) {
      this.agentCalls = agentCalls;
      this.operatorCalls = operatorCalls;
      this.probes = probes;
      this.events = events;
    }

    @Override
    public Input.AgentCalls agentCalls() {
      return agentCalls;
    }

    @Override
    public Input.OperatorCalls operatorCalls() {
      return operatorCalls;
    }

    @Override
    public Input.SessionAnswers sessionAnswers() {
      return opener;
    }

    @Override
    public Input.ProbeAnswers probeAnswers() {
      return probes;
    }

    @Override
    public Input.RequestAnswers requestAnswers() {
      return requests;
    }

    @Override
    public Input.ReconcileAnswers reconcileAnswers() {
      return reconciler;
    }

    @Override
    public Input.NotificationAnswers notificationAnswers() {
      return notifications;
    }

    @Override
    public Input.Events events() {
      return events;
    }

    @Override
    public Input.Orders orders() {
      return this;
    }

    @Override
    public void take(Input.NotStored notStored) {
      // All at once: whoever is answered because of one must not be shown another of them.
      for (Input.NotStored.Refused launch : notStored.launches()) {
        LiveTask live = registry.byId(launch.task());
        if (live != null) {
          unit.run(() -> lifecycle.discard(live));
        }
      }
      for (Input.NotStored.Refused launch : notStored.launches()) {
        unit.reply(launch.call(), new Answer.NotRecorded());
      }
    }

    @Override
    public void take(Input.Fenced fenced) {
      for (TaskId id : fenced.tasks()) {
        LiveTask live = registry.byId(id);
        unit.run(live == null ? () -> archive.drop(id) : () -> lifecycle.drop(live));
      }
    }

    @Override
    public void take(Input.Recalled recalled) {
      registry.recalled().begin(recalled.found());
      recalled.original().dispatch(this);
    }

    @Override
    public void take(Input.Tick tick) {
      TimedEvent due = timers.pollDue(unit.now());
      while (due != null) {
        TimedEvent next = due;
        unit.run(() -> next.dispatch(dueEvents));
        due = timers.pollDue(unit.now());
      }
    }

    @Override
    public void take(Input.Shutdown shutdown) {
      unit.each(
          registry.entries(),
          live -> lifecycle.stop(live, new StopReason(Reason.SHUTDOWN, null, null)));
      launches.shutdown();
      waitingCalls.endAll();
    }
  }

  /** The parts that do what is due. */
  private final class DueEvents implements TimedEvent.Handler {

    @Override
    public void due(TimedEvent.ProbeDue due) {
      prober.due(due.live());
    }

    @Override
    public void due(TimedEvent.AbortDue due) {
      prober.abortDue(due.live());
    }

    @Override
    public void due(TimedEvent.StopReminder due) {
      lifecycle.remind(due.live());
    }

    @Override
    public void due(TimedEvent.GraceEnd due) {
      lifecycle.abandon(due.live());
    }

    @Override
    public void due(TimedEvent.DependencyFailure due) {
      lifecycle.dependencyFailed(due.live());
    }

    @Override
    public void due(TimedEvent.BrokenStart due) {
      lifecycle.startBroke(due.live());
    }

    @Override
    public void due(TimedEvent.OpenRetry due) {
      opener.retry(due.live());
    }

    @Override
    public void due(TimedEvent.MessageRetry due) {
      messages.retryLast(due.live());
    }

    @Override
    public void due(TimedEvent.NextMessage due) {
      messages.advance(due.live());
    }

    @Override
    public void due(TimedEvent.WaitTimeout due) {
      waitingCalls.timedOut(due.call());
    }

    @Override
    public void due(TimedEvent.WaitProgress due) {
      waitingCalls.tellProgress(due.call());
    }

    @Override
    public void due(TimedEvent.NotificationDue due) {
      notifications.due(due.parent());
    }

    @Override
    public void due(TimedEvent.NotificationRetry due) {
      sender.retry(due.parent(), due.notification());
    }

    @Override
    public void due(TimedEvent.ResultsExpire due) {
      archive.expire();
    }

    @Override
    public void due(TimedEvent.WatchdogRound due) {
      watchdog.goRound();
    }

    @Override
    public void due(TimedEvent.ReconcileBeat due) {
      reconciler.beat();
    }

    @Override
    public void due(TimedEvent.RepairDue due) {
      due.defects().forEach(TaskEngine.this::report);
      repair();
    }
  }

  /** The parts that do what slots were wanted for. */
  private final class SlotUses implements SlotUse.Handler {

    @Override
    public void use(LiveTask live, SlotUse.Start use) {
      opener.begin(live);
    }

    @Override
    public void use(LiveTask live, SlotUse.NextMessage use) {
      // It may be another by now, for which its agent is to be stopped first.
      messages.advance(live);
    }

    @Override
    public void use(LiveTask live, SlotUse.GiveReply use) {
      requests.give(live, use.request(), use.reply());
    }

    @Override
    public void use(LiveTask live, SlotUse.AnswerWait use) {
      waitingCalls.onSlot(use.call());
    }

    @Override
    public void use(LiveTask live, SlotUse.Notify use) {
      notifications.onSlot(live);
    }
  }
}
