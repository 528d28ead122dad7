package dev.sideline.host.plugin;

import dev.sideline.api.PluginSetting;
import java.util.List;

/**
 * What an active plugin says of itself, for people to read. What it fails to say, its jar says.
 *
 * @param id its own name for itself; the host knows it by the id of its jar
 * @param version its version, as its author writes it
 * @param settings what can be set, in the order in which to show it
 */
public record PluginDescription(String id, String version, List<PluginSetting> settings) {

  public PluginDescription {
    settings = List.copyOf(settings);
  }
}
