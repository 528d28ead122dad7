package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call. Each is asked for by name; what is left over at {@link #end} is
 * refused, so that nothing is accepted and ignored.
 */
final class Arguments {

  private static final int SHOWN_CHARS = 80;

  private final ObjectNode object;
  private final Set<String> known = new LinkedHashSet<>();

  Arguments(ObjectNode object) {
    this.object = object;
  }

  boolean has(String name) {
    known.add(name);
    JsonNode value = object.get(name);
    return value != null && !value.isNull();
  }

  /** A text that must be there and not be blank. */
  String text(String name, int maxChars) {
    String text = optionalText(name, maxChars);
    if (text == null) {
      throw new BadArgument(
          "'" + name + "' is missing; it must be a text of 1 to " + maxChars + " characters.");
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
          "'" + name + "' has " + text.length() + " characters; it must be " + allowed + ".");
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
    if (!has(name)) {
      return defaultValue;
    }
    JsonNode value = object.get(name);
    if (!value.canConvertToExactIntegral()
        || value.bigIntegerValue().bitLength() > 62
        || value.longValue() < min
        || value.longValue() > max) {
      throw new BadArgument(
          notAllowed(name, value, "a whole number from " + min + " to " + max).text()
              + secondsHint(name, value, min, max));
    }
    return value.intValue();
  }

  /** A number of seconds far too large is most often meant in milliseconds. */
  private static String secondsHint(String name, JsonNode value, int min, int max) {
    boolean thousands =
        value.canConvertToExactIntegral()
            && value.canConvertToLong()
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
    for (String name : object.properties().stream().map(Map.Entry::getKey).toList()) {
      if (!known.contains(name)) {
        throw new BadArgument(
            "'"
                + shown(name)
                + "' is not an argument of this tool; it takes "
                + (known.isEmpty() ? "none" : String.join(", ", known))
                + ".");
      }
    }
  }

  static BadArgument notAllowed(String name, JsonNode value, String allowed) {
    return new BadArgument(
        "'" + name + "' is " + shown(Json.text(value)) + ", but must be " + allowed + ".");
  }

  private static String shown(String text) {
    return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
  }
}
