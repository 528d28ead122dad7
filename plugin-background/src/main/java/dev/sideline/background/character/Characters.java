package dev.sideline.background.character;

import java.util.Locale;

/**
 * Text in whole characters that can be seen. A character beyond the basic plane, such as most
 * emoji, is two {@code char}s; half of one is no text, and model providers refuse a conversation
 * that it stands in.
 */
public final class Characters {

  private static final char REPLACEMENT = '\ufffd';

  private Characters() {}

  /** The text with U+FFFD in place of each half character. */
  public static String whole(String text) {
    int at = firstHalf(text, 0);
    if (at < 0) {
      return text;
    }
    StringBuilder whole = new StringBuilder(text);
    for (; at >= 0; at = firstHalf(text, at + 1)) {
      whole.setCharAt(at, REPLACEMENT);
    }
    return whole.toString();
  }

  /** The text if it is that short, else its beginning and an ellipsis. */
  public static String cut(String text, int maxChars) {
    return text.length() <= maxChars ? text : text.substring(0, before(text, maxChars)) + "…";
  }

  /** A place in a text, or the one before it if that is in the middle of a character. */
  public static int before(String text, int at) {
    return insidePair(text, at) ? at - 1 : at;
  }

  /** A place in a text, or the one after it if that is in the middle of a character. */
  public static int after(String text, int at) {
    return insidePair(text, at) ? at + 1 : at;
  }

  /**
   * The text with an escape, such as {@code \}{@code u202e}, for whatever in it cannot be seen but
   * has an effect: control characters, those that only format, half characters.
   */
  public static String visible(String text) {
    int at = 0;
    while (at < text.length() && text.charAt(at) >= ' ' && text.charAt(at) < 0x7f) {
      at++;
    }
    if (at == text.length()) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 16).append(text, 0, at);
    while (at < text.length()) {
      int character = text.codePointAt(at);
      int end = at + Character.charCount(character);
      if (visible(character)) {
        shown.append(text, at, end);
      } else {
        for (int unit = at; unit < end; unit++) {
          shown.append(String.format(Locale.ROOT, "\\u%04x", (int) text.charAt(unit)));
        }
      }
      at = end;
    }
    return shown.toString();
  }

  private static boolean visible(int character) {
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

  private static boolean insidePair(CharSequence text, int at) {
    return at > 0
        && at < text.length()
        && Character.isHighSurrogate(text.charAt(at - 1))
        && Character.isLowSurrogate(text.charAt(at));
  }

  private static int firstHalf(String text, int from) {
    for (int at = from; at < text.length(); at++) {
      if (Character.isSurrogate(text.charAt(at))) {
        if (!insidePair(text, at + 1)) {
          return at;
        }
        at++;
      }
    }
    return -1;
  }
}
