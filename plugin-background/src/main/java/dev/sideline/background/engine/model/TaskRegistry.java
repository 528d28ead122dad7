package dev.sideline.background.engine.model;

import dev.sideline.background.engine.protocol.Changes.AccountRow;
import dev.sideline.background.engine.protocol.Changes.MessageRow;
import dev.sideline.background.engine.protocol.FinishedTasks;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the engine holds, and who may see it.
 *
 * <p>The maps from sessions are concurrent only so that {@link #observes} can be asked from any
 * thread; the rest is confined to the thread of the engine.
 */
public final class TaskRegistry {

  /**
   * The order in which tasks are stopped: whoever stops a task before the one that launched it has
   * the latter told, and sets it to work once more.
   */
  public static final Comparator<LiveTask> UPPER_FIRST =
      Comparator.<LiveTask>comparingInt(live -> live.record().ancestors().size())
          .thenComparing(live -> live.record(), Task.BY_LAUNCH);

  private static final int SUGGESTED = 8;

  private final FinishedTasks finished;
  private final UnitOfWork unit;
  private final Accounts accounts;
  private final RecalledTasks recalled = new RecalledTasks();
  private final Map<TaskId, LiveTask> byId = new HashMap<>();
  private final Map<String, LiveTask> bySession = new ConcurrentHashMap<>();
  private final Map<String, ParentSession> parents = new ConcurrentHashMap<>();

  /**
   * The parents below each session: it is asked for every task that is stopped or fails, and most
   * of them have none.
   */
  private final Map<String, Set<ParentSession>> parentsBelow = new HashMap<>();

  /** What all tasks take, in bytes, as far as others decide on it. */
  private long bytes;

  /** How many tasks were ever taken. */
  private long lastNumber;

  public TaskRegistry(FinishedTasks finished, UnitOfWork unit) {
    this.finished = finished;
    this.unit = unit;
    this.accounts = new Accounts(unit);
  }

  /** Whether the events of a session matter. May be asked from any thread. */
  public boolean observes(String session) {
    return bySession.containsKey(session)
        || parents.containsKey(session)
        || finished.knowsParent(session);
  }

  public @Nullable LiveTask byId(TaskId id) {
    return byId.get(id);
  }

  /** What was found in the record for the call that is being answered. */
  public RecalledTasks recalled() {
    return recalled;
  }

  /** A task, held or finished; null if there is none (any more). */
  public @Nullable Task find(TaskId id) {
    LiveTask live = byId.get(id);
    return live == null ? findFinished(id) : live.record();
  }

  private @Nullable Task findFinished(TaskId id) {
    Task task = finished.find(id);
    return task == null ? recalled.find(id) : task;
  }

  /** The finished tasks that ran in a session, in the order in which they settled. */
  private List<Task> finishedOfSession(String session) {
    List<Task> tasks = finished.ofSession(session);
    return tasks.isEmpty() ? recalled.ofSession(session) : tasks;
  }

  /** The finished task that was the last to work in a session; null if there is none. */
  public @Nullable Task lastFinishedOf(String session) {
    List<Task> settled = finishedOfSession(session);
    return settled.isEmpty() ? null : settled.get(settled.size() - 1);
  }

  public @Nullable LiveTask bySession(String session) {
    return bySession.get(session);
  }

  /** Whether tasks have run in a session, and all of them have ended. */
  public boolean hasOnlyEndedTasks(String session) {
    LiveTask live = bySession.get(session);
    return live == null
        ? lastFinishedOf(session) != null
        : live.status().terminal() || live.status() == TaskStatus.PENDING;
  }

  public @Nullable ParentSession parent(String parent) {
    return parents.get(parent);
  }

  public int size() {
    return byId.size();
  }

  /** What all tasks take, in bytes: what they were told, are to be told, and have answered. */
  public long bytes() {
    return bytes;
  }

  /** What a task takes has changed. */
  public void weigh(LiveTask live) {
    if (byId.get(live.record().id()) == live) {
      bytes += live.weigh();
    }
  }

  /** The sessions from a session upwards, as far as they are those of tasks. */
  public List<String> ancestors(String session) {
    ParentSession parent = parents.get(session);
    if (parent != null) {
      return parent.ancestors();
    }
    List<String> above = List.of();
    LiveTask own = bySession.get(session);
    if (own != null) {
      above = own.record().ancestors();
    } else {
      Task last = lastFinishedOf(session);
      if (last != null) {
        above = last.ancestors();
      }
    }
    List<String> ancestors = new ArrayList<>(above.size() + 1);
    ancestors.add(session);
    ancestors.addAll(above);
    return List.copyOf(ancestors);
  }

  /** What a session has used and done in all its life. */
  public Account account(String session) {
    return accounts.of(session);
  }

  /** Takes up the accounts that are recorded; before all tasks. */
  public void restoreAccounts(Collection<AccountRow> recorded) {
    accounts.restore(recorded);
  }

  /** A session has gone for good. */
  public void closeAccount(String session) {
    accounts.close(session);
  }

  public ParentSession parentOf(List<String> ancestors) {
    ParentSession known = parents.get(ancestors.get(0));
    if (known != null) {
      return known;
    }
    String root = ancestors.get(ancestors.size() - 1);
    ParentSession parent =
        new ParentSession(ancestors, accounts.hold(ancestors.get(0)), accounts.hold(root), unit);
    parents.put(parent.session(), parent);
    LiveTask own = bySession.get(parent.session());
    if (own != null && own.record().promptId() != null) {
      parent.account().sending(own.record().promptId());
    }
    for (String session : ancestors) {
      parentsBelow.computeIfAbsent(session, key -> new LinkedHashSet<>()).add(parent);
    }
    return parent;
  }

  private void remove(ParentSession parent) {
    parents.remove(parent.session(), parent);
    accounts.release(parent.session());
    accounts.release(parent.root());
    for (String session : parent.ancestors()) {
      parentsBelow.computeIfPresent(
          session,
          (key, below) -> {
            below.remove(parent);
            return below.isEmpty() ? null : below;
          });
    }
  }

  public void add(LiveTask live) {
    live.update(live.record().withNumber(++lastNumber));
    byId.put(live.record().id(), live);
    live.parent().add(live);
    weigh(live);
  }

  /** All that are taken from now on have a higher number than any that is recorded. */
  public void numberAfter(long recorded) {
    lastNumber = recorded;
  }

  /**
   * Takes up a task that is recorded; in the order of their numbers.
   *
   * @param messages the messages to its session that are kept, by their numbers
   */
  public LiveTask restore(RecordedTask recorded, Function<Long, @Nullable MessageRow> messages) {
    Task task = recorded.task();
    LiveTask live = LiveTask.restored(parentOf(task.ancestors()), recorded, messages, unit.now());
    byId.put(task.id(), live);
    live.parent().add(live);
    if (task.session() != null) {
      bind(live, task.session());
    }
    weigh(live);
    return live;
  }

  public void bind(LiveTask live, String session) {
    bySession.put(session, live);
  }

  /** Finds anew what all take. */
  public void recount() {
    bytes = 0;
    for (LiveTask live : byId.values()) {
      live.weigh();
      bytes += live.recordState().weight();
    }
  }

  /** Takes a task out. */
  public void remove(LiveTask live) {
    if (byId.remove(live.record().id(), live)) {
      bytes -= live.recordState().weight();
    }
    if (live.record().session() != null) {
      unbind(live, live.record().session());
    }
    live.parent().remove(live);
    removeIfEmpty(live.parent());
  }

  /** A session is not that of a task any more; it is again that of the one which was resumed. */
  private void unbind(LiveTask live, String session) {
    TaskId resumes = live.record().provenance().resumes();
    LiveTask before = resumes == null ? null : byId.get(resumes);
    if (before == null) {
      bySession.remove(session, live);
    } else {
      bySession.replace(session, live, before);
    }
  }

  /** Takes out a parent that has no tasks any more and waits for nothing. */
  public void removeIfEmpty(ParentSession parent) {
    if (parent.isEmpty() && parent.inFlight() == null) {
      remove(parent);
    }
  }

  public int live() {
    int live = 0;
    for (ParentSession parent : parents.values()) {
      live += parent.liveTasks();
    }
    return live;
  }

  /** Whether so many tasks are live, or are still to be announced. */
  public boolean hasUnsettled(int tasks) {
    // It is most often answered by what is known without a look at all parents.
    return size() >= tasks
        && parents.values().stream().mapToInt(ParentSession::unsettledTasks).sum() >= tasks;
  }

  /** All parents. */
  public List<ParentSession> parents() {
    return List.copyOf(parents.values());
  }

  /** The parents of the tree below a session, its own among them, upper ones first. */
  public List<ParentSession> parentsOfTree(String session) {
    return parentsBelow.getOrDefault(session, Set.of()).stream()
        .sorted(Comparator.comparingInt(parent -> parent.ancestors().size()))
        .toList();
  }

  /** All tasks that are held, upper ones first. */
  public List<LiveTask> entries() {
    List<LiveTask> entries = new ArrayList<>(byId.values());
    entries.sort(UPPER_FIRST);
    return entries;
  }

  /** Those of the tree below a session, upper ones first. */
  public List<LiveTask> entriesOfTree(String session) {
    List<LiveTask> entries = new ArrayList<>();
    for (ParentSession parent : parentsOfTree(session)) {
      entries.addAll(parent.members());
    }
    return entries;
  }

  /** All tasks of the tree below a session, live and ended, newest first. */
  public List<Task> tasksOfTree(String session) {
    List<Task> tasks = new ArrayList<>(finished.ofTree(session));
    for (LiveTask live : entriesOfTree(session)) {
      tasks.add(live.record().withProgress(live.progress()));
    }
    tasks.sort(Task.BY_LAUNCH.reversed());
    return tasks;
  }

  /**
   * A few tasks of the tree below a session, those that ended last, in the order of their launch.
   */
  public List<TaskId> lastEnded(String session) {
    return tasksOfTree(session).stream()
        .filter(task -> task.status().terminal())
        .sorted(Task.BY_END.reversed())
        .limit(SUGGESTED)
        .sorted(Task.BY_LAUNCH)
        .map(Task::id)
        .toList();
  }

  /**
   * Finds a task by its id or by the session that it runs in.
   *
   * @return the tasks of the caller's tree that are meant: none, one, or several
   */
  public List<Task> resolve(String caller, String ref) {
    LiveTask live = ref.startsWith(TaskId.PREFIX) ? byId.get(new TaskId(ref)) : bySession.get(ref);
    List<Task> found = new ArrayList<>();
    if (ref.startsWith(TaskId.PREFIX)) {
      Task settled = live == null ? findFinished(new TaskId(ref)) : live.record();
      if (settled != null) {
        found.add(settled);
      }
    } else {
      found.addAll(finishedOfSession(ref));
      if (live != null) {
        found.add(live.record());
      }
    }
    found.removeIf(task -> !task.belongsTo(caller));
    return found;
  }

  /** A few ids that a caller may use, newest first. */
  public List<String> suggestions(String caller) {
    return tasksOfTree(caller).stream().limit(SUGGESTED).map(task -> task.id().value()).toList();
  }
}
