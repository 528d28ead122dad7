package dev.sideline.background.ledger;

import dev.sideline.background.ledger.Answer.OperatorView;
import dev.sideline.background.ledger.Answer.RequestAnswered.Fate;
import dev.sideline.background.ledger.Waits.Until;
import dev.sideline.background.ledger.Waits.Wait;
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
final class OperatorCalls {

  /** No session has an empty id. */
  private static final String NO_SESSION = "";

  private static final Comparator<OperatorView> NEWEST_FIRST =
      Comparator.comparing(OperatorView::task, Task.BY_LAUNCH.reversed());

  private final Settings settings;
  private final Turn turn;
  private final Roster roster;
  private final Archive archive;
  private final Retained retained;
  private final Slots slots;
  private final Waits waits;
  private final Lifecycle lifecycle;
  private final Requests requests;

  OperatorCalls(
      Settings settings,
      Turn turn,
      Roster roster,
      Archive archive,
      Retained retained,
      Slots slots,
      Waits waits,
      Lifecycle lifecycle,
      Requests requests) {
    this.settings = settings;
    this.turn = turn;
    this.roster = roster;
    this.archive = archive;
    this.retained = retained;
    this.slots = slots;
    this.waits = waits;
    this.lifecycle = lifecycle;
    this.requests = requests;
  }

  // --- reading

  void tasks(Input.OperatorTasks call) {
    archive.expire();
    List<OperatorView> views = new ArrayList<>();
    for (Entry entry : roster.entries()) {
      views.add(view(entry));
    }
    for (Task task : retained.all()) {
      views.add(OperatorView.ofSettled(task));
    }
    views.sort(NEWEST_FIRST);
    turn.reply(call.call(), new Answer.OperatorViews(views));
  }

  void task(Input.OperatorTask call) {
    archive.expire();
    reply(call.call(), find(call.id()));
  }

  private void reply(long call, @Nullable OperatorView view) {
    turn.reply(call, new Answer.OperatorViews(view == null ? List.of() : List.of(view)));
  }

  private @Nullable OperatorView find(TaskId id) {
    Entry entry = roster.byId(id);
    if (entry != null) {
      return view(entry);
    }
    Task settled = retained.find(id);
    return settled == null ? null : OperatorView.ofSettled(settled);
  }

  private OperatorView view(Entry entry) {
    boolean queued = entry.queuedAs != 0;
    Map<String, Long> timeouts = new HashMap<>();
    for (Request request : entry.requests()) {
      timeouts.put(request.asked.id(), request.timeoutMillis);
    }
    return new OperatorView(
        entry.task.withProgress(entry.progress()),
        entry.changedMillis,
        queued ? slots.position(entry) : 0,
        queued ? slots.obstacle(entry) : null,
        predecessors(entry),
        timeouts);
  }

  private List<TaskId> predecessors(Entry entry) {
    if (entry.task.status() != TaskStatus.PENDING || entry.awaited == 0) {
      return List.of();
    }
    List<TaskId> open = new ArrayList<>();
    for (TaskId id : entry.task.origin().after()) {
      Entry before = roster.byId(id);
      if (before != null && !before.task.status().terminal()) {
        open.add(id);
      }
    }
    return open;
  }

  // --- stopping

  void cancel(Input.OperatorCancel cancel) {
    Entry entry = roster.byId(cancel.id());
    if (entry == null) {
      reply(cancel.call(), find(cancel.id()));
      return;
    }
    lifecycle.stop(entry, new Entry.Ending(Reason.CANCELLED_BY_OPERATOR, cancel.reason(), null));
    waits.await(
        cancel.call(),
        List.of(entry),
        new Wait(
            NO_SESSION,
            null,
            WaitMode.ALL,
            Until.SETTLED,
            turn.now(),
            turn.now() + settings.sessions().cancelGrace().toMillis()),
        end -> reply(cancel.call(), entry.discarded ? null : last(entry)));
  }

  /** A task that may have been trimmed as soon as it had ended. */
  private OperatorView last(Entry entry) {
    OperatorView view = find(entry.task.id());
    return view == null ? OperatorView.ofSettled(entry.task) : view;
  }

  // --- answering

  void answer(Input.OperatorAnswer answer) {
    for (Entry entry : roster.entries()) {
      Request request = entry.request(answer.requestId());
      if (request != null) {
        answer(answer, entry, request);
        return;
      }
    }
    turn.reply(answer.call(), new Answer.OperatorAnswered(Fate.GONE, null));
  }

  private void answer(Input.OperatorAnswer answer, Entry entry, Request request) {
    if (request.answering) {
      turn.reply(
          answer.call(),
          new Answer.OperatorAnswered(Fate.REFUSED, "another answer to it is under way"));
      return;
    }
    requests.answer(
        entry,
        request,
        answer.reply(),
        (fate, detail) -> turn.reply(answer.call(), new Answer.OperatorAnswered(fate, detail)));
  }
}
