package dev.sideline.host.embedded;

import dev.sideline.host.text.Characters;
import java.util.Locale;

/** Text of which only the end is kept, as an answer stands at the end. Not thread-safe. */
final class TailText {

  private final int limit;
  private final StringBuilder kept = new StringBuilder();
  private long dropped;

  /**
   * @param limit how many characters are kept
   */
  TailText(int limit) {
    this.limit = limit;
  }

  void append(CharSequence text) {
    kept.append(text);
    // In big steps, so that each character is moved a bounded number of times.
    if (kept.length() > limit + limit / 4L) {
      trim();
    }
  }

  /**
   * What is kept. If anything is missing, a line tells how much; it stands at the end, so that it
   * is still there when others, too, keep no more than that.
   */
  String text() {
    trim();
    if (dropped == 0) {
      return kept.toString();
    }
    return kept
        + String.format(
            Locale.ROOT,
            "\n[The command has written more than is kept: the first %,d characters of this are"
                + " missing.]\n",
            dropped);
  }

  private void trim() {
    int excess = kept.length() - limit;
    if (excess > 0) {
      if (Characters.insidePair(kept, excess)) {
        excess++;
      }
      kept.delete(0, excess);
      dropped += excess;
    }
  }
}
