package dev.sideline.host.text;

/**
 * Text in whole characters. A character beyond the basic plane, such as most emoji, is two {@code
 * char}s; half of one is no text, and strict programs refuse all that it stands in.
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

  /** The beginning of a text, at most so many {@code char}s, never half a character at its end. */
  public static String start(String text, int maxChars) {
    if (text.length() <= maxChars) {
      return text;
    }
    int end = Math.max(0, maxChars);
    return text.substring(0, insidePair(text, end) ? end - 1 : end);
  }

  /** The text if it is that short, else its beginning and an ellipsis. */
  public static String cut(String text, int maxChars) {
    return text.length() <= maxChars ? text : start(text, maxChars) + "…";
  }

  /** Whether a place in a text is in the middle of a character. */
  public static boolean insidePair(CharSequence text, int at) {
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
