package dev.sideline.background.engine;

import dev.sideline.background.engine.Answer.View;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The calls that have tasks, or what is to be told of them, forgotten. */
final class ClearHandler {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Archive archive;
  private final TaskResolver resolver;
  private final NotificationPolicy notifications;

  ClearHandler(
      UnitOfWork unit,
      TaskRegistry registry,
      Archive archive,
      TaskResolver resolver,
      NotificationPolicy notifications) {
    this.unit = unit;
    this.registry = registry;
    this.archive = archive;
    this.resolver = resolver;
    this.notifications = notifications;
  }

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
        if (meant && notifications.drop(live)) {
          cleared.add(resolver.view(live));
        }
      }
      notifications.advanceLater(parent);
    }
    unit.reply(clear.call(), new Answer.NoticesCleared(cleared));
  }
}
