package dev.sideline.background.engine.model;

import dev.sideline.background.engine.protocol.Handling.Told;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a parent is still to be told of its tasks. */
public final class PendingNotifications {

  private final UnitOfWork unit;

  /** Tasks that have ended since the parent was last told that all have, in that order. */
  private final List<LiveTask> ended = new ArrayList<>(0);

  /** Those of them that are still to be announced. */
  private final Set<LiveTask> unannounced = new LinkedHashSet<>(2);

  /** Those of them that are to be announced when all have ended. */
  private final Set<LiveTask> announcedLast = new LinkedHashSet<>(2);

  /** Those that it was told of without being woken, and has not read; it is woken in the end. */
  private final Set<LiveTask> toldAsleep = new LinkedHashSet<>(2);

  /** Tasks that need the parent, and of which it does not know that yet. */
  private final Set<LiveTask> attention = new LinkedHashSet<>(2);

  /** Since when something is to be told, in epoch milliseconds; 0 if nothing is. */
  private long sinceMillis;

  /**
   * What is told at once.
   *
   * @param last whether no task is live any more, so that all that is left is told
   * @param announced the tasks that are announced
   * @param ended all that have ended since the parent was last told so; empty unless it is the last
   * @param attention the tasks that need the parent
   * @param toldAsleep what the parent was told before without being woken, and is woken for now
   * @param sinceMillis since when they were to be told, in epoch milliseconds
   */
  public record NotificationBatch(
      boolean last,
      List<LiveTask> announced,
      List<LiveTask> ended,
      List<LiveTask> attention,
      List<LiveTask> toldAsleep,
      long sinceMillis) {

    /** The tasks that are announced, as they ended. */
    public List<Task> announcedTasks() {
      return tasks(announced);
    }

    /** All that have ended, as they did. */
    public List<Task> endedTasks() {
      return tasks(ended);
    }

    /** The tasks that need the parent, as they stand now. */
    public List<Task> attentionTasks() {
      return attention.stream().map(live -> live.record().withProgress(live.progress())).toList();
    }

    /** The notice that tells it. */
    public Notice notice(String parent, String messageId, int stillRunning, boolean wake) {
      return new Notice(
          parent, messageId, announcedTasks(), endedTasks(), attentionTasks(), stillRunning, wake);
    }

    /** The same without a task. */
    NotificationBatch without(LiveTask live) {
      return new NotificationBatch(
          last,
          rest(announced, live),
          rest(ended, live),
          rest(attention, live),
          rest(toldAsleep, live),
          sinceMillis);
    }

    private static List<LiveTask> rest(List<LiveTask> entries, LiveTask gone) {
      return entries.stream().filter(live -> live != gone).toList();
    }

    /** Whether there is nothing to tell of. */
    public boolean isEmpty() {
      return announced.isEmpty() && ended.isEmpty() && attention.isEmpty() && toldAsleep.isEmpty();
    }

    private static List<Task> tasks(List<LiveTask> entries) {
      return entries.stream().map(live -> live.record()).toList();
    }
  }

  PendingNotifications(UnitOfWork unit) {
    this.unit = unit;
  }

  // --- what there is

  /** Whether the parent is owed a word. */
  public boolean owed() {
    return !unannounced.isEmpty()
        || !announcedLast.isEmpty()
        || !toldAsleep.isEmpty()
        || !attention.isEmpty();
  }

  /** How many tasks have ended of which the parent is still to be told. */
  int unannounced() {
    return unannounced.size() + announcedLast.size();
  }

  /** Whether the parent is owed a word about a task. */
  public boolean owes(LiveTask live) {
    return untold(live) || toldAsleep.contains(live);
  }

  /** Whether the parent was not yet told what it is to be told of a task. */
  public boolean untold(LiveTask live) {
    return unannounced.contains(live) || announcedLast.contains(live) || attention.contains(live);
  }

  /**
   * Whether there is anything to tell now.
   *
   * @param last whether no task is live any more
   */
  public boolean anything(boolean last) {
    return !unannounced.isEmpty() || !attention.isEmpty() || (last && owed());
  }

  /** Whether a task needs the parent, which it does not know yet. */
  public boolean urgent() {
    return !attention.isEmpty();
  }

  /** Since when something is to be told, in epoch milliseconds; 0 if nothing is. */
  public long sinceMillis() {
    return sinceMillis;
  }

  // --- what comes and goes

  /** Takes a task that has ended. */
  public void ended(LiveTask live) {
    long last = ended.isEmpty() ? 0 : ended.get(ended.size() - 1).stopping().place();
    live.stopping().place(last + 1);
    ended.add(live);
    attention.remove(live);
    told(live, Told.KNOWN);
  }

  /**
   * Takes up a task that has ended, as is recorded; in the order in which they did.
   *
   * @param underWay the notice that is under way; null if none is
   */
  public void restore(LiveTask live, @Nullable NotificationBatch underWay, long nowMillis) {
    ended.add(live);
    Told told = live.stopping().told();
    if (told == Told.UNTOLD && (underWay == null || !underWay.announced().contains(live))) {
      toAnnounce(live, nowMillis);
    } else if (told == Told.ASLEEP && (underWay == null || !underWay.toldAsleep().contains(live))) {
      toldAsleep.add(live);
    }
  }

  /** Takes a task that has ended and that its parent is to be told of. */
  public void toAnnounce(LiveTask live, long nowMillis) {
    boolean whenAllHaveEnded = live.record().options().notification() == Notify.ALL;
    (whenAllHaveEnded ? announcedLast : unannounced).add(live);
    told(live, Told.UNTOLD);
    owe(nowMillis);
  }

