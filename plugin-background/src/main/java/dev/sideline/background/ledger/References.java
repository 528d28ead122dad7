package dev.sideline.background.ledger;

import dev.sideline.api.Reach;
import dev.sideline.background.ledger.Answer.View;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the tasks that callers mean, within their own trees, and shows them as they stand. */
final class References {

  private final Turn turn;
  private final Roster roster;
  private final Archive archive;
  private final Slots slots;

  References(Turn turn, Roster roster, Archive archive, Slots slots) {
    this.turn = turn;
    this.roster = roster;
    this.archive = archive;
    this.slots = slots;
  }

  /** The tasks that are meant; null if the call was answered because one of them is not known. */
  @Nullable Set<TaskId> resolve(long call, String caller, List<String> refs) {
    // What is found here is still there when it is looked up.
    archive.expire();
    Set<TaskId> ids = new LinkedHashSet<>();
    for (String ref : refs) {
      List<Task> found = roster.resolve(caller, ref);
      if (found.isEmpty()) {
        turn.reply(call, new Answer.UnknownTask(ref, roster.suggestions(caller)));
        return null;
      }
      if (found.size() > 1) {
        List<String> candidates = found.stream().map(task -> task.id().value()).toList();
        turn.reply(call, new Answer.AmbiguousTask(ref, candidates));
        return null;
      }
      ids.add(found.get(0).id());
    }
    return ids;
  }

  List<View> views(List<TaskId> ids) {
    List<View> views = new ArrayList<>();
    for (TaskId id : ids) {
      Task task = archive.find(id);
      if (task != null) {
        views.add(view(task));
      }
    }
    return views;
  }

  View view(Task task) {
    Entry entry = roster.byId(task.id());
    return entry == null ? View.of(task) : view(entry);
  }

  View view(Entry entry) {
    boolean queued = entry.task.status() == TaskStatus.PENDING && entry.queuedAs != 0;
    return new View(
        entry.task.withProgress(entry.progress()),
        queued ? slots.position(entry) : 0,
        queued ? slots.obstacle(entry) : null,
        // Whom answers tell is told in the very answer that shows it.
        entry.family.reach != Reach.ANSWERED && entry.family.news.untold(entry));
  }
}
