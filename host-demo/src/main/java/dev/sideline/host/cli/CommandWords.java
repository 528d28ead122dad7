package dev.sideline.host.cli;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A command line as far as it has to be understood to know who carries it out. All else in it, and
 * whatever is wrong with it, is up to whoever does.
 *
 * @param command its name; empty for the tour
 * @param part the first plain word behind that, as a command of commands has; empty for none
 * @param data the folder that it names; null if it names none
 * @param config the file that it names; null if it names none
 * @param plugins the folder that it names; null if it names none
 * @param standalone whether it wants nobody else to do it
 * @param help whether it only wants to be explained
 * @param words all of it
 */
record CommandWords(
    String command,
    String part,
    @Nullable String data,
    @Nullable String config,
    @Nullable String plugins,
    boolean standalone,
    boolean help,
    List<String> words) {

  /** The options after which another word is theirs; picocli takes long to say so. */
  static final Set<String> WITH_VALUE =
      Set.of(
          "--plugins",
          "--runtime",
          CommonOptions.OPENCODE_URL,
          "--data",
          "--config",
          "--session",
          "--caller-key",
          "--hold",
          "--program",
          "--idle-exit",
          "--limit",
          "--older-than");

  private static final Set<String> HELP = Set.of("-h", "--help", "-V", "--version");

  /** Reads a command line. */
  static CommandWords of(List<String> words) {
    String command = "";
    String part = "";
    String data = null;
    String config = null;
    String plugins = null;
    boolean standalone = false;
    boolean help = false;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      int is = word.startsWith("--") ? word.indexOf('=') : -1;
      String name = is < 0 ? word : word.substring(0, is);
      String value = is < 0 ? null : word.substring(is + 1);
      if (is < 0 && WITH_VALUE.contains(name) && i + 1 < words.size()) {
        value = words.get(++i);
      }
      switch (name) {
        case "--data" -> data = value;
        case "--config" -> config = value;
        case "--plugins" -> plugins = value;
        case CommonOptions.STANDALONE -> standalone = true;
        default -> {
          help |= HELP.contains(name);
          if (command.isEmpty() && !word.startsWith("-")) {
            command = word;
          } else if (part.isEmpty() && !word.startsWith("-")) {
            part = word;
          }
        }
      }
    }
    return new CommandWords(
        command, part, data, config, plugins, standalone, help, List.copyOf(words));
  }
}
