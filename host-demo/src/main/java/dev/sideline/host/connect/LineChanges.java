package dev.sideline.host.connect;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which lines of a text went and which came. */
final class LineChanges {

  /** Beyond this, what lies between the first and the last change counts as changed. */
  private static final long MOST_COMPARED = 4_000_000;

  private LineChanges() {}

  /** The lines, each with its sign before it; a text that is null has none. */
  static List<String> between(@Nullable String before, @Nullable String after) {
    List<String> old = lines(before);
    List<String> fresh = lines(after);
    int from = 0;
    while (from < Math.min(old.size(), fresh.size()) && old.get(from).equals(fresh.get(from))) {
      from++;
    }
    int oldEnd = old.size();
    int freshEnd = fresh.size();
    while (oldEnd > from
        && freshEnd > from
        && old.get(oldEnd - 1).equals(fresh.get(freshEnd - 1))) {
      oldEnd--;
      freshEnd--;
    }
    return changes(old.subList(from, oldEnd), fresh.subList(from, freshEnd));
  }

  private static List<String> lines(@Nullable String text) {
    return text == null ? List.of() : text.lines().toList();
  }

  private static List<String> changes(List<String> old, List<String> fresh) {
    List<String> changes = new ArrayList<>();
    if ((long) old.size() * fresh.size() > MOST_COMPARED) {
      old.forEach(line -> changes.add("- " + line));
      fresh.forEach(line -> changes.add("+ " + line));
      return changes;
    }
    int[][] common = common(old, fresh);
    int i = 0;
    int j = 0;
    while (i < old.size() || j < fresh.size()) {
      if (i < old.size() && j < fresh.size() && old.get(i).equals(fresh.get(j))) {
        i++;
        j++;
      } else if (j == fresh.size() || (i < old.size() && common[i + 1][j] >= common[i][j + 1])) {
        changes.add("- " + old.get(i++));
      } else {
        changes.add("+ " + fresh.get(j++));
      }
    }
    return changes;
  }

  /** How many lines the rests have in common, for each two of them. */
  private static int[][] common(List<String> old, List<String> fresh) {
    int[][] common = new int[old.size() + 1][fresh.size() + 1];
    for (int i = old.size() - 1; i >= 0; i--) {
      for (int j = fresh.size() - 1; j >= 0; j--) {
        common[i][j] =
            old.get(i).equals(fresh.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }
}
