package dev.sideline.background.ledger;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reply;
import dev.sideline.background.ledger.Answer.Sent;
import dev.sideline.background.ledger.Answer.View;
import dev.sideline.background.ledger.Outbox.Message;
import dev.sideline.background.ledger.Outbox.Purpose;
import dev.sideline.background.ledger.Waits.Until;
import dev.sideline.background.ledger.Waits.Wait;
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
final class TaskCalls {

  private final Settings settings;
  private final Turn turn;
  private final Barrier barrier;
  private final Roster roster;
  private final Archive archive;
  private final Waits waits;
  private final Lifecycle lifecycle;
  private final Prompts prompts;
  private final Requests requests;
  private final References references;

  TaskCalls(
      Settings settings,
      Turn turn,
      Barrier barrier,
      Roster roster,
      Archive archive,
      Waits waits,
      Lifecycle lifecycle,
      Prompts prompts,
      Requests requests,
      References references) {
    this.settings = settings;
    this.turn = turn;
    this.barrier = barrier;
    this.roster = roster;
    this.archive = archive;
    this.waits = waits;
    this.lifecycle = lifecycle;
    this.prompts = prompts;
    this.requests = requests;
    this.references = references;
  }

  // --- reading

  void output(Input.Output output) {
    archive.expire();
    List<TaskId> ids;
    if (output.refs().isEmpty()) {
      ids = liveOf(output.caller());
      if (ids.isEmpty()) {
        // Whoever asks has missed the end of its tasks by a moment, and wants the results.
        ids = roster.lastEnded(output.caller());
      }
    } else {
      Set<TaskId> resolved = references.resolve(output.call(), output.caller(), output.refs());
      if (resolved == null) {
        return;
      }
      ids = new ArrayList<>(resolved);
    }
    // Tasks that are settled and retained have no entry, and nothing to wait for.
    List<Entry> open = new ArrayList<>();
    boolean allOpen = true;
    for (TaskId id : ids) {
      Entry entry = roster.byId(id);
      if (entry == null) {
        allOpen = false;
      } else {
        open.add(entry);
      }
    }
    List<View> before = references.views(ids);
    WaitMode mode = output.mode() == WaitMode.ANY && !allOpen ? WaitMode.NONE : output.mode();
    waits.await(
        output.call(),
        open,
        new Wait(
            output.caller(),
            roster.bySession(output.caller()),
            mode,
            Until.DECIDED,
            turn.now(),
            turn.now() + output.timeoutMillis()),
        end -> show(output, current(before, open), open, end));
  }

  void catchUp(Input.CatchUp call) {
    Family family = roster.family(call.caller());
    News.Telling telling =
        family == null ? null : lifecycle.announcements().tellInAnswer(call.call(), family);
    if (family == null || telling == null) {
      turn.reply(call.call(), Answer.CaughtUp.NOTHING);
    } else {
      turn.replyConfirmed(
          call.call(),
          new Answer.CaughtUp(telling.announcedTasks(), telling.attentionTasks(), family.live));
    }
  }

  private List<TaskId> liveOf(String caller) {
    List<TaskId> live = new ArrayList<>();
    for (Entry entry : roster.entriesOfTree(caller)) {
      if (!entry.task.status().terminal()) {
        live.add(entry.task.id());
      }
    }
    return live;
  }

  /** Shows tasks to a caller. What it reads here it need not be told again. */
  private void show(Input.Output output, List<View> views, List<Entry> open, Waits.End end) {
    Answer answer = new Answer.Shown(views, end.inVain());
    Family family = roster.family(output.caller());
    List<Entry> news = new ArrayList<>();
    for (Entry entry : open) {
      if (entry.family == family && (entry.task.status().terminal() || entry.needsAttention())) {
        news.add(entry);
      }
    }
    if (family == null || family.gone || news.isEmpty() || !end.heard()) {
      turn.reply(output.call(), answer);
    } else {
      lifecycle.announcements().reading(output.call(), family, news);
      turn.replyConfirmed(output.call(), answer);
    }
  }

  void list(Input.ListTasks list) {
    archive.expire();
    List<Task> tasks = roster.tasksOfTree(list.caller());
    if (list.status() != null) {
      tasks.removeIf(task -> task.status() != list.status());
    }
    List<View> newest = tasks.stream().limit(list.limit()).map(references::view).toList();
    turn.reply(list.call(), new Answer.Listed(newest, tasks.size()));
  }

  // --- stopping

