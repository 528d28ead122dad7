package dev.sideline.background.text;

import dev.sideline.background.character.Characters;

/**
 * A piece of a long text, cut at character boundaries.
 *
 * @param text the piece
 * @param from where it begins, in characters from the beginning of the whole, also where that is
 *     not kept any more
 * @param to where it ends
 * @param total how long the whole is, or was
 */
public record Excerpt(String text, long from, long to, long total) {

  /** The last characters of a text, at most so many. */
  public static Excerpt end(String whole, int maxChars) {
    return end(whole, 0, maxChars);
  }

  /**
   * The last characters of a text, at most so many.
   *
   * @param dropped how many characters before it are not kept
   */
  public static Excerpt end(String kept, long dropped, int maxChars) {
    int from = Characters.after(kept, Math.max(0, kept.length() - maxChars));
    return of(kept, dropped, from, kept.length());
  }

  /** The characters of a text from a place on, at most so many. */
  public static Excerpt from(String whole, int since, int maxChars) {
    return from(whole, 0, since, maxChars);
  }

  /**
   * The characters of a text from a place on, at most so many; from the first that there is, if
   * that place is not kept.
   *
   * @param dropped how many characters before it are not kept
   * @param since counted from the beginning of the whole
   */
  public static Excerpt from(String kept, long dropped, int since, int maxChars) {
    int place = (int) Math.min(Math.max(0, since - dropped), kept.length());
    int from = Characters.before(kept, place);
    int to = kept.length();
    if (maxChars < kept.length() - from) {
      to = Characters.before(kept, from + maxChars);
      if (to == from) {
        // A piece has at least one character, or reading on would never end.
        to = Math.min(kept.length(), from + 2);
      }
    }
    return of(kept, dropped, from, to);
  }

  private static Excerpt of(String kept, long dropped, int from, int to) {
    return new Excerpt(
        kept.substring(from, to), dropped + from, dropped + to, dropped + kept.length());
  }

  /** Whether this is all of it. */
  public boolean whole() {
    return from == 0 && to == total;
  }
}
