package dev.sideline.background.retain;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy.FixedExpiration;
import dev.sideline.background.engine.protocol.FinishedTasks;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finished tasks in a Caffeine cache.
 *
 * <p>The cache is the hard bound on bytes, and lets go of what has outlived its lifetime, which
 * begins when a task comes here: its parent has just been told of it, however long it had to wait
 * for its siblings. What has to go for something newer is not left to it: its admission filter
 * prefers what it has seen often to what is new, so that a cache fed a thousand entries in order
 * keeps some of the first and few of the last, and the newest is just what an agent is about to
 * read. So the tasks are also kept in the order in which they settled, and the first of that order
 * goes before the cache would have to choose.
 *
 * <p>Confined to one thread, but for {@link #knowsParent}: the cache runs its maintenance on the
 * thread that uses it.
 */
public final class CaffeineFinishedTasks implements FinishedTasks {

  /**
   * A task and its place among all that ever came here, which tells apart those that have ended in
   * the same millisecond: they come in the order in which they ended.
   */
  private record Kept(Task task, long place) {
    static final Comparator<Kept> OLDEST_FIRST =
        Comparator.<Kept>comparingLong(kept -> kept.task.settledMillis())
            .thenComparingLong(Kept::place);
  }

  private final int maxCount;
  private final long maxBytes;
  private final Cache<TaskId, Kept> cache;
  private final NavigableSet<Kept> bySettling = new TreeSet<>(Kept.OLDEST_FIRST);
  private final Map<String, List<Task>> bySession = new HashMap<>();
  private final Map<String, Integer> tasksOfParent = new ConcurrentHashMap<>();
  private final List<TaskId> gone = new ArrayList<>();
  private long bytes;
  private long lastPlace;

  /**
   * @param nowMillis the time, in milliseconds
   */
  public CaffeineFinishedTasks(Settings settings, LongSupplier nowMillis) {
    this.maxCount = settings.retention().maxCount();
    this.maxBytes = settings.retention().maxBytes();
    this.cache =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(nowMillis.getAsLong()))
            .maximumWeight(maxBytes)
            .weigher((TaskId id, Kept kept) -> weight(kept.task))
            .expireAfterWrite(settings.retention().lifetime())
            .<TaskId, Kept>evictionListener(
                (id, kept, cause) -> {
                  if (kept != null) {
                    unlist(kept);
                    gone.add(kept.task.id());
                  }
                })
            .build();
  }

  @Override
  public List<TaskId> add(Task task) {
    while (!bySettling.isEmpty()
        && (bySettling.size() >= maxCount || bytes + weight(task) > maxBytes)) {
      Task oldest = bySettling.first().task;
      remove(oldest.id());
      gone.add(oldest.id());
    }
    Kept kept = new Kept(task, ++lastPlace);
    list(kept);
    cache.put(task.id(), kept);
    cache.cleanUp();
    return drainGone();
  }

  @Override
  public @Nullable Task find(TaskId id) {
    Kept kept = cache.getIfPresent(id);
    return kept == null ? null : kept.task;
  }

  @Override
  public List<Task> ofSession(String session) {
    return List.copyOf(bySession.getOrDefault(session, List.of()));
  }

  @Override
  public List<Task> all() {
    return bySettling.stream().map(Kept::task).toList();
  }

  @Override
  public List<Task> ofTree(String session) {
    return bySettling.stream().map(Kept::task).filter(task -> task.belongsTo(session)).toList();
  }

  @Override
  public void remove(TaskId id) {
    Kept kept = cache.asMap().remove(id);
    if (kept != null) {
      unlist(kept);
    }
  }

  @Override
  public List<TaskId> expire() {
    cache.cleanUp();
    return drainGone();
  }

  @Override
  public long millisToExpiry() {
    return cache
        .policy()
        .expireAfterWrite()
        .flatMap(
            expiry -> expiry.oldest(1).keySet().stream().findFirst().map(id -> left(expiry, id)))
        .orElse(Long.MAX_VALUE);
  }

  private static long left(FixedExpiration<TaskId, Kept> expiry, TaskId id) {
    long lifetime = expiry.getExpiresAfter(TimeUnit.MILLISECONDS);
    return Math.max(0, lifetime - expiry.ageOf(id, TimeUnit.MILLISECONDS).orElse(lifetime));
  }

  @Override
  public boolean knowsParent(String session) {
    return tasksOfParent.containsKey(session);
  }

  /** Lets go of everything. */
  public void clear() {
    cache.invalidateAll();
    cache.cleanUp();
    bySettling.clear();
    bySession.clear();
    tasksOfParent.clear();
    bytes = 0;
  }

  private void list(Kept kept) {
    Task task = kept.task;
    bySettling.add(kept);
    bytes += weight(task);
    tasksOfParent.merge(task.parent(), 1, Integer::sum);
    if (task.session() != null) {
      bySession.computeIfAbsent(task.session(), key -> new ArrayList<>(1)).add(task);
    }
  }

  private void unlist(Kept kept) {
    Task task = kept.task;
    bySettling.remove(kept);
    bytes -= weight(task);
    tasksOfParent.computeIfPresent(task.parent(), (key, count) -> count == 1 ? null : count - 1);
    if (task.session() != null) {
      bySession.computeIfPresent(
          task.session(),
          (key, tasks) -> {
            tasks.remove(task);
            return tasks.isEmpty() ? null : tasks;
          });
    }
  }

  private List<TaskId> drainGone() {
    if (gone.isEmpty()) {
      return List.of();
    }
    List<TaskId> drained = List.copyOf(gone);
    gone.clear();
    return drained;
  }

  private static int weight(Task task) {
    return (int) Math.min(Integer.MAX_VALUE, task.bytes());
  }
}
