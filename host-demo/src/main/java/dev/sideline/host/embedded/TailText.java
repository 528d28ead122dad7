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

  /** What is kept, after a line that tells how much is missing, if anything is. */
  String text() {
    trim();
    if (dropped == 0) {
      return kept.toString();
    }
    return String.format(Locale.ROOT, "[the first %,d characters are left out]\n", dropped) + kept;
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