  void cancel(Input.Cancel cancel) {
    archive.expire();
    List<Entry> targets = new ArrayList<>();
    List<View> over = new ArrayList<>();
    List<TaskId> ids;
    if (cancel.refs() == null) {
      ids = liveOf(cancel.caller());
    } else {
      Set<TaskId> resolved = references.resolve(cancel.call(), cancel.caller(), cancel.refs());
      if (resolved == null) {
        return;
      }
      ids = List.copyOf(resolved);
    }
    for (TaskId id : ids) {
      Entry entry = roster.byId(id);
      if (entry != null && !entry.task.status().terminal()) {
        targets.add(entry);
      } else {
        over.addAll(references.views(List.of(id)));
      }
    }
    targets.sort(Roster.UPPER_FIRST);
    barrier.each(
        targets,
        entry ->
            lifecycle.stop(
                entry, new Entry.Ending(Reason.CANCELLED, cancel.reason(), cancel.caller())));
    List<View> before = targets.stream().map(references::view).toList();
    long deadline = turn.now() + settings.sessions().cancelGrace().toMillis();
    waits.await(
        cancel.call(),
        targets,
        new Wait(cancel.caller(), null, WaitMode.ALL, Until.SETTLED, turn.now(), deadline),
        end -> turn.reply(cancel.call(), cancelEnded(current(before, targets), over)));
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
    Set<TaskId> ids = references.resolve(send.call(), send.caller(), List.of(send.ref()));
    if (ids == null) {
      return;
    }
    TaskId id = ids.iterator().next();
    Entry entry = roster.byId(id);
    if (entry == null || entry.task.status().terminal()) {
      references
          .views(List.of(id))
          .forEach(view -> turn.reply(send.call(), new Sent(view, Sent.How.TASK_OVER, null)));
    } else if (entry.task.status() == TaskStatus.CANCELLING) {
      sent(send.call(), entry, Sent.How.TASK_STOPPING, null);
    } else if (entry.outbox().size() >= Outbox.MAX_WAITING) {
      sent(send.call(), entry, Sent.How.TOO_MANY, null);
    } else {
      Message message =
          new Message(
              Purpose.SENT,
              send.message(),
              send.interrupt(),
              (how, detail) -> sent(send.call(), entry, how, detail));
      prompts.send(entry, message);
      if (!entry.task.status().active()) {
        message.became(Sent.How.KEPT, null);
      }
    }
  }

  private void sent(long call, Entry entry, Sent.How how, @Nullable String detail) {
    turn.reply(call, new Sent(references.view(entry), how, detail));
  }

  void answerRequest(Input.AnswerRequest answer) {
    Entry entry = null;
    Request request = null;
    List<PendingRequest> open = new ArrayList<>();
    if (answer.ref() != null) {
      Set<TaskId> ids = references.resolve(answer.call(), answer.caller(), List.of(answer.ref()));
      if (ids == null) {
        return;
      }
      entry = roster.byId(ids.iterator().next());
      request = entry == null ? null : entry.request(answer.requestId());
    } else {
      for (Entry asking : roster.entriesOfTree(answer.caller())) {
        for (Request asked : asking.requests()) {
          open.add(asked.asked);
          if (asked.asked.id().equals(answer.requestId())) {
            entry = asking;
            request = asked;
          }
        }
      }
    }
    if (entry == null || request == null) {
      List<PendingRequest> known =
          entry == null ? open : entry.requests().stream().map(asked -> asked.asked).toList();
      turn.reply(answer.call(), new Answer.UnknownRequest(answer.requestId(), known));
    } else if (isForAPerson(answer.reply(), request)) {
      turn.reply(
          answer.call(), new Answer.PersonDecides(references.view(entry), answer.requestId()));
    } else {
      answer(answer, entry, request);
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

  private void answer(Input.AnswerRequest answer, Entry entry, Request request) {
    if (request.answering) {
      turn.reply(
          answer.call(),
          new Answer.RequestAnswered(
              references.view(entry),
              answer.requestId(),
              Answer.RequestAnswered.Fate.REFUSED,
              "another answer to it is under way"));
      return;
    }
    requests.answer(
        entry,
        request,
        answer.reply(),
        (fate, detail) ->
            turn.reply(
                answer.call(),
                new Answer.RequestAnswered(
                    references.view(entry), answer.requestId(), fate, detail)));
  }

  // --- forgetting

  void clearCompleted(Input.ClearCompleted clear) {
    archive.expire();
    int cleared = archive.clear(clear.caller());
    int kept = 0;
    for (Entry entry : roster.entriesOfTree(clear.caller())) {
      kept += entry.task.status().terminal() ? 1 : 0;
    }
    turn.reply(clear.call(), new Answer.Cleared(cleared, kept));
  }

  void clearNotices(Input.ClearNotices clear) {
    Set<TaskId> ids = references.resolve(clear.call(), clear.caller(), clear.refs());
    if (ids == null) {
      return;
    }
    Family family = roster.family(clear.caller());
    List<View> cleared = new ArrayList<>();
    if (family != null) {
      for (Entry entry : List.copyOf(family.members)) {
        boolean meant = ids.isEmpty() || ids.contains(entry.task.id());
        if (meant && lifecycle.announcements().drop(entry)) {
          cleared.add(references.view(entry));
        }
      }
      // What is cleared is cleared, whatever becomes of telling the rest.
      barrier.run(() -> lifecycle.announcements().advance(family));
    }
    turn.reply(clear.call(), new Answer.NoticesCleared(cleared));
  }

  // --- all of them

  void abandoned(Input.CallAbandoned abandoned) {
    waits.abandon(abandoned.call());
  }

  /** Answers whoever waits. */
  void shutdown() {
    waits.endAll();
  }

  /**
   * The same tasks as they are now; as they were last if they have been trimmed meanwhile, and not
   * at all if they could not be recorded.
   *
   * @param held the entries of those that were not retained before
   */
  private List<View> current(List<View> before, List<Entry> held) {
    Map<TaskId, Task> last = new HashMap<>();
    held.forEach(entry -> last.put(entry.task.id(), entry.task));
    List<View> views = new ArrayList<>();
    for (View view : before) {
      List<View> now = references.views(List.of(view.task().id()));
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
