package dev.sideline.background.engine;

import org.jspecify.annotations.Nullable;

/** Parents that are tasks themselves: to be told something sets them to work once more. */
final class ParentTasks {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final SessionProber prober;

  ParentTasks(
      UnitOfWork unit,
      TaskRegistry registry,
      Slots slots,
      Lifecycle lifecycle,
      SessionProber prober) {
    this.unit = unit;
    this.registry = registry;
    this.slots = slots;
    this.lifecycle = lifecycle;
    this.prober = prober;
  }

  /**
   * Whether a parent may be set to work. One that has no slot waits for it, and is told what there
   * is to tell when it has it.
   */
  boolean mayWork(ParentSession parent) {
    LiveTask own = taskOf(parent);
    if (own == null || own.working || own.isHeld() || !own.task.status().active()) {
      return true;
    }
    if (!parent.waitsForSlot) {
      parent.waitsForSlot = true;
      slots.reacquire(own, new SlotUse.Notify(parent));
    }
    return false;
  }

  /** A session was set to work by a notice. */
  void woken(String session, String messageId) {
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
      prober.begin(live, true);
    } else {
      unit.effect(new Effect.Abort(live.task.id(), session));
    }
  }

  /** A parent is owed nothing, and will not be woken for its tasks. */
  void quiet(ParentSession parent) {
    LiveTask own = taskOf(parent);
    if (own != null && own.task.status().active()) {
      prober.begin(own, true);
    }
  }

  /** There was nothing to tell a parent any more, and so no reason to have it work. */
  void notWoken(LiveTask own) {
    prober.begin(own, true);
  }

  /** The last that a parent without tasks was waiting for has come. */
  void emptied(ParentSession parent) {
    registry.removeIfEmpty(parent);
  }

  private @Nullable LiveTask taskOf(ParentSession parent) {
    return registry.bySession(parent.session);
  }
}
