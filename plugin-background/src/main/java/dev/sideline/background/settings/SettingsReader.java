package dev.sideline.background.settings;

import dev.sideline.api.ModelRef;
import dev.sideline.background.settings.Settings.AfterFailed;
import dev.sideline.background.settings.Settings.Guards;
import dev.sideline.background.settings.Settings.Launches;
import dev.sideline.background.settings.Settings.Notices;
import dev.sideline.background.settings.Settings.OnParentDeleted;
import dev.sideline.background.settings.Settings.OnParentInterrupted;
import dev.sideline.background.settings.Settings.OnStall;
import dev.sideline.background.settings.Settings.OnTimeout;
import dev.sideline.background.settings.Settings.Requests;
import dev.sideline.background.settings.Settings.Retention;
import dev.sideline.background.settings.Settings.Sessions;
import dev.sideline.background.settings.Settings.Slots;
import dev.sideline.background.settings.Settings.Texts;
import dev.sideline.background.settings.Settings.WhenFull;
import dev.sideline.background.task.Budget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

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

  /** The longest time that a task may be given, in seconds: a week. */
  public static final int MAX_TIMEOUT_SECONDS = 604_800;

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
        slots(),
        launches(),
        models(),
        guards(),
        requests(),
        notices(),
        sessions(),
        retention(),
        texts(),
        seconds("max_wait_seconds", 3_600, 1, 86_400, "the longest wait of one call"),
        seconds(
            "dispose_seconds", 5, 1, 60, "how long running tasks may take to stop at a shutdown"));
  }

  private Slots slots() {
    return new Slots(
        limit("max_running", 16, 100_000, "tasks that run at once, over all sessions"),
        limit("max_running_per_parent", 8, 100_000, "tasks of one session that run at once"),
        limit(
            "max_running_per_tree",
            0,
            100_000,
            "tasks of a session and of all tasks below it that run at once"),
        keyLimits("max_running_per_agent", "tasks of one agent that run at once"),
        keyLimits("max_running_per_model", "tasks with one model that run at once"),
        keyLimits("max_running_per_provider", "tasks with models of one provider, likewise"),
        count("max_starting", 4, 100_000, "child sessions that are being started at once"),
        choice(
            "when_full",
            WhenFull.WAIT,
            "what happens to a launch that cannot start at once: it waits, or is refused"));
  }

  private Launches launches() {
    return new Launches(
        count(
            "max_tasks",
            10_000,
            1_000_000,
            "tasks that wait, run or are not yet announced, over all sessions; a launch beyond is"
                + " refused"),
        count("max_tasks_per_parent", 1_000, 1_000_000, "likewise, of one session"),
        limit(
            "max_launches_per_parent",
            1_000,
            1_000_000,
            "tasks that one session may launch in all its life"),
        count(
            "max_depth",
            1,
            16,
            "how many tasks deep tasks may launch tasks; 1: only sessions do, and their tasks may"
                + " not"),
        limit(
            "launch_retries",
            3,
            10,
            "how often a launch is tried again that failed for a passing reason"),
        choice(
            "after_failed",
            AfterFailed.FAIL,
            "what becomes of a task that was to start after one that has not succeeded: it fails"
                + " too, or runs all the same"));
  }

  private Models models() {
    return new Models(
        byAgent("models", "PROVIDER/MODEL", ModelRef::parse, "the model of each agent"),
        byAgent("variants", "VARIANT", text -> text, "the variant of each agent's model"),
        byAgent(
            "fallback_models",
            "PROVIDER/MODEL > PROVIDER/MODEL > …",
            SettingsReader::modelList,
            "the models that are tried in turn when that of a task fails"),
        choice(
                "model_override",
                ModelOverride.ALLOW,
                "whether a launch may name another model or variant")
            == ModelOverride.ALLOW);
  }

  private Guards guards() {
    return new Guards(
        seconds(
            "timeout_seconds",
            0,
            0,
            MAX_TIMEOUT_SECONDS,
            "how long a task may take, unless its launch says otherwise"),
        seconds(
            "stall_seconds",
            600,
            0,
            MAX_TIMEOUT_SECONDS,
            "how long a task may give no sign of life before its parent is told, unless its launch"
                + " says otherwise"),
        choice(
            "on_stall",
            OnStall.REPORT,
            "what is done when it still gives none after as long again: nothing more, its agent is"
                + " told to go on, it is cancelled, it fails"),
        limit(
            "loop_calls",
            10,
            1_000,
            "how often in a row a task may call the same tool with the same arguments"),
        budget("max", "what a task may use: "),
        budget(
            "max_tree", "what the tasks of a session and of all tasks below it may use together: "),
        seconds(
            "retrying_seconds",
            600,
            0,
            86_400,
            "how long a host may try a task's model again and again"));
  }

  private Budget budget(String prefix, String meaning) {
    return new Budget(
        number(prefix + "_tool_calls", 0, 0, 1_000_000, meaning + "tool calls"),
        number(prefix + "_tokens", 0, 0, 1_000_000_000_000L, meaning + "tokens"),
        dollars(prefix + "_cost_usd", meaning + "US dollars"));
  }

  private Requests requests() {
    return new Requests(
        seconds(
            "input_timeout_seconds",
            3_600,
            0,
            2_592_000,
            "how long a permission or question of a task waits for an answer"),
        choice(
            "on_input_timeout",
            OnTimeout.REJECT,
            "what is answered then: no; yes, to permissions; nothing, and the task is cancelled"));
  }

  private Notices notices() {
    return new Notices(
        Duration.ofMillis(
            number(
                "notice_delay_ms",
                300,
                0,
                60_000,
                "how long the end of a task may wait for others to be told with it, in"
                    + " milliseconds")),
        Duration.ofSeconds(
            number(
                "busy_parent_seconds",
                60,
                0,
                3_600,
                "how long a session that is at work may finish that before it is told of its"
                    + " tasks")),
        limit(
            "max_wakes",
            25,
            100_000,
            "how often in a row a session is set to work by its tasks before a person has said"
                + " something"));
  }

  private Sessions sessions() {
    return new Sessions(
        choice(
                "adopt_children",
                YesNo.NO,
                "whether sessions count as tasks that the host itself creates under one that has"
                    + " tasks")
            == YesNo.YES,
        choice(
            "on_parent_deleted",
            OnParentDeleted.CANCEL,
            "what happens to running tasks when the session that launched them is deleted"),
        choice(
            "on_parent_interrupted",
            OnParentInterrupted.LEAVE,
            "what happens to running tasks when the session that launched them is stopped in the"
                + " host: nothing, it is not told of them, they are cancelled"),
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
            "how long a cancelled session may take to become quiet before it is given up"));
  }

  private Retention retention() {
    return new Retention(
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
            "how long a finished task stays once its parent was told"));
  }

  private Texts texts() {
    return new Texts(
        count("max_prompt_chars", 200_000, 10_000_000, "the longest prompt"),
        count("max_result_chars", 200_000, 10_000_000, "how much of an answer is kept, its end"),
        count(
            "max_output_chars",
            12_000,
            1_000_000,
            "how much of an answer one call returns unless it asks for less or more"));
  }

  /** A count of which 0 means that there is no limit. */
  private int limit(String key, int defaultValue, int max, String meaning) {
    return Math.toIntExact(number(key, defaultValue, 0, max, meaning + "; 0: no limit"));
  }

  /** {@code 4, explore=2}: a limit for all names, and others for some. */
  private KeyLimits keyLimits(String key, String meaning) {
    String allowed = "whole numbers such as 4 or '4, explore=2', each from 0 to 100000";
    return list(
        key,
        "0",
        allowed,
        meaning + "; 0: no limit",
        text -> {
          int otherwise = 0;
          Map<String, Integer> byName = new LinkedHashMap<>();
          for (String item : items(text)) {
            int at = item.lastIndexOf('=');
            int value = Integer.parseInt(item.substring(at + 1).strip());
            if (value < 0 || value > 100_000) {
              throw new IllegalArgumentException(item);
            }
            if (at < 0) {
              otherwise = value;
            } else {
              byName.put(name(item, at), value);
            }
          }
          return new KeyLimits(otherwise, byName);
        });
  }

  /** {@code explore=a, *=b}: a value for some agents, and one for all others. */
  private <T> Map<String, T> byAgent(
      String key, String form, Function<String, T> read, String meaning) {
    String allowed = "empty, or AGENT=" + form + ", separated by commas; * is any other agent";
    return list(
        key,
        "",
        allowed,
        meaning,
        text -> {
          Map<String, T> byAgent = new LinkedHashMap<>();
          for (String item : items(text)) {
            int at = item.indexOf('=');
            byAgent.put(name(item, at), read.apply(nonEmpty(item.substring(at + 1).strip())));
          }
          return byAgent;
        });
  }

  private static List<ModelRef> modelList(String text) {
    return Arrays.stream(text.split(">", -1)).map(String::strip).map(ModelRef::parse).toList();
  }

  private static List<String> items(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .toList();
  }

  private static String name(String item, int end) {
    if (end < 0) {
      throw new IllegalArgumentException(item);
    }
    return nonEmpty(KeyLimits.normalised(item.substring(0, end)));
  }

  private static String nonEmpty(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("empty");
    }
    return text;
  }

  private <T> T list(
      String key, String defaultText, String allowed, String meaning, Function<String, T> read) {
    known.put(key, new Documented(key, defaultText, allowed, meaning));
    String text = given.get(key);
    try {
      return read.apply(text == null ? defaultText : text);
    } catch (IllegalArgumentException e) {
      // Thrown for the value of the operator alone: the default is in order.
      problems.add(notAllowed(key, String.valueOf(text), allowed));
      return read.apply(defaultText);
    }
  }

  private double dollars(String key, String meaning) {
    String allowed = "a number from 0 to 1000000, such as 2.50";
    return list(
        key,
        "0",
        allowed,
        meaning + "; 0: no limit",
        text -> {
          double value = Double.parseDouble(text.strip());
          if (!(value >= 0 && value <= 1_000_000)) {
            throw new IllegalArgumentException(text);
          }
          return value;
        });
  }

  private enum ModelOverride {
    ALLOW,
    REFUSE
  }

  private enum YesNo {
    YES,
    NO
  }

  private int count(String key, int defaultValue, int max, String meaning) {
    return Math.toIntExact(number(key, defaultValue, 1, max, meaning));
  }

  /** A duration; where 0 is allowed, it means that there is no limit. */
  private Duration seconds(String key, long defaultValue, long min, long max, String meaning) {
    String told = min == 0 ? meaning + "; 0: no limit" : meaning;
    return Duration.ofSeconds(number(key, defaultValue, min, max, told));
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
