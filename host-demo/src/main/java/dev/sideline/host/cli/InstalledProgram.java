package dev.sideline.host.cli;

import dev.sideline.host.file.FileProblem;
import dev.sideline.host.process.ProgramPath;
import dev.sideline.host.process.ShortRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program on the path, and what it says of its version.
 *
 * @param file where it is
 * @param version as in {@code 1.18.33}; empty if it does not say
 * @param problem why it does not say, in words; empty if it does
 */
record InstalledProgram(Path file, String version, String problem) {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final Pattern VERSION =
      Pattern.compile("(?<![\\w.])v?(\\d{1,9}(?:\\.\\d{1,9})+(?:[-+][\\w.+-]{1,60})?)");

  /** So that asking for the version does not make a program renew itself. */
  private static final Map<String, String> STAY_AS_YOU_ARE =
      Map.of(
          "DISABLE_AUTOUPDATER", "1",
          "OPENCODE_DISABLE_AUTOUPDATE", "1",
          "NO_UPDATE_NOTIFIER", "1",
          "NO_COLOR", "1");

  /** Looks for one by its name, and asks it, for at most some seconds. */
  static Optional<InstalledProgram> look(String name) {
    return ProgramPath.find(name).map(InstalledProgram::asked);
  }

  static InstalledProgram asked(Path file) {
    try {
      String said =
          ShortRun.output(
              List.of(file.toString(), "--version"), neutralFolder(), STAY_AS_YOU_ARE, BOUND);
      Matcher version = VERSION.matcher(said);
      return version.find()
          ? new InstalledProgram(file, version.group(1), "")
          : new InstalledProgram(file, "", "it names no version");
    } catch (IOException e) {
      return new InstalledProgram(file, "", FileProblem.words(e));
    }
  }

  /** Programs may read what lies in the working directory, which may be anybody's. */
  private static Path neutralFolder() {
    Path home = Path.of(System.getProperty("user.home", ""));
    return home.isAbsolute() && Files.isDirectory(home)
        ? home
        : Path.of(System.getProperty("java.io.tmpdir"));
  }
}
