package dev.sideline.host.connect;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Words as a POSIX shell has to be given them, so that it takes each for one word and no more. */
final class ShellWords {

  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z0-9_@%+:,./][A-Za-z0-9_@%+:,./=-]*|-[A-Za-z0-9_@%+:,./=-]+");

  private ShellWords() {}

  /** One line for the shell. */
  static String line(List<String> words) {
    return words.stream().map(ShellWords::quoted).collect(Collectors.joining(" "));
  }

  /** Within single quotes nothing means anything to it but the quote itself. */
  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
