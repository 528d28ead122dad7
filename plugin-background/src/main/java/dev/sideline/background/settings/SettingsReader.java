package dev.sideline.background.settings;

import dev.sideline.background.settings.Settings.OnParentDeleted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the settings of the plugin from flat keys and values. The one place that knows keys,
 * defaults and ranges; {@link #documented} lists them.
 */
public final class SettingsReader {

  /**
   * A setting, for documentation.
   *
   * @param key the key
   * @param defaultValue what holds without it
   * @param allowed which values are allowed, in words
   * @param meaning what it does
   */
  public record Documented(String key, String defaultValue, String allowed, String meaning) {}

  private final Map<String, String> given;
  private final Map<String, Documented> known = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  private SettingsReader(Map<String, String> given) {
    this.given = given;
  }

  /** The settings that hold when the operator has written none. */
  public static Settings defaults() {
    return read(Map.of());
  }

  /**
   * Reads settings.
   *
   * @throws IllegalArgumentException if a key is unknown or a value not allowed; the message names
   *     all of them, each with its value and what is allowed
   */
  public static Settings read(Map<String, String> given) {
    SettingsReader reader = new SettingsReader(given);
    Settings settings = reader.settings();
    reader.rejectUnknownKeys();
    if (!reader.problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", reader.problems));
    }
    return settings;
  }

  /** All settings, in the order in which a person would read about them. */
  public static List<Documented> documented() {
    SettingsReader reader = new SettingsReader(Map.of());
    reader.settings();
    return List.copyOf(reader.known.values());
  }

  private Settings settings() {
    return new Settings(
        count("max_running", 16, 100_000, "tasks that run at once, over all sessions"),
        count("max_running_per_parent", 8, 100_000, "tasks of one session that run at once"),
        count("max_starting", 4, 100_000, "child sessions that are being started at once"),
        count(
            "max_tasks",
            10_000,
            1_000_000,
            "tasks that wait, run or are not yet announced, over all sessions; a launch beyond is"
                + " refused"),
        count("max_tasks_per_parent", 1_000, 1_000_000, "likewise, of one session"),
        count(
            "max_depth", 2, 16, "how many tasks deep tasks may launch tasks; 1: only sessions do"),
        choice(
            "on_parent_deleted",
            OnParentDeleted.CANCEL,
            "what happens to running tasks when the session that launched them is deleted"),
        seconds(
            "reconcile_seconds", 15, 1, 3_600, "how often the host is asked about silent tasks"),
        seconds(
            "lost_seconds",
            20,
            1,
            3_600,
            "how long a session may be idle in the middle of its work before its task is lost"),
        seconds(
            "cancel_grace_seconds",
            30,
            1,
            600,
            "how long a cancelled session may take to become quiet before it is given up"),
        count("retained_max_count", 1_000, 1_000_000, "finished tasks that stay readable"),
        number(
            "retained_max_bytes",
            64L << 20,
            1L << 16,
            1L << 40,
            "memory that finished tasks may take, in bytes"),
        seconds(
            "retained_lifetime_seconds",
            86_400,
            1,
            31_536_000,
            "how long a finished task stays once its parent was told"),
        count("max_prompt_chars", 200_000, 10_000_000, "the longest prompt"),
        count("max_result_chars", 200_000, 10_000_000, "how much of an answer is kept, its end"),
        count(
            "max_output_chars",
            12_000,
            1_000_000,
            "how much of an answer one call returns unless it asks for less or more"),
        seconds("max_wait_seconds", 3_600, 1, 86_400, "the longest wait of one call"),
        seconds(
            "dispose_seconds", 5, 1, 60, "how long running tasks may take to stop at a shutdown"));
  }

  private int count(String key, int defaultValue, int max, String meaning) {
    return Math.toIntExact(number(key, defaultValue, 1, max, meaning));
  }

  private Duration seconds(String key, long defaultValue, long min, long max, String meaning) {
    return Duration.ofSeconds(number(key, defaultValue, min, max, meaning));
  }

  private long number(String key, long defaultValue, long min, long max, String meaning) {
    String allowed = "a whole number from " + min + " to " + max;
    known.put(key, new Documented(key, Long.toString(defaultValue), allowed, meaning));
    String text = given.get(key);
    if (text == null) {
      return defaultValue;
    }
    try {
      long value = Long.parseLong(text.strip());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below, together with values out of range.
    }
    problems.add(notAllowed(key, text, allowed));
    return defaultValue;
  }

  private <E extends Enum<E>> E choice(String key, E defaultValue, String meaning) {
    List<String> names =
        Arrays.stream(defaultValue.getDeclaringClass().getEnumConstants())
            .map(value -> value.name().toLowerCase(Locale.ROOT))
            .toList();
    String allowed = String.join(" or ", names);
    known.put(
        key, new Documented(key, defaultValue.name().toLowerCase(Locale.ROOT), allowed, meaning));
    String text = given.get(key);
    if (text == null) {
      return defaultValue;
    }
    int index = names.indexOf(text.strip());
    if (index < 0) {
      problems.add(notAllowed(key, text, allowed));
      return defaultValue;
    }
    return defaultValue.getDeclaringClass().getEnumConstants()[index];
  }

  private void rejectUnknownKeys() {
    Set<String> unknown = new TreeSet<>(given.keySet());
    unknown.removeAll(known.keySet());
    for (String key : unknown) {
      problems.add(
          "setting '" + key + "' is not known; known are " + String.join(", ", known.keySet()));
    }
  }

  private static String notAllowed(String key, String value, String allowed) {
    return "setting '" + key + "' is '" + value + "', but must be " + allowed;
  }
}
