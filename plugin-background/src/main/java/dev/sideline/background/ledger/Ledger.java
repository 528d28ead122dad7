package dev.sideline.background.ledger;

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
public final class Ledger {

  /** After a pause, a task is not judged for this long, unless a look at it has come back. */
  private static final long UNSEEN_MILLIS = 10_000;

  private final Turn turn = new Turn();
  private final Archive archive;
  private final Barrier barrier = new Barrier();
  private final Agenda agenda = new Agenda();
  private final Roster roster;
  private final Slots slots;
  private final Waits waits;
  private final Lifecycle lifecycle;
  private final Announcements announcements;
  private final Deliveries deliveries;
  private final Prompts prompts;
  private final Requests requests;
  private final Looks looks;
  private final Results results;
  private final Guards guards;
  private final Watch watch;
  private final Reconciliation reconciliation;
  private final Adoption adoption;
  private final Repair repair;
  private final LaunchCalls launches;
  private final TaskCalls calls;
  private final OperatorCalls operator;

  /**
   * @param taskIds gives a new id at each call
   * @param messageIds gives a new message id of the host at each call
   * @param retained where settled tasks go; empty at first
   */
  public Ledger(
      Settings settings, Supplier<TaskId> taskIds, Supplier<String> messageIds, Retained retained) {
    this.roster = new Roster(retained);
    this.slots = new Slots(barrier, new Admission(settings));
    this.archive = new Archive(barrier, retained, roster, turn);
    Publisher publisher = new Publisher(turn);
    AnsweredRequests answered = new AnsweredRequests();
    this.waits = new Waits(turn, barrier, agenda, slots);
    this.lifecycle =
        new Lifecycle(
            settings,
            turn,
            barrier,
            agenda,
            roster,
            slots,
            waits,
            archive,
            publisher,
            answered,
            messageIds);
    this.repair = new Repair(barrier, roster, slots, lifecycle);
    this.announcements = lifecycle.announcements();
    this.deliveries = announcements.deliveries();
    this.looks = new Looks(settings, turn, agenda, roster, slots, lifecycle);
    this.prompts = new Prompts(settings, turn, agenda, roster, slots, lifecycle, messageIds, looks);
    this.requests =
        new Requests(settings, turn, barrier, roster, slots, answered, lifecycle, publisher);
    this.results = new Results(turn, slots, lifecycle, prompts);
    this.guards =
        new Guards(settings, turn, barrier, agenda, roster, lifecycle, prompts, requests, looks);
    looks.verdicts(new Verdicts(slots, waits, results, prompts, requests, guards));
    this.watch = new Watch(turn, roster, lifecycle, waits, looks, requests, guards, publisher);
    this.reconciliation =
        new Reconciliation(
            settings.sessions().reconcileEvery().toMillis(),
            turn,
            barrier,
            agenda,
            roster,
            archive,
            announcements,
            waits,
            requests,
            watch,
            looks);
    this.adoption = new Adoption(taskIds, turn, roster, lifecycle, looks);
    References references = new References(turn, roster, archive, slots);
    this.launches =
        new LaunchCalls(
            settings,
            taskIds,
            retained,
            turn,
            roster,
            archive,
            slots,
            lifecycle,
            prompts,
            guards,
            references);
    this.calls =
        new TaskCalls(
            settings,
            turn,
            barrier,
            roster,
            archive,
            waits,
            lifecycle,
            prompts,
            requests,
            references);
    this.operator =
        new OperatorCalls(
            settings, turn, roster, archive, retained, slots, waits, lifecycle, requests);
  }

