package dev.sideline.background.engine;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reply;
import dev.sideline.background.engine.Answer.SendStatus;
import dev.sideline.background.engine.Answer.Sent;
import dev.sideline.background.engine.Answer.View;
import dev.sideline.background.engine.MessageQueue.Message;
import dev.sideline.background.engine.MessageQueue.Purpose;
import dev.sideline.background.engine.WaitingCalls.Until;
import dev.sideline.background.engine.WaitingCalls.Wait;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.Permissions;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The calls of agents about tasks that there are: finds the tasks that they mean, has done what
 * they ask, and answers them, at once or when what they wait for has come. A caller reaches the
 * tasks of its own tree and no others.
 */
final class TaskCallHandler {

  private final Settings settings;
  private final UnitOfWork unit;
  private final Barrier barrier;
  private final TaskRegistry registry;
  private final Archive archive;
  private final WaitingCalls waitingCalls;
  private final Lifecycle lifecycle;
  private final MessageSender messages;
  private final Requests requests;
  private final TaskResolver resolver;

  TaskCallHandler(
      Settings settings,
      UnitOfWork unit,
      Barrier barrier,
      TaskRegistry registry,
      Archive archive,
      WaitingCalls waitingCalls,
      Lifecycle lifecycle,
      MessageSender messages,
      Requests requests,
      TaskResolver resolver) {
    this.settings = settings;
    this.unit = unit;
    this.barrier = barrier;
    this.registry = registry;
    this.archive = archive;
    this.waitingCalls = waitingCalls;
    this.lifecycle = lifecycle;
    this.messages = messages;
    this.requests = requests;
    this.resolver = resolver;
  }

  // --- reading

  void output(Input.Output output) {
    archive.expire();
    List<TaskId> ids;
    if (output.refs().isEmpty()) {
      ids = liveOf(output.caller());
      if (ids.isEmpty()) {
        // Whoever asks has missed the end of its tasks by a moment, and wants the results.
        ids = registry.lastEnded(output.caller());
      }
    } else {
      Set<TaskId> resolved = resolver.resolve(output.call(), output.caller(), output.refs());
      if (resolved == null) {
        return;
      }
      ids = new ArrayList<>(resolved);
    }
    // Tasks that are settled and archived are not in the registry, and nothing to wait for.
    List<LiveTask> open = new ArrayList<>();
    boolean allOpen = true;
    for (TaskId id : ids) {
      LiveTask live = registry.byId(id);
      if (live == null) {
        allOpen = false;
      } else {
        open.add(live);
      }
    }
    List<View> before = resolver.views(ids);
    WaitMode mode = output.mode() == WaitMode.ANY && !allOpen ? WaitMode.NONE : output.mode();
    waitingCalls.await(
        output.call(),
        open,
        new Wait(
            output.caller(),
            registry.bySession(output.caller()),
            mode,
            Until.DECIDED,
            unit.now(),
            unit.now() + output.timeoutMillis()),
        end -> show(output, current(before, open), open, end));
  }

  void catchUp(Input.CatchUp call) {
    ParentSession parent = registry.parent(call.caller());
    PendingNotifications.NotificationBatch batch =
        parent == null ? null : lifecycle.notifications().tellInAnswer(call.call(), parent);
    if (parent == null || batch == null) {
      unit.reply(call.call(), Answer.CaughtUp.NOTHING);
    } else {
      unit.replyConfirmed(
          call.call(),
          new Answer.CaughtUp(batch.announcedTasks(), batch.attentionTasks(), parent.liveTasks));
    }
  }

  private List<TaskId> liveOf(String caller) {
    List<TaskId> ids = new ArrayList<>();
    for (LiveTask live : registry.entriesOfTree(caller)) {
      if (!live.task.status().terminal()) {
        ids.add(live.task.id());
      }
    }
    return ids;
  }

