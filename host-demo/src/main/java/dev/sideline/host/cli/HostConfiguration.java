package dev.sideline.host.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What of the configuration file is not about agents: {@code {"settings": {PLUGIN_ID: {KEY:
 * VALUE}}}}.
 *
 * @param settings the settings of each plugin, by plugin id; values as text
 * @param owner those of an owner of the data folder
 */
record HostConfiguration(Map<String, Map<String, String>> settings, OwnerSettings owner) {

  private static final Set<String> PARTS = Set.of("agents", "settings", "owner");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Reads that part of a file.
   *
   * @param file null for an empty configuration
   */
  static HostConfiguration of(@Nullable ConfigFile file) {
    if (file == null) {
      return new HostConfiguration(Map.of(), OwnerSettings.standard());
    }
    try {
      JsonNode root = JSON.readTree(file.text());
      return new HostConfiguration(
          settings(file.path(), root), OwnerSettings.of(file.path(), root.path("owner")));
    } catch (JsonProcessingException e) {
      throw CommandFailedException.usage(
          "--config " + file.path() + " is not valid JSON: " + e.getOriginalMessage() + at(e));
    }
  }

  private static String at(JsonProcessingException e) {
    return e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
  }

  private static Map<String, Map<String, String>> settings(Path file, JsonNode root) {
    requireObject(file, "the whole file", root);
    Set<String> unknown = new TreeSet<>();
    root.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(PARTS);
    if (!unknown.isEmpty()) {
      throw CommandFailedException.usage(
          "--config " + file + ": unknown " + unknown + "; allowed are agents, settings and owner");
    }
    Map<String, Map<String, String>> settings = new HashMap<>();
    JsonNode plugins = root.path("settings");
    if (!plugins.isMissingNode()) {
      requireObject(file, "settings", plugins);
      plugins
          .properties()
          .forEach(
              plugin ->
                  settings.put(plugin.getKey(), values(file, plugin.getKey(), plugin.getValue())));
    }
    return settings;
  }

  private static Map<String, String> values(Path file, String plugin, JsonNode node) {
    requireObject(file, "settings." + plugin, node);
    Map<String, String> values = new HashMap<>();
    node.properties()
        .forEach(
            entry -> {
              if (!entry.getValue().isValueNode() || entry.getValue().isNull()) {
                throw CommandFailedException.usage(
                    "--config "
                        + file
                        + ": settings."
                        + plugin
                        + "."
                        + entry.getKey()
                        + " must be a text, a number, true or false, not "
                        + entry.getValue());
              }
              values.put(entry.getKey(), entry.getValue().asText());
            });
    return values;
  }

  private static void requireObject(Path file, String what, JsonNode node) {
    if (!node.isObject()) {
      throw CommandFailedException.usage(
          "--config " + file + ": " + what + " must be an object {...}, not " + node);
    }
  }
}
