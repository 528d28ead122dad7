package dev.sideline.background.engine;

import dev.sideline.background.engine.lifecycle.Followers;
import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.messaging.SessionOpener;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.Request;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.probe.SessionProber;
import dev.sideline.background.engine.scheduling.Slots;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Goes on after a restart with what was under way. Nobody knows what the sessions have done
 * meanwhile: all of them are looked at before any task is judged.
 */
final class Resumption {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final Followers followers;
  private final SessionOpener opener;
  private final SessionProber prober;

  Resumption(
      UnitOfWork unit,
      TaskRegistry registry,
      Slots slots,
      Lifecycle lifecycle,
      Followers followers,
      SessionOpener opener,
      SessionProber prober) {
    this.unit = unit;
    this.registry = registry;
    this.slots = slots;
    this.lifecycle = lifecycle;
    this.followers = followers;
    this.opener = opener;
    this.prober = prober;
  }

  void run() {
    List<LiveTask> live = registry.entries();
    live.removeIf(task -> task.status().terminal());
    unit.each(live, this::takeSlot);
    slots.recount(live);
    live.sort(Comparator.comparing(LiveTask::record, Task.BY_LAUNCH));
    unit.each(live, this::resume);
  }

  /** It may be at work, so nobody else is to work in its place until that is known. */
  private void takeSlot(LiveTask live) {
    slots.join(live);
    if (live.status() == TaskStatus.STARTING) {
      live.slot().hold(true);
    } else if (live.mayBeAtWork() && (!waitsForAnswer(live) || isBeingAnswered(live))) {
      live.slot().presume();
    }
  }

  /** Whether it may have got an answer, and gone on with it. */
  private static boolean isBeingAnswered(LiveTask live) {
    return live.requests().stream().anyMatch(Request::answering);
  }

  private static boolean waitsForAnswer(LiveTask live) {
    return live.status() == TaskStatus.INPUT_REQUIRED && !live.requests().isEmpty();
  }

  private void resume(LiveTask live) {
    switch (live.status()) {
      case PENDING -> waitAgain(live);
      case STARTING -> opener.resume(live);
      case CANCELLING -> {
        lifecycle.keepGrace(live);
        if (live.record().session() == null) {
          opener.resume(live);
        } else {
          prober.afterRestart(live);
        }
      }
      default -> {
        if (!waitsForAnswer(live)) {
          lifecycle.moveActive(live, TaskStatus.RUNNING);
        }
        prober.afterRestart(live);
      }
    }
    unit.signal(new Signal.DeadlineSet(live));
  }

  private void waitAgain(LiveTask live) {
    List<LiveTask> after = new ArrayList<>();
    boolean failed = false;
    for (TaskId id : live.record().provenance().after()) {
      LiveTask held = registry.byId(id);
      Task before = registry.find(id);
      if (held != null && !held.status().terminal()) {
        after.add(held);
      } else if (before != null) {
        // One that is forgotten had succeeded: otherwise this one would have failed with it.
        failed |= before.status() != TaskStatus.COMPLETED;
      }
    }
    followers.resume(live, after, failed);
  }
}