  /** Shows tasks to a caller. What it reads here it need not be told again. */
  private void show(
      Input.Output output, List<View> views, List<LiveTask> open, WaitingCalls.End end) {
    Answer answer = new Answer.Shown(views, end.inVain());
    ParentSession parent = registry.parent(output.caller());
    List<LiveTask> pending = new ArrayList<>();
    for (LiveTask live : open) {
      if (live.parent == parent && (live.task.status().terminal() || live.needsAttention())) {
        pending.add(live);
      }
    }
    if (parent == null || parent.closed || pending.isEmpty() || !end.heard()) {
      unit.reply(output.call(), answer);
    } else {
      lifecycle.notifications().reading(output.call(), parent, pending);
      unit.replyConfirmed(output.call(), answer);
    }
  }

  void list(Input.ListTasks list) {
    archive.expire();
    List<Task> tasks = registry.tasksOfTree(list.caller());
    if (list.status() != null) {
      tasks.removeIf(task -> task.status() != list.status());
    }
    List<View> newest = tasks.stream().limit(list.limit()).map(resolver::view).toList();
    unit.reply(list.call(), new Answer.Listed(newest, tasks.size()));
  }

  // --- stopping

  void cancel(Input.Cancel cancel) {
    archive.expire();
    List<LiveTask> targets = new ArrayList<>();
    List<View> over = new ArrayList<>();
    List<TaskId> ids;
    if (cancel.refs() == null) {
      ids = liveOf(cancel.caller());
    } else {
      Set<TaskId> resolved = resolver.resolve(cancel.call(), cancel.caller(), cancel.refs());
      if (resolved == null) {
        return;
      }
      ids = List.copyOf(resolved);
    }
    for (TaskId id : ids) {
      LiveTask live = registry.byId(id);
      if (live != null && !live.task.status().terminal()) {
        targets.add(live);
      } else {
        over.addAll(resolver.views(List.of(id)));
      }
    }
    targets.sort(TaskRegistry.UPPER_FIRST);
    barrier.each(
        targets,
        live ->
            lifecycle.stop(
                live, new LiveTask.Ending(Reason.CANCELLED, cancel.reason(), cancel.caller())));
    List<View> before = targets.stream().map(resolver::view).toList();
    long deadline = unit.now() + settings.sessions().cancelGrace().toMillis();
    waitingCalls.await(
        cancel.call(),
        targets,
        new Wait(cancel.caller(), null, WaitMode.ALL, Until.SETTLED, unit.now(), deadline),
        end -> unit.reply(cancel.call(), cancelEnded(current(before, targets), over)));
  }

  private static Answer cancelEnded(List<View> targets, List<View> over) {
    List<View> stopped = new ArrayList<>();
    List<View> stopping = new ArrayList<>();
    for (View view : targets) {
      Outcome outcome = view.task().outcome();
      boolean quiet = outcome != null && outcome.reason() != Reason.ABANDONED;
      (quiet ? stopped : stopping).add(view);
    }
    return new Answer.CancelEnded(stopped, stopping, over);
  }

  // --- telling

  void send(Input.Send send) {
    Set<TaskId> ids = resolver.resolve(send.call(), send.caller(), List.of(send.ref()));
    if (ids == null) {
      return;
    }
    TaskId id = ids.iterator().next();
    LiveTask live = registry.byId(id);
    if (live == null || live.task.status().terminal()) {
      resolver
          .views(List.of(id))
          .forEach(view -> unit.reply(send.call(), new Sent(view, SendStatus.TASK_OVER, null)));
    } else if (live.task.status() == TaskStatus.CANCELLING) {
      sent(send.call(), live, SendStatus.TASK_STOPPING, null);
    } else if (live.queue().size() >= MessageQueue.MAX_WAITING) {
      sent(send.call(), live, SendStatus.TOO_MANY, null);
    } else {
      Message message =
          new Message(
              Purpose.SENT,
              send.message(),
              send.interrupt(),
              (how, detail) -> sent(send.call(), live, how, detail));
      messages.send(live, message);
      if (!live.task.status().active()) {
        message.complete(SendStatus.KEPT, null);
      }
    }
  }

  private void sent(long call, LiveTask live, SendStatus how, @Nullable String detail) {
    unit.reply(call, new Sent(resolver.view(live), how, detail));
  }

