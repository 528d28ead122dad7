package dev.sideline.background.engine.calls;

import dev.sideline.background.engine.model.Archive;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.Request;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.protocol.Answer.OperatorView;
import dev.sideline.background.engine.protocol.FinishedTasks;
import dev.sideline.background.engine.scheduling.Slots;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All tasks, whichever session has launched them, as whoever runs the host is shown them. */
public final class OperatorViews {

  private static final Comparator<OperatorView> NEWEST_FIRST =
      Comparator.comparing(OperatorView::task, Task.BY_LAUNCH.reversed());

  private final TaskRegistry registry;
  private final Archive archive;
  private final FinishedTasks finished;
  private final Slots slots;
  private final RecordLookups lookups;

  public OperatorViews(
      TaskRegistry registry,
      Archive archive,
      FinishedTasks finished,
      Slots slots,
      TaskResolver resolver) {
    this.registry = registry;
    this.archive = archive;
    this.finished = finished;
    this.slots = slots;
    this.lookups = resolver.lookups();
  }

  /** What is looked for in the record. */
  RecordLookups lookups() {
    return lookups;
  }

  /** A task that is held; null if there is none, or it is archived. */
  @Nullable LiveTask live(TaskId id) {
    return registry.byId(id);
  }

  /** All tasks that are held, upper ones first. */
  List<LiveTask> held() {
    return registry.entries();
  }

  /** All that there are, newest first. */
  List<OperatorView> all() {
    archive.expire();
    List<OperatorView> views = new ArrayList<>();
    for (LiveTask live : registry.entries()) {
      views.add(view(live));
    }
    for (Task task : finished.all()) {
      views.add(OperatorView.ofSettled(task));
    }
    views.sort(NEWEST_FIRST);
    return views;
  }

  /** One of them; null if there is none (any more). */
  @Nullable OperatorView find(TaskId id) {
    archive.expire();
    LiveTask live = registry.byId(id);
    if (live != null) {
      return view(live);
    }
    Task settled = registry.find(id);
    return settled == null ? null : OperatorView.ofSettled(settled);
  }

  private OperatorView view(LiveTask live) {
    boolean queued = live.slot().queuedAs() != 0;
    Map<String, Long> timeouts = new HashMap<>();
    for (Request request : live.requests()) {
      timeouts.put(request.id(), request.timeoutMillis());
    }
    return new OperatorView(
        live.record().withProgress(live.progress()),
        live.recordState().changedMillis(),
        queued ? slots.position(live) : 0,
        queued ? slots.obstacle(live) : null,
        predecessors(live),
        timeouts);
  }

  private List<TaskId> predecessors(LiveTask live) {
    if (live.status() != TaskStatus.PENDING || live.awaited() == 0) {
      return List.of();
    }
    List<TaskId> open = new ArrayList<>();
    for (TaskId id : live.record().provenance().after()) {
      LiveTask before = registry.byId(id);
      if (before != null && !before.status().terminal()) {
        open.add(id);
      }
    }
    return open;
  }
}
