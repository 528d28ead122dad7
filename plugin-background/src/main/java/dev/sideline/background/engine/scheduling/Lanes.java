package dev.sideline.background.engine.scheduling;

import dev.sideline.api.ModelRef;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.settings.KeyLimits;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The lanes of all parents, with the gates that they lead through; only those that are needed. */
public final class Lanes {

  private final Settings.Slots limits;
  private final LaneGroup all = LaneGroup.ofAll();
  private final Map<String, Gate> gates = new HashMap<>();

  Lanes(Settings.Slots limits) {
    this.limits = limits;
  }

  /** All of them. */
  LaneGroup all() {
    return all;
  }

  /** Gives a task its lane, by its agent and its present model. */
  void assign(LiveTask live) {
    leave(live);
    Task task = live.record();
    ModelRef model = task.model();
    LaneKeys keys =
        new LaneKeys(
            key(limits.perAgent(), task.spec().agent()),
            key(limits.perModel(), model == null ? KeyLimits.UNNAMED : model.toString()),
            key(limits.perProvider(), model == null ? KeyLimits.UNNAMED : model.provider()));
    ParentQueue parent = ParentQueue.of(live.parent());
    Lane lane = parent.lane(keys);
    if (lane == null) {
      lane = lane(parent, keys);
      parent.add(lane);
    }
    lane.members++;
    live.slot().join(lane);
  }

  private static String key(KeyLimits limits, String name) {
    return limits.unlimited() ? "" : KeyLimits.normalised(name);
  }

  /** A task that holds no slot and waits for none will not do so any more. */
  void leave(LiveTask live) {
    Lane lane = Lane.of(live);
    if (lane != null) {
      live.slot().join(null);
      lane.members--;
      if (lane.members == 0) {
        remove(lane);
      }
    }
  }

  private void remove(Lane lane) {
    ParentQueue.of(lane.parent).remove(lane);
    lane.close();
    for (Gate gate : lane.gates) {
      gate.lanes--;
      if (gate.lanes == 0) {
        gates.remove(gate.name);
      }
    }
  }

  /**
   * Makes a lane. What a gate opens to is found by way of the groups behind it, so the gates of
   * which there are fewest come first.
   */
  private Lane lane(ParentQueue queue, LaneKeys keys) {
    ParentSession parent = queue.parent();
    Gate own = gate("max_running_per_parent", limits.maxRunningPerParent(), parent.session(), null);
    Gate tree = gate("max_running_per_tree", limits.maxRunningPerTree(), parent.root(), null);
    Gate agent = gate("max_running_per_agent", limits.perAgent(), keys.agent());
    Gate model = gate("max_running_per_model", limits.perModel(), keys.model());
    Gate provider = gate("max_running_per_provider", limits.perProvider(), keys.provider());
    LaneGroup group = all;
    for (Gate shared : present(agent, provider, model, tree)) {
      group = group.behind(shared);
    }
    return new Lane(parent, queue, keys, group, own, present(own, tree, agent, model, provider));
  }

  private static List<Gate> present(@Nullable Gate... gates) {
    List<Gate> present = new ArrayList<>(2);
    for (Gate gate : gates) {
      if (gate != null) {
        present.add(gate);
      }
    }
    return List.copyOf(present);
  }

  private @Nullable Gate gate(String setting, KeyLimits limits, String name) {
    return name.isEmpty() ? null : gate(setting, limits.of(name), name, name);
  }

  private @Nullable Gate gate(String setting, int value, String name, @Nullable String of) {
    return value == 0
        ? null
        : gates.computeIfAbsent(
            setting + ' ' + name, key -> new Gate(key, new Limit(setting, value, of)));
  }

  /** Finds anew what may go, after what is used was counted anew. */
  void review(List<LiveTask> entries) {
    for (LiveTask live : entries) {
      Lane lane = Lane.of(live);
      if (lane != null) {
        lane.review();
      }
    }
    gates.values().forEach(Gate::review);
  }

  /** All gates. */
  Iterable<Gate> gates() {
    return gates.values();
  }
}
