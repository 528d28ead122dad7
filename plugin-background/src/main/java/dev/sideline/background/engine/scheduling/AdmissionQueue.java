package dev.sideline.background.engine.scheduling;

import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The slots, and the queue for them.
 *
 * <p>A slot is the right to work. A task takes one when it starts, and gives it back in the very
 * step in which it ends, or has nothing to do but wait for somebody else; it takes one again before
 * it is let go on. So nobody who waits keeps from working those whom it waits for, and no limit is
 * exceeded, not even by a burst. Only where a host lets a session go on without asking, a slot is
 * taken that is not there; nothing else starts until it is made good.
 *
 * <p>Of those that wait, the ones that were at work before go first, then those of higher priority.
 * Among equals, parents take turns: one that has launched a hundred tasks does not keep another's
 * first one waiting. And every fourth turn is that of the parent which has waited longest, whatever
 * the priorities, so that nobody waits for ever. Nor does a task, because of its siblings: when
 * they have gone before it three times, the one of a parent that has waited longest goes.
 */
public final class AdmissionQueue {

  /** Goes before every priority. */
  private static final int AT_WORK_BEFORE = Integer.MAX_VALUE;

  private static final int TURNS_UNTIL_LONGEST_WAITING = 4;

  private final Lanes lanes;
  private final Gate all;
  private final Gate starts;
  private long lastNumber;
  private int turns;

  /** Counts the changes of all queues. */
  private long changes;

  public AdmissionQueue(Settings settings) {
    Settings.Slots limits = settings.slots();
    this.lanes = new Lanes(limits);
    this.all = new Gate("", new Limit("max_running", limits.maxRunning(), null));
    this.starts = new Gate("", new Limit("max_starting", limits.maxStarting(), null));
  }

  /** Gives a task its lane, by its agent and its present model. */
  void assign(LiveTask live) {
    lanes.assign(live);
  }

  /** A task that holds no slot and waits for none will not do so any more. */
  void leave(LiveTask live) {
    lanes.leave(live);
  }

  // --- the queue

  /** Lets a task wait for a slot to start with. */
  void enqueue(LiveTask live) {
    enqueue(live, live.record().options().priority());
  }

  /** Lets a task wait for a slot to go on with. */
  void enqueueAgain(LiveTask live) {
    enqueue(live, AT_WORK_BEFORE);
  }

  private void enqueue(LiveTask live, int rank) {
    Lane lane = laneOf(live);
    live.slot().enqueue(++lastNumber, rank);
    changes++;
    ParentQueue parent = ParentQueue.of(live.parent());
    if (parent.size() == 0) {
      parent.turn(++lastNumber);
    }
    parent.count(1);
    lane.enqueue(live);
    lane.review();
  }

  /** Takes a task out of the queue. */
  void dequeue(LiveTask live) {
    if (remove(live)) {
      laneOf(live).review();
    }
  }

  private boolean remove(LiveTask live) {
    Lane lane = laneOf(live);
    boolean removed = lane.dequeue(live);
    if (removed) {
      live.slot().dequeue();
      ParentQueue.of(live.parent()).count(-1);
      changes++;
    }
    return removed;
  }

  /** The next task that may work, with its slot taken; null if none may. */
  @Nullable LiveTask next() {
    Lane lane = all.full() ? null : (Lane) lanes.all().first();
    if (lane == null) {
      return null;
    }
    boolean starting = lane.rank() != AT_WORK_BEFORE;
    if (starting && starts.full()) {
      return null;
    }
    ParentQueue parent = ParentQueue.of(starting ? parentInTurn(lane) : lane.parent);
    LiveTask live =
        starting
            ? parent.inTurn(TURNS_UNTIL_LONGEST_WAITING)
            : parent.first(Lane::first, Lane.BY_RANK);
    remove(live);
    parent.turn(++lastNumber);
    take(live);
    if (starting) {
      starts.used++;
    }
    parent.lanes().forEach(Lane::review);
    return live;
  }

  private ParentSession parentInTurn(Lane first) {
    turns++;
    boolean longestFirst = turns % TURNS_UNTIL_LONGEST_WAITING == 0;
    Lane longest = longestFirst ? (Lane) lanes.all().longestWaiting() : null;
    return longest == null ? first.parent : longest.parent;
  }

  /** A task has left {@link dev.sideline.background.task.TaskStatus#STARTING}. */
  void onLeftStarting() {
    starts.used--;
  }

  /** Has a task work that was not asked whether it may, and does. */
  void take(LiveTask live) {
    all.used++;
    live.slot().hold(true);
    laneOf(live).gates.forEach(gate -> gate.use(1));
  }

  /** A task has ended, or has nothing to do but wait. */
  void release(LiveTask live) {
    all.used--;
    live.slot().hold(false);
    laneOf(live).gates.forEach(gate -> gate.use(-1));
  }

  /**
   * Counts anew what is used, by those that hold a slot or start.
   *
   * @param entries all that there are
   */
  void recount(List<LiveTask> entries) {
    all.used = 0;
    starts.used = 0;
    lanes.gates().forEach(gate -> gate.used = 0);
    for (LiveTask live : entries) {
      Lane lane = Lane.of(live);
      if (lane == null) {
        live.slot().hold(false);
      } else if (live.slot().held()) {
        all.used++;
        lane.gates.forEach(gate -> gate.used++);
      }
      if (live.status() == TaskStatus.STARTING) {
        starts.used++;
      }
    }
    lanes.review(entries);
  }

  // --- what is told

  /** What a task that holds no slot would have to wait for; null if it need not wait. */
  @Nullable Limit obstacle(LiveTask live) {
    Limit full = full(live);
    return full == null && starts.full() ? starts.limit : full;
  }

  /** The limit on those that work which leaves no room for a task; null if there is room. */
  @Nullable Limit full(LiveTask live) {
    Gate closed = all.full() ? all : laneOf(live).closed();
    return closed == null ? null : closed.limit;
  }

  /** The place of a task in its parent's queue, 1 for the next; 0 if it is not in it. */
  int position(LiveTask live) {
    if (live.slot().queuedAs() == 0) {
      return 0;
    }
    ParentQueue parent = ParentQueue.of(live.parent());
    if (parent.isLast(live)) {
      return parent.size();
    }
    parent.number(changes);
    return live.slot().position();
  }

  /** How many slots are taken. */
  int working() {
    return all.used;
  }

  private static Lane laneOf(LiveTask live) {
    Lane lane = Lane.of(live);
    if (lane == null) {
      throw new IllegalStateException(live.record().id() + " has no lane");
    }
    return lane;
  }
}
