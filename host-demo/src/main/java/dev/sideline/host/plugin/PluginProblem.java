package dev.sideline.host.plugin;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Something that keeps a plugin, or a part of it, from being used.
 *
 * @param path the jar, or the plugin directory itself
 * @param message what is wrong and what to do, for a person
 */
public record PluginProblem(Path path, String message) {

  public PluginProblem {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(message, "message");
  }

  @Override
  public String toString() {
    return path + ": " + message;
  }
}
