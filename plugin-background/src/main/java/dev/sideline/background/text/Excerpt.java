package dev.sideline.background.text;

/**
 * A piece of a long text, cut at character boundaries.
 *
 * @param text the piece
 * @param from where it begins, in characters from the beginning of the whole
 * @param to where it ends
 * @param total how long the whole is
 */
public record Excerpt(String text, int from, int to, int total) {

  /** The last characters of a text, at most so many. */
  public static Excerpt end(String whole, int maxChars) {
    int from = boundary(whole, Math.max(0, whole.length() - maxChars), 1);
    return new Excerpt(whole.substring(from), from, whole.length(), whole.length());
  }

  /** The characters of a text from a place on, at most so many. */
  public static Excerpt from(String whole, int since, int maxChars) {
    int from = boundary(whole, Math.min(since, whole.length()), -1);
    int to = whole.length();
    if (maxChars < whole.length() - from) {
      to = boundary(whole, from + maxChars, -1);
      if (to == from) {
        // A piece has at least one character, or reading on would never end.
        to = Math.min(whole.length(), from + 2);
      }
    }
    return new Excerpt(whole.substring(from, to), from, to, whole.length());
  }

  /** Whether this is all of it. */
  public boolean whole() {
    return from == 0 && to == total;
  }

  /** Moves a place out of the middle of a surrogate pair. */
  private static int boundary(String text, int at, int step) {
    boolean inside =
        at > 0
            && at < text.length()
            && Character.isLowSurrogate(text.charAt(at))
            && Character.isHighSurrogate(text.charAt(at - 1));
    return inside ? at + step : at;
  }
}
