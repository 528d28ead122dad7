package dev.sideline.background.engine.notify;

import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.SlotUse;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.probe.SessionProber;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.scheduling.Slots;
import org.jspecify.annotations.Nullable;

/** Parents that are tasks themselves: to be told something sets them to work once more. */
public final class ParentTasks {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final SessionProber prober;

  public ParentTasks(
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
    if (own == null || own.isHeld() || !own.status().active() || slots.has(own)) {
      return true;
    }
    if (!parent.waitsForSlot()) {
      parent.waitsForSlot(true);
      slots.reacquire(own, SlotUse.NOTIFY);
    }
    return false;
  }

  /** A session was set to work by a notice. */
  void woken(String session, String messageId) {
    LiveTask live = registry.bySession(session);
    if (live == null || live.status().terminal()) {
      return;
    }
    lifecycle.onStarted(live);
    // What its agent said, or complained of, before it was woken is not its last word.
    live.update(live.record().activated(session, messageId));
    live.prompted(unit.now());
    unit.markDirty(live);
    if (live.status().active()) {
      prober.begin(live, true);
    } else {
      unit.effect(new Effect.Abort(live.record().id(), session));
    }
  }

  /** A parent is owed nothing, and will not be woken for its tasks. */
  void quiet(ParentSession parent) {
    LiveTask own = taskOf(parent);
    if (own != null && own.status().active()) {
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
    return registry.bySession(parent.session());
  }
}
