package dev.sideline.background.ledger;

import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the ledger holds, and who may see it.
 *
 * <p>The maps from sessions are concurrent only so that {@link #observes} can be asked from any
 * thread; the rest is confined to the thread of the ledger.
 */
final class Roster {

  /**
   * The order in which tasks are stopped: whoever stops a task before the one that launched it has
   * the latter told, and sets it to work once more.
   */
  static final Comparator<Entry> UPPER_FIRST =
      Comparator.<Entry>comparingInt(entry -> entry.task.lineage().size())
          .thenComparing(entry -> entry.task, Task.BY_LAUNCH);

  private static final int SUGGESTED = 8;

  private final Retained retained;
  private final Accounts accounts = new Accounts();
  private final Map<TaskId, Entry> byId = new HashMap<>();
  private final Map<String, Entry> bySession = new ConcurrentHashMap<>();
  private final Map<String, Family> families = new ConcurrentHashMap<>();

  /**
   * The families below each session: it is asked for every task that is stopped or fails, and most
   * of them have none.
   */
  private final Map<String, Set<Family>> familiesBelow = new HashMap<>();

  /** What all tasks take, in bytes, as far as others decide on it. */
  private long bytes;

  /** How many tasks were ever taken. */
  private long lastNumber;

  Roster(Retained retained) {
    this.retained = retained;
  }

  /** Whether the events of a session matter. May be asked from any thread. */
  boolean observes(String session) {
    return bySession.containsKey(session)
        || families.containsKey(session)
        || retained.knowsParent(session);
  }

  @Nullable Entry byId(TaskId id) {
    return byId.get(id);
  }

  @Nullable Entry bySession(String session) {
    return bySession.get(session);
  }

  /** Whether tasks have run in a session, and all of them have ended. */
  boolean hasOnlyEndedTasks(String session) {
    Entry entry = bySession.get(session);
    return entry == null
        ? !retained.ofSession(session).isEmpty()
        : entry.task.status().terminal() || entry.task.status() == TaskStatus.PENDING;
  }

  @Nullable Family family(String parent) {
    return families.get(parent);
  }

  int size() {
    return byId.size();
  }

  /** What all tasks take, in bytes: what they were told, are to be told, and have answered. */
  long bytes() {
    return bytes;
  }

  /** What a task takes has changed. */
  void weigh(Entry entry) {
    if (byId.get(entry.task.id()) == entry) {
      bytes += entry.weigh();
    }
  }

  /** The sessions from a session upwards, as far as they are those of tasks. */
  List<String> lineage(String session) {
    Family family = families.get(session);
    if (family != null) {
      return family.lineage;
    }
    List<String> above = List.of();
    Entry own = bySession.get(session);
    if (own != null) {
      above = own.task.lineage();
    } else {
      List<Task> settled = retained.ofSession(session);
      if (!settled.isEmpty()) {
        above = settled.get(settled.size() - 1).lineage();
      }
    }
    List<String> lineage = new ArrayList<>(above.size() + 1);
    lineage.add(session);
    lineage.addAll(above);
    return List.copyOf(lineage);
  }

  /** What a session has used and done in all its life. */
  Account account(String session) {
    return accounts.of(session);
  }

  /** A session has gone for good. */
  void closeAccount(String session) {
    accounts.close(session);
  }

  Family familyOf(List<String> lineage) {
    Family known = families.get(lineage.get(0));
    if (known != null) {
      return known;
    }
    String root = lineage.get(lineage.size() - 1);
    Family family = new Family(lineage, accounts.of(lineage.get(0)), accounts.of(root));
    families.put(family.parent, family);
    Entry own = bySession.get(family.parent);
    if (own != null && own.task.promptId() != null) {
      family.account.sending(own.task.promptId());
    }
    for (String session : lineage) {
      familiesBelow.computeIfAbsent(session, key -> new LinkedHashSet<>()).add(family);
    }
    return family;
  }

  private void remove(Family family) {
    families.remove(family.parent, family);
    for (String session : family.lineage) {
      familiesBelow.computeIfPresent(
          session,
          (key, below) -> {
            below.remove(family);
            return below.isEmpty() ? null : below;
          });
    }
  }

  void add(Entry entry) {
    entry.task = entry.task.withNumber(++lastNumber);
    byId.put(entry.task.id(), entry);
    entry.family.members.add(entry);
    weigh(entry);
  }

  void bind(Entry entry, String session) {
    bySession.put(session, entry);
  }

  /** Finds anew what all take. */
  void recount() {
    bytes = 0;
    for (Entry entry : byId.values()) {
      entry.weigh();
      bytes += entry.weight();
    }
  }

  /** Takes a task out. */
  void remove(Entry entry) {
    if (byId.remove(entry.task.id(), entry)) {
      bytes -= entry.weight();
    }
    if (entry.task.session() != null) {
      bySession.remove(entry.task.session(), entry);
    }
    entry.family.members.remove(entry);
    removeIfEmpty(entry.family);
  }

  /** Takes out a family that has no tasks any more and waits for nothing. */
  void removeIfEmpty(Family family) {
    if (family.isEmpty() && family.delivery == null) {
      remove(family);
    }
  }

  int live() {
    int live = 0;
    for (Family family : families.values()) {
      live += family.live;
    }
    return live;
  }

  /** All families. */
  List<Family> families() {
    return List.copyOf(families.values());
  }

  /** The families of the tree below a session, its own among them, upper ones first. */
  List<Family> familiesOfTree(String session) {
    return familiesBelow.getOrDefault(session, Set.of()).stream()
        .sorted(Comparator.comparingInt(family -> family.lineage.size()))
        .toList();
  }

  /** All entries, upper ones first. */
  List<Entry> entries() {
    List<Entry> entries = new ArrayList<>(byId.values());
    entries.sort(UPPER_FIRST);
    return entries;
  }

  /** The entries of the tree below a session, upper ones first. */
  List<Entry> entriesOfTree(String session) {
    List<Entry> entries = new ArrayList<>();
    for (Family family : familiesOfTree(session)) {
      entries.addAll(family.members);
    }
    return entries;
  }

  /** All tasks of the tree below a session, live and settled, newest first. */
  List<Task> tasksOfTree(String session) {
    List<Task> tasks = new ArrayList<>(retained.ofTree(session));
    for (Entry entry : entriesOfTree(session)) {
      tasks.add(entry.task.withProgress(entry.progress()));
    }
    tasks.sort(Task.BY_LAUNCH.reversed());
    return tasks;
  }

  /**
   * A few tasks of the tree below a session, those that ended last, in the order of their launch.
   */
  List<TaskId> lastEnded(String session) {
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
  List<Task> resolve(String caller, String ref) {
    Entry entry = ref.startsWith(TaskId.PREFIX) ? byId.get(new TaskId(ref)) : bySession.get(ref);
    List<Task> found = new ArrayList<>();
    if (ref.startsWith(TaskId.PREFIX)) {
      Task settled = entry == null ? retained.find(new TaskId(ref)) : entry.task;
      if (settled != null) {
        found.add(settled);
      }
    } else {
      found.addAll(retained.ofSession(ref));
      if (entry != null) {
        found.add(entry.task);
      }
    }
    found.removeIf(task -> !task.belongsTo(caller));
    return found;
  }

  /** A few ids that a caller may use, newest first. */
  List<String> suggestions(String caller) {
    return tasksOfTree(caller).stream().limit(SUGGESTED).map(task -> task.id().value()).toList();
  }
}
