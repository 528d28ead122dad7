package dev.sideline.background.simulation;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.TaskEngine;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** P2: after a loss of events, the host is asked at once, and every silent session looked at. */
final class ProbeInvariants {

  /** Whether the host is being asked what its sessions do. */
  private enum Asks {
    NOT,
    ROUTINELY,
    /** Since before events were lost. */
    TOO_EARLY,
    /** Since after events were lost. */
    RIGHTLY
  }

  private final TaskHistory history;
  private final Map<TaskId, Integer> underWay = new HashMap<>();
  private final Set<TaskId> beingPrompted = new HashSet<>();
  private Asks asks = Asks.NOT;

  ProbeInvariants(TaskHistory history) {
    this.history = history;
  }

  void after(Input input, Step step, TaskEngine engine) {
    if (input instanceof Input.Prompted prompted) {
      beingPrompted.remove(prompted.task());
    } else if (input instanceof Input.PromptFailed failed && failed.code() != Code.UNAVAILABLE) {
      // Or it is tried again.
      beingPrompted.remove(failed.task());
    }
    boolean fetches = false;
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Probe probe) {
        underWay.merge(probe.task(), 1, Integer::sum);
      }
      if (effect instanceof Effect.SendPrompt send) {
        beingPrompted.add(send.task().id());
      }
      fetches |= effect instanceof Effect.FetchStatuses;
    }
    if (input instanceof Input.Probed probed) {
      underWay.merge(probed.task(), -1, Integer::sum);
    } else if (input instanceof Input.ProbeFailed failed) {
      underWay.merge(failed.task(), -1, Integer::sum);
    } else if (input instanceof Input.EventsLost || input instanceof Input.Paused) {
      asks = fetches ? Asks.RIGHTLY : asks == Asks.NOT ? Asks.NOT : Asks.TOO_EARLY;
      if (asks == Asks.NOT && engine.size() > 0) {
        throw new BrokenPromise("P2: events were lost, and the host is not asked");
      }
      return;
    } else if (input instanceof Input.StatusesFetched fetched) {
      if (asks == Asks.RIGHTLY) {
        history.live().forEach(task -> checkLook(task, fetched));
      } else if (asks == Asks.TOO_EARLY && !fetches) {
        throw new BrokenPromise("P2: events were lost, and what is older than that was believed");
      }
    }
    if (fetches) {
      // Once more, if something has changed since it was asked.
      boolean done = asks == Asks.RIGHTLY && input instanceof Input.StatusesFetched;
      boolean routinely = done || asks == Asks.NOT || asks == Asks.ROUTINELY;
      asks = routinely ? Asks.ROUTINELY : Asks.RIGHTLY;
    } else if (input instanceof Input.StatusesFetched || input instanceof Input.StatusesFailed) {
      asks = Asks.NOT;
    }
  }

  void crashed() {
    underWay.clear();
    beingPrompted.clear();
    asks = Asks.NOT;
  }

  private void checkLook(Task task, Input.StatusesFetched fetched) {
    boolean silent = task.status().active() && !fetched.statuses().containsKey(task.session());
    // One that is being prompted is looked at when that has ended.
    boolean looked = beingPrompted.contains(task.id()) || underWay.getOrDefault(task.id(), 0) > 0;
    if (silent && !looked) {
      throw new BrokenPromise("P2: events were lost, and nobody probes at " + task);
    }
  }
}
