package dev.sideline.background.settings;

import dev.sideline.api.PluginSetting;
import dev.sideline.background.character.Characters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads values of settings out of what the operator wrote, one after another. Each reading also
 * says what there is to know about the setting; what is wrong is gathered, and told together at the
 * end.
 */
final class ValueReader {

  private static final int MAX_SHOWN_CHARS = 200;
  private static final String LISTED = "; separated by commas";

  private final Map<String, String> given;
  private final Map<String, PluginSetting> known = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private String group = "";

  ValueReader(Map<String, String> given) {
    this.given = given;
  }

  /** What the settings that are read from now on are about. */
  void group(String name) {
    group = name;
  }

  /** All settings that have been read, in that order. */
  List<PluginSetting> documented() {
    return List.copyOf(known.values());
  }

  /** What was wrong, a line each. To be called when everything has been read. */
  List<String> problems() {
    List<String> all = new ArrayList<>(problems);
    Set<String> unknown = new TreeSet<>(given.keySet());
    unknown.removeAll(known.keySet());
    for (String key : unknown) {
      String nearest = Spelling.nearest(key, known.keySet());
      all.add(
          "setting '"
              + shown(key)
              + "' is not known"
              + (nearest == null ? "" : "; did you mean '" + nearest + "'?")
              + (nearest == null ? "; known are " : " Known are ")
              + String.join(", ", known.keySet()));
    }
    return all;
  }

  /** A count of at least 1. */
  int count(String key, int defaultValue, int max, String meaning) {
    return Math.toIntExact(number(key, defaultValue, 1, max, meaning));
  }

  /** A count of which 0 means that there is no limit. */
  int limit(String key, int defaultValue, int max, String meaning) {
    return Math.toIntExact(limit(key, defaultValue, (long) max, meaning));
  }

  /** A count of which 0 means that there is no limit. */
  long limit(String key, long defaultValue, long max, String meaning) {
    return number(key, defaultValue, 0, max, unlimited(meaning));
  }

  /** A duration that may not be 0. */
  Duration seconds(String key, long defaultValue, long max, String meaning) {
    return Duration.ofSeconds(number(key, defaultValue, 1, max, meaning));
  }

  /** A duration of which 0 means that there is no limit. */
  Duration secondsOrUnlimited(String key, long defaultValue, long max, String meaning) {
    return Duration.ofSeconds(number(key, defaultValue, 0, max, unlimited(meaning)));
  }

  long number(String key, long defaultValue, long min, long max, String meaning) {
    return read(
        key,
        Long.toString(defaultValue),
        wholeNumber(min, max),
        meaning,
        text -> wholeNumber(text, min, max));
  }

  /** An amount of money of which 0 means that there is no limit. */
  double dollars(String key, long max, String meaning) {
    return read(
        key,
        "0",
        "a number from 0 to " + max + ", such as 2.50",
        unlimited(meaning),
        text -> {
          // Not by Double.parseDouble alone, which takes "NaN", "0x1p3" and "1d" as well.
          if (!text.matches("\\d{1,9}(\\.\\d{1,9})?") || Double.parseDouble(text) > max) {
            throw new NotAllowed(null);
          }
          return Double.parseDouble(text);
        });
  }

  /** One of the constants of an enum, in lower case. */
  <E extends Enum<E>> E choice(String key, E defaultValue, String meaning) {
    E[] values = defaultValue.getDeclaringClass().getEnumConstants();
    List<String> names =
        Arrays.stream(values).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
    describe(
        key,
        defaultValue.name().toLowerCase(Locale.ROOT),
        String.join(" or ", names),
        names,
        meaning);
    return value(
        key,
        text -> {
          int index = names.indexOf(text);
          if (index < 0) {
            throw new NotAllowed(null);
          }
          return values[index];
        });
  }

