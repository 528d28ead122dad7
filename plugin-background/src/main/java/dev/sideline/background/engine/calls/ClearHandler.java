package dev.sideline.background.engine.calls;

import dev.sideline.background.engine.model.Archive;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.notify.NotificationPolicy;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The calls that have tasks, or what is to be told of them, forgotten. */
public final class ClearHandler {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Archive archive;
  private final TaskResolver resolver;
  private final NotificationPolicy notifications;

  public ClearHandler(
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
    Lookup recorded = new Lookup.IdsOfTree(clear.caller());
    if (resolver.lookups().areMissing(clear.call(), List.of(recorded))) {
      return;
    }
    int cleared = archive.clear(clear.caller(), resolver.lookups().found(recorded).ids());
    int kept = 0;
    for (LiveTask live : registry.entriesOfTree(clear.caller())) {
      kept += live.status().terminal() ? 1 : 0;
    }
    unit.reply(clear.call(), new Answer.Cleared(cleared, kept));
  }

  void clearOwn(Input.ClearOwn clear) {
    Lookup recorded = new Lookup.IdsOfParent(clear.caller());
    if (resolver.lookups().areMissing(clear.call(), List.of(recorded))) {
      return;
    }
    int cleared = archive.clearOwn(clear.caller(), resolver.lookups().found(recorded).ids());
    unit.reply(clear.call(), new Answer.Cleared(cleared, 0));
  }

  void clearNotices(Input.ClearNotices clear) {
    Set<TaskId> ids = resolver.resolve(clear.call(), clear.caller(), clear.refs());
    if (ids == null) {
      return;
    }
    ParentSession parent = registry.parent(clear.caller());
    List<View> cleared = new ArrayList<>();
    if (parent != null) {
      for (LiveTask live : parent.members()) {
        boolean meant = ids.isEmpty() || ids.contains(live.record().id());
        if (meant && notifications.drop(live)) {
          cleared.add(resolver.view(live));
        }
      }
      notifications.advanceLater(parent);
    }
    unit.reply(clear.call(), new Answer.NoticesCleared(cleared));
  }
}
