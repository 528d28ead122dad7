package dev.sideline.host.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folders in which the system looks for programs. */
public final class ProgramPath {

  private ProgramPath() {}

  /**
   * The program of a name, if the path of this process leads to it. Folders that the path names
   * relative to the working directory are left out: what lies there may be anybody's.
   */
  public static Optional<Path> find(String name) {
    return find(name, System.getenv("PATH"));
  }

  /**
   * The same on a path of other folders.
   *
   * @param path folders as the system's variable has them; null for none
   */
  public static Optional<Path> find(String name, @Nullable String path) {
    boolean windows = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("win");
    List<String> names = windows ? List.of(name + ".exe", name + ".cmd") : List.of(name);
    return Stream.of((path == null ? "" : path).split(Pattern.quote(File.pathSeparator)))
        .flatMap(folder -> absolute(folder).stream())
        .flatMap(folder -> names.stream().map(folder::resolve))
        .filter(program -> Files.isRegularFile(program) && Files.isExecutable(program))
        .findFirst();
  }

  private static Optional<Path> absolute(String folder) {
    try {
      return Optional.of(Path.of(folder)).filter(Path::isAbsolute);
    } catch (InvalidPathException e) {
      return Optional.empty(); // The system finds nothing there either.
    }
  }
}
