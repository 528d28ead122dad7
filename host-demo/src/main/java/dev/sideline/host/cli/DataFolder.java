package dev.sideline.host.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder of the user for what is kept, as the system has it.
 *
 * @param environment such as {@link System#getenv()}
 * @param userHome the property {@code user.home}, which is {@code ?} for a user without a name
 * @param system the property {@code os.name}
 */
record DataFolder(Map<String, String> environment, @Nullable String userHome, String system) {

  private static final String NAME = "sideline";

  /** That of the user of this process, who is the one who gave the command too. */
  static DataFolder of(Surroundings surroundings) {
    return new DataFolder(
        surroundings.environment(),
        System.getProperty("user.home"),
        System.getProperty("os.name", ""));
  }

  /**
   * The folder, which need not exist. None if nothing tells where the user's files are; the working
   * directory is never taken for it.
   */
  Optional<Path> path() {
    String name = system.toLowerCase(Locale.ROOT);
    Optional<Path> named = absolute(environment.get("XDG_DATA_HOME"));
    if (named.isEmpty() && name.startsWith("windows")) {
      named = absolute(environment.get("LOCALAPPDATA"));
    }
    String below = name.startsWith("mac") ? "Library/Application Support" : ".local/share";
    return named.or(() -> home().map(home -> home.resolve(below))).map(data -> data.resolve(NAME));
  }

  /** The user's folder, if something tells where it is. */
  Optional<Path> home() {
    return absolute(environment.get("HOME")).or(() -> absolute(userHome));
  }

  private static Optional<Path> absolute(@Nullable String text) {
    try {
      return Optional.ofNullable(text).map(Path::of).filter(Path::isAbsolute);
    } catch (InvalidPathException e) {
      return Optional.empty(); // As good as none.
    }
  }
}