  void answerRequest(Input.AnswerRequest answer) {
    LiveTask live = null;
    Request request = null;
    List<PendingRequest> open = new ArrayList<>();
    if (answer.ref() != null) {
      Set<TaskId> ids = resolver.resolve(answer.call(), answer.caller(), List.of(answer.ref()));
      if (ids == null) {
        return;
      }
      live = registry.byId(ids.iterator().next());
      request = live == null ? null : live.request(answer.requestId());
    } else {
      for (LiveTask asking : registry.entriesOfTree(answer.caller())) {
        for (Request asked : asking.requests()) {
          open.add(asked.asked);
          if (asked.asked.id().equals(answer.requestId())) {
            live = asking;
            request = asked;
          }
        }
      }
    }
    if (live == null || request == null) {
      List<PendingRequest> known =
          live == null ? open : live.requests().stream().map(asked -> asked.asked).toList();
      unit.reply(answer.call(), new Answer.UnknownRequest(answer.requestId(), known));
    } else if (isForAPerson(answer.reply(), request)) {
      unit.reply(answer.call(), new Answer.PersonDecides(resolver.view(live), answer.requestId()));
    } else {
      answer(answer, live, request);
    }
  }

  /**
   * A caller is a model: what it may give is what the operator lets it give, and never for good.
   */
  private boolean isForAPerson(Reply reply, Request request) {
    return request.asked.kind() == PendingRequest.Kind.PERMISSION
        && (reply instanceof Reply.AllowAlways
            || (reply instanceof Reply.Allow
                && settings.rights().permissions() == Permissions.PERSON));
  }

  private void answer(Input.AnswerRequest answer, LiveTask live, Request request) {
    if (request.answering) {
      unit.reply(
          answer.call(),
          new Answer.RequestAnswered(
              resolver.view(live),
              answer.requestId(),
              Answer.ReplyStatus.REFUSED,
              "another answer to it is under way"));
      return;
    }
    requests.answer(
        live,
        request,
        answer.reply(),
        (fate, detail) ->
            unit.reply(
                answer.call(),
                new Answer.RequestAnswered(resolver.view(live), answer.requestId(), fate, detail)));
  }

  // --- forgetting

  void clearCompleted(Input.ClearCompleted clear) {
    archive.expire();
    int cleared = archive.clear(clear.caller());
    int kept = 0;
    for (LiveTask live : registry.entriesOfTree(clear.caller())) {
      kept += live.task.status().terminal() ? 1 : 0;
    }
    unit.reply(clear.call(), new Answer.Cleared(cleared, kept));
  }

  void clearNotices(Input.ClearNotices clear) {
    Set<TaskId> ids = resolver.resolve(clear.call(), clear.caller(), clear.refs());
    if (ids == null) {
      return;
    }
    ParentSession parent = registry.parent(clear.caller());
    List<View> cleared = new ArrayList<>();
    if (parent != null) {
      for (LiveTask live : List.copyOf(parent.members)) {
        boolean meant = ids.isEmpty() || ids.contains(live.task.id());
        if (meant && lifecycle.notifications().drop(live)) {
          cleared.add(resolver.view(live));
        }
      }
      // What is cleared is cleared, whatever becomes of telling the rest.
      barrier.run(() -> lifecycle.notifications().advance(parent));
    }
    unit.reply(clear.call(), new Answer.NoticesCleared(cleared));
  }

  // --- all of them

  void abandoned(Input.CallAbandoned abandoned) {
    waitingCalls.abandon(abandoned.call());
  }

  /** Answers whoever waits. */
  void shutdown() {
    waitingCalls.endAll();
  }

  /**
   * The same tasks as they are now; as they were last if they have been trimmed meanwhile, and not
   * at all if they could not be recorded.
   *
   * @param held the entries of those that were not archived before
   */
  private List<View> current(List<View> before, List<LiveTask> held) {
    Map<TaskId, Task> last = new HashMap<>();
    held.forEach(live -> last.put(live.task.id(), live.task));
    List<View> views = new ArrayList<>();
    for (View view : before) {
      List<View> now = resolver.views(List.of(view.task().id()));
      Task task = last.getOrDefault(view.task().id(), view.task());
      if (!now.isEmpty()) {
        views.addAll(now);
      } else if (task.status().terminal()) {
        views.add(View.of(task));
      }
    }
    return views;
  }
}
