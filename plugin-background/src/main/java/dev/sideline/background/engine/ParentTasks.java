package dev.sideline.background.engine;

import java.util.List;

/** What it means to tell a parent something that is a task itself: it is set to work once more. */
final class ParentTasks implements NotificationPolicy.Listener {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Slots slots;
  private final Archive archive;
  private final Lifecycle lifecycle;

  ParentTasks(
      UnitOfWork unit, TaskRegistry registry, Slots slots, Archive archive, Lifecycle lifecycle) {
    this.unit = unit;
    this.registry = registry;
    this.slots = slots;
    this.archive = archive;
    this.lifecycle = lifecycle;
  }

  @Override
  public boolean mayWork(ParentSession parent) {
    LiveTask own = registry.bySession(parent.session);
    if (own == null || own.working || own.isHeld() || !own.task.status().active()) {
      return true;
    }
    if (!parent.waitsForSlot) {
      parent.waitsForSlot = true;
      slots.reacquire(
          own,
          () -> {
            parent.waitsForSlot = false;
            lifecycle.notifications().advance(parent);
            if (!parent.beingWoken()) {
              // There was nothing to tell any more, and so no reason to have it work.
              lifecycle.probe(own, true);
            }
          });
    }
    return false;
  }

  @Override
  public void woken(String session, String messageId) {
    LiveTask live = registry.bySession(session);
    if (live == null || live.task.status().terminal()) {
      return;
    }
    lifecycle.onStarted(live);
    // What its agent said, or complained of, before it was woken is not its last word.
    live.task = live.task.activated(session, messageId);
    live.prompted(unit.now());
    unit.markDirty(live);
    if (live.task.status().active()) {
      lifecycle.probe(live, true);
    } else {
      unit.effect(new Effect.Abort(live.task.id(), session));
    }
  }

  @Override
  public void quiet(ParentSession parent) {
    LiveTask live = registry.bySession(parent.session);
    if (live != null && live.task.status().active()) {
      lifecycle.probe(live, true);
    }
  }

  @Override
  public void retire(List<LiveTask> entries) {
    archive.retire(entries);
  }

  @Override
  public void emptied(ParentSession parent) {
    registry.removeIfEmpty(parent);
  }
}
