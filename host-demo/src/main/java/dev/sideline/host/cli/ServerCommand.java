package dev.sideline.host.cli;

import dev.sideline.host.file.FileProblem;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The command with which another program starts this one as its tool server: one that says nothing
 * but the protocol on its standard output, and that answers before the program's patience ends,
 * which with some is a second.
 */
final class ServerCommand {

  /**
   * Standard output belongs to the protocol, and options in the user's environment may have the JVM
   * log to it. These come after those.
   */
  private static final List<String> QUIET =
      List.of("-Xlog:disable", "-Xlog:all=warning:stderr", "-XX:+DisplayVMOutputToStderr");

  /**
   * A JVM that does not know an option starts all the same. One that finds another collector in the
   * user's environment would not, unless that is taken back.
   */
  private static final List<String> QUICK =
      List.of(
          "-XX:+IgnoreUnrecognizedVMOptions",
          "-XX:-UseG1GC",
          "-XX:-UseParallelGC",
          "-XX:-UseShenandoahGC",
          "-XX:-UseZGC",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1");

  /** Of the JDK that runs this. */
  static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  private final List<String> arguments;
  private final Path jar;
  private final @Nullable ClassArchive archive;
  private List<String> fromArchive = List.of();

  /**
   * @param data where the archive is kept; empty for none
   * @param arguments of this program
   * @throws CommandFailedException if this program does not run from a jar
   */
  ServerCommand(Optional<Path> data, List<String> arguments) {
    this.arguments = List.copyOf(arguments);
    this.jar = ownJar();
    this.archive = data.map(folder -> ClassArchive.in(folder, jar)).orElse(null);
  }

  /**
   * Makes the archive that it starts from, unless it is there. Without one it starts all the same,
   * only later.
   *
   * @return why there is none, in words; null if all is well
   */
  @Nullable String prepare() {
    if (archive == null) {
      return "there is no folder of yours to keep it in";
    }
    try {
      archive.make(java());
      fromArchive = archive.options();
      return null;
    } catch (IOException e) {
      return FileProblem.words(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  /** Program and arguments; with the archive if that was prepared. */
  List<String> words() {
    return words(arguments);
  }

  /** The same with other arguments of this program. */
  List<String> words(List<String> others) {
    List<String> words = java();
    words.addAll(List.of("-jar", jar.toString()));
    words.addAll(others);
    return words;
  }

  /** Makes the archive, unless it is there; tells a person if there is none. */
  void prepareOrSayWhyNot(Console console) {
    String problem = prepare();
    if (problem != null) {
      console.note(
          "the tool server will start more slowly than it could, because nothing was prepared for"
              + " that: "
              + problem);
    }
  }

  private List<String> java() {
    List<String> java = new ArrayList<>(List.of(JAVA.toString()));
    java.addAll(options(fromArchive));
    return java;
  }

  /** Those of the JVM. The launcher {@code sideline} has the same. */
  static List<String> options(List<String> fromArchive) {
    List<String> options = new ArrayList<>(QUICK);
    options.addAll(fromArchive);
    options.addAll(QUIET);
    return options;
  }

  /**
   * Program and options of a JVM that runs this program for long, to which its command is added:
   * those with which it begins soon, as somebody waits for it, and it waits for others most of its
   * time. From the archive of classes, if that is there.
   *
   * @param data where the archive is kept
   */
  static List<String> longLived(Path data) {
    List<String> java = new ArrayList<>(List.of(JAVA.toString()));
    Optional<Path> jar = jar();
    java.addAll(options(jar.map(file -> archived(data, file)).orElse(List.of())));
    java.add("-Dsideline.log.level=" + System.getProperty("sideline.log.level", "INFO"));
    if (jar.isPresent()) {
      java.addAll(List.of("-jar", jar.get().toString()));
    } else {
      java.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    }
    return java;
  }

  private static List<String> archived(Path data, Path jar) {
    try {
      ClassArchive archive = ClassArchive.in(data, jar);
      return archive.fits() ? archive.options() : List.of();
    } catch (IOException e) {
      return List.of(); // It starts all the same.
    }
  }

  /** Where the version stands: in the jar's manifest. */
  static String version() {
    String version = ServerCommand.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  /** The jar that this program runs from; none if it runs from a build. */
  static Optional<Path> jar() {
    CodeSource source = ServerCommand.class.getProtectionDomain().getCodeSource();
    try {
      return Optional.ofNullable(source == null ? null : Path.of(source.getLocation().toURI()))
          .filter(Files::isRegularFile)
          .map(Path::toAbsolutePath);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static Path ownJar() {
    return jar()
        .orElseThrow(
            () ->
                CommandFailedException.failed(
                    "this must be run from the jar, because others are told where the jar is",
                    null));
  }
}
