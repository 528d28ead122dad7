package dev.sideline.background.engine;

import dev.sideline.background.engine.Answer.OperatorView;
import dev.sideline.background.engine.Answer.ReplyStatus;
import dev.sideline.background.engine.WaitingCalls.Until;
import dev.sideline.background.engine.WaitingCalls.Wait;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls of whoever runs the host: about all tasks, whichever session has launched them. That it
 * may make them is for the host to see to.
 */
final class OperatorCallHandler {

  /** No session has an empty id. */
  private static final String NO_SESSION = "";

  private static final Comparator<OperatorView> NEWEST_FIRST =
      Comparator.comparing(OperatorView::task, Task.BY_LAUNCH.reversed());

  private final Settings settings;
  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Archive archive;
  private final FinishedTasks finished;
  private final Slots slots;
  private final WaitingCalls waitingCalls;
  private final Lifecycle lifecycle;
  private final Requests requests;

  OperatorCallHandler(
      Settings settings,
      UnitOfWork unit,
      TaskRegistry registry,
      Archive archive,
      FinishedTasks finished,
      Slots slots,
      WaitingCalls waitingCalls,
      Lifecycle lifecycle,
      Requests requests) {
    this.settings = settings;
    this.unit = unit;
    this.registry = registry;
    this.archive = archive;
    this.finished = finished;
    this.slots = slots;
    this.waitingCalls = waitingCalls;
    this.lifecycle = lifecycle;
    this.requests = requests;
  }

  // --- reading

  void tasks(Input.OperatorTasks call) {
    archive.expire();
    List<OperatorView> views = new ArrayList<>();
    for (LiveTask live : registry.entries()) {
      views.add(view(live));
    }
    for (Task task : finished.all()) {
      views.add(OperatorView.ofSettled(task));
    }
    views.sort(NEWEST_FIRST);
    unit.reply(call.call(), new Answer.OperatorViews(views));
  }

  void task(Input.OperatorTask call) {
    archive.expire();
    reply(call.call(), find(call.id()));
  }

  private void reply(long call, @Nullable OperatorView view) {
    unit.reply(call, new Answer.OperatorViews(view == null ? List.of() : List.of(view)));
  }

  private @Nullable OperatorView find(TaskId id) {
    LiveTask live = registry.byId(id);
    if (live != null) {
      return view(live);
    }
    Task settled = finished.find(id);
    return settled == null ? null : OperatorView.ofSettled(settled);
  }

  private OperatorView view(LiveTask live) {
    boolean queued = live.queuedAs != 0;
    Map<String, Long> timeouts = new HashMap<>();
    for (Request request : live.requests()) {
      timeouts.put(request.asked.id(), request.timeoutMillis);
    }
    return new OperatorView(
        live.task.withProgress(live.progress()),
        live.changedMillis,
        queued ? slots.position(live) : 0,
        queued ? slots.obstacle(live) : null,
        predecessors(live),
        timeouts);
  }

  private List<TaskId> predecessors(LiveTask live) {
    if (live.task.status() != TaskStatus.PENDING || live.awaited == 0) {
      return List.of();
    }
    List<TaskId> open = new ArrayList<>();
    for (TaskId id : live.task.provenance().after()) {
      LiveTask before = registry.byId(id);
      if (before != null && !before.task.status().terminal()) {
        open.add(id);
      }
    }
    return open;
  }

  // --- stopping

  void cancel(Input.OperatorCancel cancel) {
    LiveTask live = registry.byId(cancel.id());
    if (live == null) {
      reply(cancel.call(), find(cancel.id()));
      return;
    }
    lifecycle.stop(live, new LiveTask.Ending(Reason.CANCELLED_BY_OPERATOR, cancel.reason(), null));
    waitingCalls.await(
        cancel.call(),
        List.of(live),
        new Wait(
            NO_SESSION,
            null,
            WaitMode.ALL,
            Until.SETTLED,
            unit.now(),
            unit.now() + settings.sessions().cancelGrace().toMillis()),
        end -> reply(cancel.call(), live.discarded ? null : last(live)));
  }

  /** A task that may have been trimmed as soon as it had ended. */
  private OperatorView last(LiveTask live) {
    OperatorView view = find(live.task.id());
    return view == null ? OperatorView.ofSettled(live.task) : view;
  }

  // --- answering

  void answer(Input.OperatorAnswer answer) {
    for (LiveTask live : registry.entries()) {
      Request request = live.request(answer.requestId());
      if (request != null) {
        answer(answer, live, request);
        return;
      }
    }
    unit.reply(answer.call(), new Answer.OperatorAnswered(ReplyStatus.GONE, null));
  }

  private void answer(Input.OperatorAnswer answer, LiveTask live, Request request) {
    if (request.answering) {
      unit.reply(
          answer.call(),
          new Answer.OperatorAnswered(ReplyStatus.REFUSED, "another answer to it is under way"));
      return;
    }
    requests.answer(
        live,
        request,
        answer.reply(),
        (fate, detail) -> unit.reply(answer.call(), new Answer.OperatorAnswered(fate, detail)));
  }
}
