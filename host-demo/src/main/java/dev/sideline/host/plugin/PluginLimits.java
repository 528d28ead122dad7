package dev.sideline.host.plugin;

import java.time.Duration;

/**
 * How much a plugin may take before the host goes on without it.
 *
 * @param activation for finding, creating and activating it and reading its tools
 * @param drain for the events that are on their way when the host closes
 * @param dispose for its dispose
 * @param waitingEvents how many events may wait for it
 */
record PluginLimits(Duration activation, Duration drain, Duration dispose, int waitingEvents) {

  static final PluginLimits STANDARD =
      new PluginLimits(
          Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofSeconds(15), 8_192);
}
