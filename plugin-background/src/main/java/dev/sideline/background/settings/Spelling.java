package dev.sideline.background.settings;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Guesses what was meant by a word that is not known. */
final class Spelling {

  private Spelling() {}

  /** The known word that needs the fewest changes; null if none is near. */
  static @Nullable String nearest(String word, Collection<String> known) {
    String given = word.strip().toLowerCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    String nearest = null;
    int fewest = Integer.MAX_VALUE;
    for (String candidate : known) {
      int allowed = Math.max(1, candidate.length() / 4);
      if (Math.abs(candidate.length() - given.length()) > allowed) {
        continue;
      }
      int changes = changes(given, candidate);
      if (changes <= allowed && changes < fewest) {
        nearest = candidate;
        fewest = changes;
      }
    }
    return nearest;
  }

  /** How many letters have to be added, removed or replaced to make one word of the other. */
  private static int changes(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
