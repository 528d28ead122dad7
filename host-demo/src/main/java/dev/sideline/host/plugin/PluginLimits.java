package dev.sideline.host.plugin;

import java.time.Duration;

/**
 * How much a plugin may take before the host goes on without it.
 *
 * @param activation for finding, creating and activating it and reading its tools
 * @param drain for the events that are on their way when the host closes
 * @param dispose for its dispose
 * @param waitingEvents how many events may wait for it
 * @param waitingCharacters how much text may be in those that wait
 */
record PluginLimits(
    Duration activation,
    Duration drain,
    Duration dispose,
    int waitingEvents,
    long waitingCharacters) {

  static final PluginLimits STANDARD =
      new PluginLimits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          Duration.ofSeconds(15),
          8_192,
          Math.min(8L << 20, Runtime.getRuntime().maxMemory() / 64));
}
