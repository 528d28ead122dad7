package dev.sideline.host.cli;

import dev.sideline.host.connect.FileChange;
import dev.sideline.host.text.Harmless;
import java.util.List;

/** What was done to files, for a person: each file, and the lines that went and came. */
final class ToldChanges {

  private static final int SHOWN_CHARS = 160;

  private ToldChanges() {}

  /**
   * Prints it.
   *
   * @param nothing what is said if nothing was done
   */
  static void print(Console console, List<FileChange> changes, String nothing) {
    if (changes.isEmpty()) {
      console.out().println(nothing);
    }
    for (FileChange change : changes) {
      String file = Harmless.line(change.file().toString());
      console.out().println(change.kind().words() + " " + file);
      change.lines().forEach(line -> console.out().println("  " + shown(line)));
    }
  }

  private static String shown(String line) {
    return Harmless.line(
        line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + " ...");
  }
}
