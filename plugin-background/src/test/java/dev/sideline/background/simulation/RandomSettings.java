package dev.sideline.background.simulation;

import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.SettingsReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Settings as an operator might have written them, limits mostly tight. */
final class RandomSettings {

  private final SeededRandom random;
  private final Map<String, String> written = new HashMap<>();

  private RandomSettings(SeededRandom random) {
    this.random = random;
  }

  static Settings of(SeededRandom random) {
    return new RandomSettings(random).read();
  }

  private Settings read() {
    slots();
    launches();
    watchdog();
    parents();
    write("cancel_grace_seconds", random.between(5, 40));
    write("lost_seconds", random.between(10, 60));
    write("retained_max_count", random.between(2, 60));
    write("retained_lifetime_seconds", random.between(20, 900));
    write("max_result_chars", 100);
    return SettingsReader.read(written);
  }

  private void slots() {
    write("max_running", random.chance(0.05) ? 0 : random.between(1, 6));
    limit("max_running_per_parent", 0.2, 1, 4);
    limit("max_running_per_tree", 0.5, 1, 4);
    some("max_running_per_agent", "2", "3, explore=1", "explore=1");
    some("max_running_per_model", "2", "Sim/Small=1", "default=2, sim/big=1");
    some("max_running_per_provider", "3", "sim=2", "other=1");
    write("max_starting", random.between(1, 3));
    some("when_full", "refuse", "wait", "wait");
  }

  private void launches() {
    write("max_tasks", random.between(10, 60));
    write("max_tasks_per_parent", random.between(3, 20));
    some("max_tasks_bytes", "65536");
    limit("max_launches_per_parent", 0.7, 10, 60);
    write("max_depth", random.between(1, 4));
    write("launch_retries", random.between(0, 3));
    choice("after_failed", "fail", "run");
    some("models", "explore=sim/small", "*=sim/big, explore=other/one");
    some("variants", "explore=high");
    some("fallback_models", "*=other/one", "agent=sim/small > other/one > sim/big");
  }

  private void watchdog() {
    limit("timeout_seconds", 0.7, 30, 600);
    limit("stall_seconds", 0.3, 10, 120);
    choice("on_stall", "report", "nudge", "cancel", "fail");
    limit("loop_calls", 0.4, 2, 6);
    limit("max_tool_calls", 0.7, 5, 30);
    limit("max_tokens", 0.7, 100, 900);
    limit("max_tree_tool_calls", 0.8, 20, 80);
    limit("max_tree_tokens", 0.8, 500, 4_000);
    if (random.chance(0.2)) {
      written.put("max_cost_usd", "0." + random.between(1, 9));
      written.put("max_tree_cost_usd", random.between(1, 4) + ".5");
    }
    limit("retrying_seconds", 0.3, 10, 120);
    limit("input_timeout_seconds", 0.4, 20, 300);
    choice("on_input_timeout", "reject", "allow", "cancel");
    if ("allow".equals(written.get("on_input_timeout")) || random.chance(0.5)) {
      written.put("permissions", "parent_once");
    }
  }

  private void parents() {
    write("notice_delay_ms", random.chance(0.5) ? 0 : random.between(100, 3_000));
    write("busy_parent_seconds", random.chance(0.5) ? 0 : random.between(1, 60));
    limit("max_wakes", 0.6, 2, 12);
    choice("adopt_children", "yes", "no");
    choice("on_parent_deleted", "cancel", "detach");
    choice("on_parent_interrupted", "leave", "detach", "cancel");
    choice("on_restart", "resume", "report", "fail");
  }

  private void write(String key, int value) {
    written.put(key, Integer.toString(value));
  }

  /** A limit, or none so often. */
  private void limit(String key, double none, int least, int most) {
    write(key, random.chance(none) ? 0 : random.between(least, most));
  }

  private void choice(String key, String... values) {
    written.put(key, random.pick(List.of(values)));
  }

  /** One of some values, or the default. */
  private void some(String key, String... values) {
    if (random.chance(0.4)) {
      choice(key, values);
    }
  }
}
