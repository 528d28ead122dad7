package dev.sideline.api;

import java.util.List;
import java.util.Objects;

/**
 * A setting of a plugin, for a host that shows what can be set: as help, as a form.
 *
 * @param key the key in {@link HostContext#settings}
 * @param group what it and its neighbours are about, a few words; a plugin lists those of a group
 *     together
 * @param description what it does, for an operator to read
 * @param defaultValue what holds without it, as it would be written; empty if nothing is set then
 * @param allowed which values are allowed, in words
 * @param choices the values to choose from, if only these are allowed; else empty
 */
public record PluginSetting(
    String key,
    String group,
    String description,
    String defaultValue,
    String allowed,
    List<String> choices) {

  public PluginSetting {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(defaultValue, "defaultValue");
    Objects.requireNonNull(allowed, "allowed");
    choices = List.copyOf(choices);
  }
}
