package dev.sideline.background.ledger;

import dev.sideline.api.SessionEvent;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every decision about tasks: inputs in, changes and effects out.
 *
 * <p>Confined to one thread at a time, but for {@link #observes}. Given the same ids, inputs and
 * times, it does the same.
 */
public final class Ledger {

  private final Turn turn = new Turn();
  private final Agenda agenda = new Agenda();
  private final Roster roster;
  private final Lifecycle lifecycle;
  private final Announcements announcements;
  private final Watch watch;
  private final TaskCalls calls;

  /**
   * @param taskIds gives a new id at each call
   * @param messageIds gives a new message id of the host at each call
   * @param retained where settled tasks go; empty at first
   */
  public Ledger(
      Settings settings, Supplier<TaskId> taskIds, Supplier<String> messageIds, Retained retained) {
    Waits waits = new Waits(agenda);
    this.roster = new Roster(retained);
    this.lifecycle = new Lifecycle(settings, turn, agenda, roster, waits, retained, messageIds);
    this.announcements = lifecycle.announcements();
    this.watch = new Watch(settings, turn, agenda, roster, lifecycle);
    this.calls = new TaskCalls(settings, taskIds, retained, turn, roster, waits, lifecycle);
  }

  /**
   * Takes an input.
   *
   * <p>What is due at a time is done by a {@link Input.Tick} alone, which whoever feeds the ledger
   * gives when {@link #nextDue} has come, before any other input. So the step of any other input is
   * about that input only.
   *
   * @param nowMillis the time, in epoch milliseconds; never earlier than at the call before
   * @return what is to be recorded, and then done
   */
  public Step apply(Input input, long nowMillis) {
    turn.begin(nowMillis);
    input.applyTo(this);
    watch.keepBeat();
    return turn.end();
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

  /** How many slots are taken; a task that waits for tasks of its own shares its slot with one. */
  public int running() {
    return lifecycle.running();
  }

  /** Takes the calls of agents. */
  TaskCalls calls() {
    return calls;
  }

  // --- answers of the host

  void sessionOpened(Input.SessionOpened opened) {
    Entry entry = roster.byId(opened.task());
    if (entry == null) {
      // Its task was given up meanwhile.
      turn.effect(new Effect.DeleteSession(opened.session()));
    } else {
      lifecycle.sessionOpened(entry, opened.session());
    }
  }

  void openFailed(Input.OpenFailed failed) {
    Entry entry = roster.byId(failed.task());
    if (entry != null) {
      lifecycle.openFailed(entry, failed.message());
    }
  }

  void prompted(Input.Prompted prompted) {
    Entry entry = ofActivation(prompted.task(), prompted.activation());
    if (entry != null) {
      watch.prompted(entry);
    }
  }

  void promptFailed(Input.PromptFailed failed) {
    Entry entry = ofActivation(failed.task(), failed.activation());
    if (entry == null) {
      return;
    }
    watch.promptFailed(entry, failed.code(), failed.message());
  }

  void inspected(Input.Inspected inspected) {
    Entry entry = roster.byId(inspected.task());
    if (entry != null) {
      watch.inspected(entry, inspected.activation(), inspected.finding());
    }
  }

  void inspectFailed(Input.InspectFailed failed) {
    Entry entry = roster.byId(failed.task());
    if (entry != null) {
      watch.inspectFailed(entry);
    }
  }

  void abortEnded(Input.AbortEnded ended) {
    Entry entry = roster.byId(ended.task());
    if (entry != null && entry.task.status() == TaskStatus.CANCELLING) {
      watch.look(entry);
    }
  }

  void statusesFetched(Input.StatusesFetched fetched) {
    watch.statusesFetched(fetched.statuses());
  }

  void statusesFailed() {
    watch.statusesFailed();
  }

  void noticeArrived(Input.NoticeArrived arrived) {
    Family family = roster.family(arrived.parent());
    if (family != null) {
      announcements.arrived(family, arrived.messageId());
    }
  }

  void noticeFailed(Input.NoticeFailed failed) {
    Family family = roster.family(failed.parent());
    if (family != null) {
      announcements.failed(family, failed.messageId(), failed.code());
    }
  }

  void noticeMissing(Input.NoticeMissing missing) {
    Family family = roster.family(missing.parent());
    if (family != null) {
      announcements.missing(family, missing.messageId());
    }
  }

  void replyEnded(Input.ReplyEnded ended) {}

  void requestReplied(Input.RequestReplied replied) {}

  void requestReplyFailed(Input.RequestReplyFailed failed) {}

  void requestsFetched(Input.RequestsFetched fetched) {}

  void requestsFailed() {}

  void resultChecked(Input.ResultChecked checked) {}

  void childAppeared(Input.ChildAppeared appeared) {}

  void notStored(Input.NotStored notStored) {
    Entry entry = roster.byId(notStored.task());
    if (entry != null) {
      lifecycle.discard(entry);
    }
    turn.reply(notStored.call(), new Answer.NotRecorded());
  }

  /** The task, if it is live and in this activation. */
  private @Nullable Entry ofActivation(TaskId id, int activation) {
    Entry entry = roster.byId(id);
    boolean current =
        entry != null && entry.task.activation() == activation && !entry.task.status().terminal();
    return current ? entry : null;
  }

  // --- events

  void observed(SessionEvent event) {
    watch.observed(event);
  }

  void eventsLost() {
    watch.reconcile(true);
  }

  void tick() {
    agenda.run(turn.now());
  }

  void shutdown() {
    for (Entry entry : roster.entries()) {
      if (!entry.task.status().terminal()) {
        lifecycle.stop(entry, new Entry.Ending(Reason.SHUTDOWN, null, null));
      }
    }
    calls.shutdown();
  }
}