  /**
   * Takes an input.
   *
   * <p>What is due at a time is done by a {@link Input.Tick} alone, which whoever feeds the ledger
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
    turn.begin(nowMillis);
    barrier.run(() -> input.applyTo(this));
    if (input instanceof Input.Launch && barrier.isBroken()) {
      failUnanswered(input);
      repairNext();
      return turn.end();
    }
    barrier.run(lifecycle::goOn);
    barrier.run(this::keepBeat);
    if (barrier.isBroken()) {
      failUnanswered(input);
      repair();
    }
    return turn.end();
  }

  private void keepBeat() {
    reconciliation.keepBeat();
    guards.restWithoutTasks();
  }

  private void failUnanswered(Input input) {
    long call = input.call();
    if (input instanceof Input.Call && !turn.answers(call) && !waits.waits(call)) {
      turn.fail(call);
    }
  }

  /**
   * Puts everything in order in a step of its own. That of a launch is dropped as a whole if it
   * cannot be recorded, and then nothing may be lost with it that is not the launch itself: no end,
   * no slot that another task gets, and no word of what was thrown.
   */
  private void repairNext() {
    List<Throwable> defects = barrier.drain();
    agenda.at(
        turn.now(),
        () -> {
          defects.forEach(this::report);
          repair();
        });
  }

  private void repair() {
    barrier.run(repair::run);
    barrier.run(lifecycle::goOn);
    barrier.drain().forEach(this::report);
  }

  private void report(Throwable defect) {
    turn.effect(new Effect.ReportDefect(defect));
  }

  /**
   * When the ledger wants its next input at the latest, if only a {@link Input.Tick}; in epoch
   * milliseconds, {@link Long#MAX_VALUE} if it waits for nothing.
   */
  public long nextDue() {
    return agenda.nextDue();
  }

  /** Whether the events of a session matter. May be called from any thread. */
  public boolean observes(String session) {
    return roster.observes(session);
  }

  /** How many tasks are held: live, or settled and not yet retained. */
  public int size() {
    return roster.size();
  }

  /** How many tasks are live. */
  public int live() {
    return roster.live();
  }

  /** How many slots are taken. */
  public int running() {
    return slots.working();
  }

  /** Takes the launches of agents. */
  LaunchCalls launches() {
    return launches;
  }

  /** Takes their calls about tasks that there are. */
  TaskCalls calls() {
    return calls;
  }

  /** Takes the calls of whoever runs the host. */
  OperatorCalls operator() {
    return operator;
  }

  void replyEnded(Input.ReplyEnded ended) {
    announcements.read(ended.call(), ended.taken());
  }

  // --- answers of the host

  void sessionOpened(Input.SessionOpened opened) {
    Entry entry = roster.byId(opened.task());
    if (entry != null) {
      prompts.sessionOpened(entry, opened.session());
    } else if (!archive.usedSession(opened.task(), opened.session())) {
      // Its task was given up meanwhile.
      turn.effect(new Effect.DeleteSession(opened.session()));
    }
  }

  void openFailed(Input.OpenFailed failed) {
    Entry entry = roster.byId(failed.task());
    if (entry != null) {
      prompts.openFailed(entry, failed.code(), failed.message());
    }
  }

  void prompted(Input.Prompted prompted) {
    Entry entry = roster.byId(prompted.task());
    if (entry != null && entry.awaitsPromptOf(prompted.activation())) {
      prompts.prompted(entry, true);
    }
  }

  void promptFailed(Input.PromptFailed failed) {
    Entry entry = roster.byId(failed.task());
    if (entry != null && entry.awaitsPromptOf(failed.activation())) {
      prompts.promptFailed(entry, failed.code(), failed.message());
    }
  }

  void inspected(Input.Inspected inspected) {
    Entry entry = roster.byId(inspected.task());
    if (entry != null) {
      looks.shown(entry, inspected.activation(), inspected.finding());
    }
  }

  void inspectFailed(Input.InspectFailed failed) {
    Entry entry = roster.byId(failed.task());
    if (entry != null) {
      looks.failed(entry);
    }
  }

  void abortEnded(Input.AbortEnded ended) {
    Entry entry = roster.byId(ended.task());
    if (entry != null && entry.isBeingStopped()) {
      looks.look(entry);
    }
  }