  /** Takes a task that needs its parent. */
  public void requestAttention(LiveTask live, long nowMillis) {
    attention.add(live);
    owe(nowMillis);
  }

  private void owe(long nowMillis) {
    if (sinceMillis == 0) {
      sinceMillis = nowMillis;
    }
  }

  /** Drops the tasks that do not need their parent any more. */
  public void refresh() {
    attention.removeIf(live -> !live.needsAttention());
  }

  /** The parent has read what some requests of a task ask; perhaps that is all that there are. */
  public void noticed(LiveTask live, Collection<Request> read) {
    read.forEach(request -> request.told(true));
    unit.markDirty(live);
    if (live.requests().stream().allMatch(Request::told)) {
      attention.remove(live);
    }
  }

  /** The parent knows all that is to be told of a task, or does not want to. */
  public void clear(LiveTask live) {
    if (remove(live)) {
      told(live, Told.KNOWN);
    }
  }

  /** Takes out a task that has ended; tells whether the parent is owed a word about its end. */
  private boolean remove(LiveTask live) {
    attention.remove(live);
    boolean untold = unannounced.remove(live);
    untold |= announcedLast.remove(live);
    return toldAsleep.remove(live) || untold;
  }

  private void told(LiveTask live, Told now) {
    Told before = live.stopping().told();
    if (before != now && before != Told.CLOSED) {
      live.stopping().told(now);
      unit.markDirty(live);
    }
  }

  /** There is no such task here any more. */
  public void forget(LiveTask live) {
    remove(live);
    ended.remove(live);
  }

  /** Nothing is owed any more; what has ended is still to be closed. */
  public void settled() {
    sinceMillis = 0;
  }

  /** Nobody is to be told anything; what has ended is still to be closed. */
  public void clear() {
    ended.forEach(live -> told(live, Told.KNOWN));
    unannounced.clear();
    announcedLast.clear();
    toldAsleep.clear();
    attention.clear();
  }

  /** Nobody is there any more. */
  public void abandon() {
    clear();
    ended.clear();
    sinceMillis = 0;
  }

  // --- what is told

  /**
   * Takes out what is told now.
   *
   * @param last whether no task is live any more
   * @param wake whether the parent is set to work by it
   */
  public NotificationBatch take(boolean last, boolean wake, long nowMillis) {
    NotificationBatch batch =
        new NotificationBatch(
            last,
            last ? inOrderOfEnd() : List.copyOf(unannounced),
            last ? List.copyOf(ended) : List.of(),
            List.copyOf(attention),
            last ? List.copyOf(toldAsleep) : List.of(),
            sinceMillis);
    unannounced.clear();
    if (last) {
      announcedLast.clear();
      toldAsleep.clear();
    } else if (!wake) {
      toldAsleep.addAll(batch.announced());
      batch.announced().forEach(live -> told(live, Told.ASLEEP));
    }
    attention.forEach(live -> live.requestsTold(true, unit));
    attention.clear();
    sinceMillis = owed() ? nowMillis : 0;
    return batch;
  }

  /**
   * Takes out what is told in the answer to a call of the parent. That it is told is not recorded
   * before it was read: no notice is recorded that would be given again after a crash.
   *
   * @param shown what another answer on its way shows, and is not told once more
   * @param last whether no task is live any more
   * @return null if there is nothing
   */
  public @Nullable NotificationBatch takeForAnswer(
      Set<LiveTask> shown, boolean last, long nowMillis) {
    List<LiveTask> announced =
        (last ? inOrderOfEnd() : List.copyOf(unannounced))
            .stream().filter(live -> !shown.contains(live)).toList();
    List<LiveTask> asking = attention.stream().filter(live -> !shown.contains(live)).toList();
    if (announced.isEmpty() && asking.isEmpty()) {
      return null;
    }
    long since = sinceMillis;
    announced.forEach(this::remove);
    asking.forEach(attention::remove);
    sinceMillis = owed() ? nowMillis : 0;
    return new NotificationBatch(last, announced, List.of(), asking, List.of(), since);
  }

  /**
   * What was taken out was read, or will never be; unless the parent is still to be woken for it.
   */
  public void known(NotificationBatch batch) {
    for (LiveTask live : batch.announced()) {
      if (!toldAsleep.contains(live)) {
        told(live, Told.KNOWN);
      }
    }
  }

  private List<LiveTask> inOrderOfEnd() {
    if (announcedLast.isEmpty()) {
      return List.copyOf(unannounced);
    }
    Set<LiveTask> all = new HashSet<>(unannounced);
    all.addAll(announcedLast);
    return ended.stream().filter(all::contains).toList();
  }

  /**
   * Takes back what was not told after all, before all that has come since.
   *
   * @param members the tasks that there are still
   */
  public void putBack(NotificationBatch batch, Collection<LiveTask> members) {
    List<LiveTask> since = List.copyOf(unannounced);
    unannounced.clear();
    for (LiveTask live : batch.announced()) {
      if (members.contains(live)) {
        toldAsleep.remove(live);
        toAnnounce(live, batch.sinceMillis());
      }
    }
    unannounced.addAll(since);
    toldAsleep.addAll(batch.toldAsleep());
    for (LiveTask live : batch.attention()) {
      if (members.contains(live)) {
        live.requestsTold(false, unit);
        attention.add(live);
      }
    }
    sinceMillis = batch.sinceMillis();
  }

  /**
   * All that have ended, so that they can be closed. Those that end from now on are appended behind
   * them.
   */
  public List<LiveTask> toClose() {
    return List.copyOf(ended);
  }

  /** The parent is not told any more that the first of those that have ended have. */
  public void closed(int first) {
    ended.subList(0, first).clear();
  }
}