  /** {@code 4, explore=2}: a limit for all names, and others for some; 0 is no limit. */
  KeyLimits keyLimits(String key, String what, int max, String meaning) {
    return read(
        key,
        "0",
        wholeNumber(0, max) + " for all, " + what + "=NUMBER for some" + LISTED,
        unlimited(meaning),
        text -> {
          Map<String, Integer> byName = new LinkedHashMap<>();
          for (String item : items(text)) {
            int at = item.lastIndexOf('=');
            String name = at < 0 ? Models.ANY_AGENT : nameBefore(item, at);
            String value = item.substring(at + 1).strip();
            put(byName, name, Math.toIntExact(wholeNumber(value, 0, max, item)), item);
          }
          Integer otherwise = byName.remove(Models.ANY_AGENT);
          return new KeyLimits(otherwise == null ? 0 : otherwise, byName);
        });
  }

  /**
   * {@code explore=a, *=b}: a value for some agents, and one for all others.
   *
   * @param value reads one; throws {@link IllegalArgumentException} if it is not allowed
   */
  <T> Map<String, T> byAgent(String key, String form, Function<String, T> value, String meaning) {
    return read(
        key,
        "",
        "AGENT=" + form + ", the agent * being any other" + LISTED,
        meaning,
        text -> {
          Map<String, T> byAgent = new LinkedHashMap<>();
          for (String item : text.isEmpty() ? List.<String>of() : items(text)) {
            String name = nameBefore(item, item.indexOf('='));
            try {
              String rest = item.substring(item.indexOf('=') + 1).strip();
              put(byAgent, name, value.apply(rest), item);
            } catch (IllegalArgumentException e) {
              throw new NotAllowed(item);
            }
          }
          return byAgent;
        });
  }

  /** Words, none of them twice; none by default. */
  List<String> words(String key, String form, String meaning) {
    return read(
        key,
        "",
        form + LISTED,
        meaning,
        text -> {
          Map<String, String> words = new LinkedHashMap<>();
          for (String item : text.isEmpty() ? List.<String>of() : items(text)) {
            if (item.isEmpty()) {
              throw new NotAllowed(text);
            }
            put(words, item, item, item);
          }
          return List.copyOf(words.values());
        });
  }

  private <T> T read(
      String key, String defaultText, String allowed, String meaning, Function<String, T> value) {
    describe(key, defaultText, allowed, List.of(), meaning);
    return value(key, value);
  }

  private void describe(
      String key, String defaultText, String allowed, List<String> choices, String meaning) {
    known.put(key, new PluginSetting(key, group, meaning, defaultText, allowed, choices));
  }

  /** Reads a setting that was described. */
  private <T> T value(String key, Function<String, T> value) {
    PluginSetting setting = Objects.requireNonNull(known.get(key), key);
    String text = given.get(key);
    if (text == null) {
      return value.apply(setting.defaultValue());
    }
    try {
      return value.apply(text.strip());
    } catch (NotAllowed e) {
      problems.add(
          "setting '"
              + key
              + "' is '"
              + shown(text)
              + "', but must be "
              + setting.allowed()
              + e.becauseOfItem());
      return value.apply(setting.defaultValue());
    }
  }

  /** What an operator wrote, in one line and so that all of it is seen that is shown. */
  static String shown(String text) {
    return Characters.cut(Characters.visible(text), MAX_SHOWN_CHARS);
  }

  private static String unlimited(String meaning) {
    return meaning + "; 0: no limit";
  }

  private static String wholeNumber(long min, long max) {
    return "a whole number from " + min + " to " + max;
  }

  private static long wholeNumber(String text, long min, long max) {
    return wholeNumber(text, min, max, null);
  }

  private static long wholeNumber(String text, long min, long max, @Nullable String item) {
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below, together with values out of range.
    }
    throw new NotAllowed(item);
  }

  private static List<String> items(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  private static String nameBefore(String item, int end) {
    String name = KeyLimits.normalised(item.substring(0, Math.max(0, end)));
    if (name.isEmpty()) {
      throw new NotAllowed(item);
    }
    return name;
  }

  /** Two values for one name are a mistake, whichever of them was meant. */
  private static <T> void put(Map<String, T> byName, String name, T value, String item) {
    if (byName.putIfAbsent(name, value) != null) {
      throw new NotAllowed(item);
    }
  }
}