  void statusesFetched(Input.StatusesFetched fetched) {
    reconciliation.statusesFetched(fetched.statuses());
  }

  void statusesFailed() {
    reconciliation.statusesFailed();
  }

  void noticeArrived(Input.NoticeArrived arrived) {
    Family family = roster.family(arrived.parent());
    if (family != null) {
      deliveries.arrived(family, arrived.messageId());
    }
  }

  void noticeFailed(Input.NoticeFailed failed) {
    Family family = roster.family(failed.parent());
    if (family != null) {
      deliveries.failed(family, failed.messageId(), failed.code());
    }
  }

  void noticeMissing(Input.NoticeMissing missing) {
    Family family = roster.family(missing.parent());
    if (family != null) {
      deliveries.missing(family, missing.messageId());
    }
  }

  void parentBusy(Input.ParentBusy busy) {
    Family family = roster.family(busy.parent());
    if (family != null) {
      deliveries.parentBusy(family, busy.messageId());
    }
  }

  void requestReplied(Input.RequestReplied replied) {
    Entry entry = roster.byId(replied.task());
    if (entry != null) {
      requests.replied(entry, replied.requestId());
    }
  }

  void requestReplyFailed(Input.RequestReplyFailed failed) {
    Entry entry = roster.byId(failed.task());
    if (entry != null) {
      requests.replyFailed(entry, failed.requestId(), failed.code(), failed.message());
      guards.watch(entry);
    }
  }

  void requestsFetched(Input.RequestsFetched fetched) {
    reconciliation.requestsFetched(fetched.requests());
    guards.watchAll();
  }

  void requestsFailed() {
    reconciliation.requestsFailed();
  }

  void resultChecked(Input.ResultChecked checked) {
    Entry entry = ofActivation(checked.task(), checked.activation());
    if (entry != null) {
      results.checked(entry, checked.check());
    }
  }

  void childAppeared(Input.ChildAppeared appeared) {
    adoption.appeared(appeared.child(), appeared.parentReach());
  }

  void notStored(Input.NotStored notStored) {
    List<Entry> discarded = new ArrayList<>();
    for (Input.NotStored.Refused launch : notStored.launches()) {
      Entry entry = roster.byId(launch.task());
      if (entry != null && !entry.task.status().terminal()) {
        barrier.run(() -> lifecycle.takeBack(entry));
        discarded.add(entry);
      }
    }
    // Whoever is answered because of one must not be shown another that is taken back with it.
    barrier.each(discarded, lifecycle::goOnWithout);
    for (Input.NotStored.Refused launch : notStored.launches()) {
      turn.reply(launch.call(), new Answer.NotRecorded());
    }
  }

  /** The task, if it is live, has a session, and is in this activation. */
  private @Nullable Entry ofActivation(TaskId id, int activation) {
    Entry entry = roster.byId(id);
    boolean current =
        entry != null
            && entry.task.session() != null
            && entry.task.activation() == activation
            && !entry.task.status().terminal();
    return current ? entry : null;
  }

  // --- events

  void observed(SessionEvent event) {
    if (watch.observed(event)) {
      reconciliation.askNow();
    }
  }

  void eventsLost() {
    reconciliation.reconcile(true);
  }

  void paused(long gapMillis) {
    long unseenUntil = turn.now() + UNSEEN_MILLIS;
    waits.afterPause(gapMillis, unseenUntil);
    reconciliation.reconcile(true);
    barrier.each(roster.entries(), entry -> looks.afterPause(entry, unseenUntil));
  }

  void tick() {
    agenda.run(turn.now(), barrier::run);
  }

  void shutdown() {
    barrier.each(
        roster.entries(),
        entry -> lifecycle.stop(entry, new Entry.Ending(Reason.SHUTDOWN, null, null)));
    launches.shutdown();
    calls.shutdown();
  }
}
