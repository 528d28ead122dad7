package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.background.character.Characters;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call. Each is asked for by name; what is left over at {@link #end} is
 * refused, so that nothing is accepted and ignored.
 */
final class Arguments {

  private static final int SHOWN_CHARS = 80;

  /** Never changed. */
  private static final ObjectNode NONE = JsonNodeFactory.instance.objectNode();

  private final ObjectNode object;
  private final String path;

  /** The names that were asked for, some more than once: they are told only if one is wrong. */
  private final List<String> known = new ArrayList<>(20);

  private final List<Arguments> inner = new ArrayList<>(1);
  private final List<String> notes = new ArrayList<>(0);

  Arguments(ObjectNode object) {
    this(object, "");
  }

  /** Of a call that gives none. */
  static Arguments none() {
    return new Arguments(NONE);
  }

  private Arguments(ObjectNode object, String path) {
    this.object = object;
    this.path = path;
  }

  boolean has(String name) {
    known.add(name);
    JsonNode value = object.get(name);
    return value != null && !value.isNull();
  }

  /** Any value; null if it is not given. */
  @Nullable JsonNode value(String name) {
    return has(name) ? object.get(name) : null;
  }

  /** An object; null if it is not given. */
  @Nullable ObjectNode object(String name) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    if (value instanceof ObjectNode found) {
      return found;
    }
    throw notAllowed(name, value, "a JSON object");
  }

  /** An object whose members are arguments like these; empty if it is not given. */
  Arguments inner(String name) {
    ObjectNode found = object(name);
    Arguments arguments = new Arguments(found == null ? NONE : found, path + name + ".");
    inner.add(arguments);
    return arguments;
  }

  /** Refuses an argument that has no place here. */
  void refuse(String name, String because) {
    JsonNode value = object.get(name);
    if (value != null && !value.isNull()) {
      throw new BadArgument(
          "'" + path + name + "' is " + shown(Json.text(value)) + ", but " + because);
    }
  }

  /** A text that must be there and not be blank. */
  String text(String name, int maxChars) {
    String text = optionalText(name, maxChars);
    if (text == null) {
      throw new BadArgument(
          "'"
              + path
              + name
              + "' is missing; it must be a text of 1 to "
              + maxChars
              + " characters.");
    }
    return text;
  }

  /** A text; null if it is not given. Never blank. */
  @Nullable String optionalText(String name, int maxChars) {
    if (!has(name)) {
      return null;
    }
    JsonNode value = object.get(name);
    String allowed = "a text of 1 to " + maxChars + " characters";
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw notAllowed(name, value, allowed);
    }
    String text = value.textValue();
    if (text.length() > maxChars) {
      throw new BadArgument(
          "'"
              + path
              + name
              + "' has "
              + text.length()
              + " characters; it must be "
              + allowed
              + ".");
    }
    return text;
  }

  /** Texts; empty if they are not given. */
  List<String> texts(String name, int maxCount, int maxChars) {
    if (!has(name)) {
      return List.of();
    }
    JsonNode value = object.get(name);
    String allowed = "a list of 1 to " + maxCount + " texts";
    if (!value.isArray() || value.isEmpty() || value.size() > maxCount) {
      throw notAllowed(name, value, allowed);
    }
    List<String> texts = new ArrayList<>(value.size());
    for (JsonNode element : value) {
      if (!element.isTextual()
          || element.textValue().isBlank()
          || element.textValue().length() > maxChars) {
        throw notAllowed(name, value, allowed);
      }
      texts.add(element.textValue());
    }
    return texts;
  }

  /** A whole number, or a default if it is not given. */
  int number(String name, int defaultValue, int min, int max) {
    return Math.toIntExact(number(name, defaultValue, min, max, ""));
  }

  /**
   * A whole number, or a default if it is not given.
   *
   * @param where where the limit comes from, as it is told in brackets; empty if that needs no word
   */
  long number(String name, long defaultValue, long min, long max, String where) {
    if (!has(name)) {
      return defaultValue;
    }
    JsonNode value = object.get(name);
    if (!value.canConvertToExactIntegral()
        || value.bigIntegerValue().bitLength() > 62
        || value.longValue() < min
        || value.longValue() > max) {
      throw new BadArgument(
          notAllowed(name, value, "a whole number from " + min + " to " + max + where).text()
              + secondsHint(name, value, min, max));
    }
    return value.longValue();
  }

  /**
   * A whole number as of {@link #number(String, int, int, int)}, but of one above the most the most
   * is taken, and a note made: how much it may be at most is not for a caller to guess.
   */
  int atMost(String name, int defaultValue, int min, int max) {
    JsonNode value = value(name);
    if (value == null
        || !value.canConvertToExactIntegral()
        || value.bigIntegerValue().compareTo(BigInteger.valueOf(max)) <= 0) {
      return number(name, defaultValue, min, max);
    }
    notes.add(
        "'"
            + path
            + name
            + "' was "
            + shown(Json.text(value))
            + " and is cut to "
            + max
            + ", the most that there is."
            + secondsHint(name, value, min, max));
    return max;
  }

  /** What the caller should know of how the arguments were taken. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** An amount above 0, or a default if it is not given. */
  double amount(String name, double defaultValue, double max, String where) {
    if (!has(name)) {
      return defaultValue;
    }
    JsonNode value = object.get(name);
    if (!value.isNumber() || !(value.doubleValue() > 0) || value.doubleValue() > max) {
      throw notAllowed(
          name,
          value,
          "a number above 0 and up to "
              + BigDecimal.valueOf(max).stripTrailingZeros().toPlainString()
              + where);
    }
    return value.doubleValue();
  }

  /** A number of seconds far too large is most often meant in milliseconds. */
  private static String secondsHint(String name, JsonNode value, long min, long max) {
    boolean thousands =
        value.canConvertToExactIntegral()
            && value.canConvertToLong()
            && value.longValue() % 1_000 == 0
            && value.longValue() / 1_000 >= min
            && value.longValue() / 1_000 <= max;
    return name.endsWith("_seconds") && thousands
        ? " If you meant milliseconds, that is " + value.longValue() / 1_000 + "."
        : "";
  }

  boolean flag(String name) {
    if (!has(name)) {
      return false;
    }
    JsonNode value = object.get(name);
    if (!value.isBoolean()) {
      throw notAllowed(name, value, "true or false");
    }
    return value.booleanValue();
  }

  /** One of several words, or null if it is not given. */
  @Nullable String choice(String name, List<String> allowed) {
    if (!has(name)) {
      return null;
    }
    JsonNode value = object.get(name);
    if (!value.isTextual() || !allowed.contains(value.textValue())) {
      throw notAllowed(name, value, "one of " + String.join(", ", allowed));
    }
    return value.textValue();
  }

  /** Refuses whatever was given and not asked for. */
  void end() {
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      String name = member.getKey();
      if (!known.contains(name)) {
        throw new BadArgument(
            "'"
                + path
                + shown(name)
                + "' is not an argument of this tool; it takes "
                + (known.isEmpty()
                    ? "none"
                    : known.stream().distinct().map(path::concat).collect(Collectors.joining(", ")))
                + ".");
      }
    }
    inner.forEach(Arguments::end);
  }

  BadArgument notAllowed(String name, JsonNode value, String allowed) {
    return new BadArgument(
        "'" + path + name + "' is " + shown(Json.text(value)) + ", but must be " + allowed + ".");
  }

  private static String shown(String text) {
    return Characters.cut(Characters.visible(text), SHOWN_CHARS);
  }
}
