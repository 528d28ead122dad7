package dev.sideline.host.text;

import java.util.Locale;

/**
 * Text of others as a person may be shown it. What would command the terminal or deceive the eye
 * (control characters, those that only format, half characters) stands there as an escape, such as
 * {@code \}{@code u001b}; what can be seen stays as it is.
 */
public final class Harmless {

  private Harmless() {}

  /** With its line breaks and tabs. */
  public static String text(String foreign) {
    return escaped(foreign.replace("\r\n", "\n"), false);
  }

  /** On one line: line breaks and tabs are escaped too. */
  public static String line(String foreign) {
    return escaped(foreign, true);
  }

  /** JSON that means the same and is harmless to look at. */
  public static String json(String json) {
    return text(json); // Only in its strings can there be anything to escape, and so it is escaped.
  }

  private static String escaped(String text, boolean oneLine) {
    int first = 0;
    while (first < text.length() && harmless(text.charAt(first), oneLine)) {
      first++;
    }
    if (first == text.length()) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 16).append(text, 0, first);
    for (int at = first; at < text.length(); ) {
      int character = text.codePointAt(at);
      int length = Character.charCount(character);
      if (visible(character, oneLine)) {
        shown.append(text, at, at + length);
      } else {
        for (int unit = at; unit < at + length; unit++) {
          shown.append(String.format(Locale.ROOT, "\\u%04x", (int) text.charAt(unit)));
        }
      }
      at += length;
    }
    return shown.toString();
  }

  /** A look that is enough for nearly all text. */
  private static boolean harmless(char unit, boolean oneLine) {
    return (unit >= ' ' && unit < 0x7f) || (!oneLine && (unit == '\n' || unit == '\t'));
  }

  private static boolean visible(int character, boolean oneLine) {
    if (character == '\n' || character == '\t') {
      return !oneLine;
    }
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
