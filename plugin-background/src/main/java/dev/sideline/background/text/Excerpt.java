package dev.sideline.background.text;

import dev.sideline.background.character.Characters;

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
    int from = Characters.after(whole, Math.max(0, whole.length() - maxChars));
    return new Excerpt(whole.substring(from), from, whole.length(), whole.length());
  }

  /** The characters of a text from a place on, at most so many. */
  public static Excerpt from(String whole, int since, int maxChars) {
    int from = Characters.before(whole, Math.min(since, whole.length()));
    int to = whole.length();
    if (maxChars < whole.length() - from) {
      to = Characters.before(whole, from + maxChars);
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
}
