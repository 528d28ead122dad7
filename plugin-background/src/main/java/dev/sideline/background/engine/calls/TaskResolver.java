package dev.sideline.background.engine.calls;

import dev.sideline.api.Reach;
import dev.sideline.background.engine.model.Archive;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.scheduling.Slots;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the tasks that callers mean, within their own trees, and shows them as they stand. */
public final class TaskResolver {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Archive archive;
  private final Slots slots;
  private final RecordLookups lookups;

  public TaskResolver(UnitOfWork unit, TaskRegistry registry, Archive archive, Slots slots) {
    this.unit = unit;
    this.registry = registry;
    this.archive = archive;
    this.slots = slots;
    this.lookups = new RecordLookups(unit, registry, archive);
  }

  /** What is looked for in the record. */
  RecordLookups lookups() {
    return lookups;
  }

  /**
   * The tasks that are meant; null if the call was answered because one of them is not known, or
   * has to be looked for first.
   */
  @Nullable Set<TaskId> resolve(long call, String caller, List<String> refs) {
    return resolve(call, caller, refs, List.of());
  }

  /**
   * The tasks that are meant by a call that may have been made before.
   *
   * @param meantBefore the tasks that were meant then, some of which may be forgotten by now
   * @return null if the call was answered because one of them is not known, or has to be looked for
   *     first
   */
  @Nullable Set<TaskId> resolve(
      long call, String caller, List<String> refs, List<TaskId> meantBefore) {
    // What is found here is still there when it is looked up.
    archive.expire();
    if (refs.isEmpty()) {
      return Set.of();
    }
    if (lookups.areMissing(call, notInMemory(caller, refs))) {
      return null;
    }
    Set<TaskId> ids = new LinkedHashSet<>();
    for (String ref : refs) {
      List<Task> found = registry.resolve(caller, ref);
      TaskId before = found.size() == 1 ? null : meantBefore(ref, found, meantBefore, ids);
      if (before != null) {
        ids.add(before);
        continue;
      }
      if (found.isEmpty()) {
        unit.reply(call, new Answer.UnknownTask(ref, registry.suggestions(caller)));
        return null;
      }
      if (found.size() > 1) {
        List<String> candidates = found.stream().map(task -> task.id().value()).toList();
        unit.reply(call, new Answer.AmbiguousTask(ref, candidates));
        return null;
      }
      ids.add(found.get(0).id());
    }
    return ids;
  }

  private List<Lookup> notInMemory(String caller, List<String> refs) {
    List<Lookup> unknown = new ArrayList<>(0);
    for (String ref : refs) {
      Lookup lookup =
          ref.startsWith(TaskId.PREFIX)
              ? new Lookup.ById(new TaskId(ref))
              : new Lookup.OfSession(ref);
      if (!unknown.contains(lookup) && registry.resolve(caller, ref).isEmpty()) {
        unknown.add(lookup);
      }
    }
    return unknown;
  }

  /**
   * The task that a reference meant before which means none any more, or several. That of a session
   * whose task is forgotten does not tell which it was: it is taken for the first that is
   * forgotten.
   */
  private @Nullable TaskId meantBefore(
      String ref, List<Task> found, List<TaskId> meantBefore, Set<TaskId> taken) {
    for (TaskId id : meantBefore) {
      boolean meant =
          found.isEmpty()
              ? ref.equals(id.value())
                  || (!ref.startsWith(TaskId.PREFIX) && registry.find(id) == null)
              : found.stream().anyMatch(task -> task.id().equals(id));
      if (meant && !taken.contains(id)) {
        return id;
      }
    }
    return null;
  }

  List<View> views(List<TaskId> ids) {
    List<View> views = new ArrayList<>();
    for (TaskId id : ids) {
      Task task = registry.find(id);
      if (task != null) {
        views.add(view(task));
      }
    }
    return views;
  }

  View view(Task task) {
    LiveTask live = registry.byId(task.id());
    return live == null ? View.of(task) : view(live);
  }

  View view(LiveTask live) {
    boolean queued = live.status() == TaskStatus.PENDING && live.slot().queuedAs() != 0;
    return new View(
        live.record().withProgress(live.progress()),
        queued ? slots.position(live) : 0,
        queued ? slots.obstacle(live) : null,
        // Whom answers tell is told in the very answer that shows it.
        live.parent().reach() != Reach.ANSWERED && live.parent().pending().untold(live));
  }

  /** A task that is held; null if there is none, or it is archived. */
  @Nullable LiveTask live(TaskId id) {
    return registry.byId(id);
  }

  /** A task, held or finished; null if there is none (any more). */
  @Nullable Task find(TaskId id) {
    return registry.find(id);
  }

  /**
   * The task that a session has launched with a key; null if it has not, or it is forgotten, or not
   * looked for yet.
   */
  @Nullable Task launchedWith(String parent, String key) {
    archive.expire();
    Task task = archive.launchedWith(parent, key);
    if (task != null) {
      return task;
    }
    List<Task> found = lookups.found(new Lookup.ByKey(parent, key)).tasks();
    return found.isEmpty() ? null : found.get(0);
  }

  /** Whether a session is that of a task, or has launched one, as far as memory goes. */
  boolean knows(String session) {
    return registry.parent(session) != null
        || registry.bySession(session) != null
        || registry.lastFinishedOf(session) != null;
  }

  /** Notes the key of a new task, if it has one. */
  void note(Task task) {
    archive.note(task);
  }

  /** A session and those above it, as far as they are those of tasks. */
  List<String> ancestors(String session) {
    return registry.ancestors(session);
  }

  /** The live tasks of a caller's tree. */
  List<TaskId> liveOf(String caller) {
    List<TaskId> ids = new ArrayList<>();
    for (LiveTask live : registry.entriesOfTree(caller)) {
      if (!live.status().terminal()) {
        ids.add(live.record().id());
      }
    }
    return ids;
  }
}
