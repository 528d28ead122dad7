package dev.sideline.host.embedded;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What is replaced in the elements of a command. Other braces stay as they are. */
enum Placeholder {
  PROMPT,
  SESSION,
  MODEL,
  PROVIDER,
  VARIANT;

  private static final Pattern PATTERN =
      Pattern.compile("\\{(prompt|session|model|provider|variant)}");

  /** The placeholders that an element has. */
  static Stream<Placeholder> in(String element) {
    return PATTERN.matcher(element).results().map(found -> parse(found.group(1)));
  }

  /** Replaces all at once, so that a value that looks like a placeholder stays what it is. */
  static String replace(String element, Map<Placeholder, String> values) {
    return PATTERN
        .matcher(element)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    values.getOrDefault(parse(found.group(1)), found.group())));
  }

  private static Placeholder parse(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return "{" + name().toLowerCase(Locale.ROOT) + "}";
  }
}
