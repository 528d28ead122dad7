package dev.sideline.host.embedded;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Why a command could not be started, in words: the system's own name the wrong file. */
final class StartFailure {

  /** How the JDK tells the system's error number: {@code error=2,} or, later, {@code error: 2}. */
  private static final Pattern ERROR_CODE = Pattern.compile("error(?:=|: )(\\d+)");

  private static final String NO_SUCH_FILE = "2";
  private static final String TOO_LONG = "7";
  private static final String NO_PROGRAM = "8";
  private static final String NO_PERMISSION = "13";

  /** As much as Linux reads of a script's first line. */
  private static final int FIRST_LINE_BYTES = 256;

  private final Assignment assignment;
  private final String program;

  StartFailure(Assignment assignment) {
    this.assignment = assignment;
    this.program = assignment.agent().command().get(0);
  }

  /** What has gone wrong, as a sentence without its end. */
  String why(IOException failure) {
    String start = "agent '" + assignment.agent().name() + "' could not be started: ";
    if (!Files.isDirectory(assignment.directory())) {
      return start + "there is no directory '" + assignment.directory() + "'";
    }
    String message = String.valueOf(failure.getMessage());
    Matcher code = ERROR_CODE.matcher(message);
    return start
        + switch (code.find() ? code.group(1) : "") {
          case NO_SUCH_FILE -> file().map(this::missingBehind).orElseGet(this::missing);
          case NO_PERMISSION -> "'" + program + "' may not be executed (permission denied)";
          case NO_PROGRAM ->
              "'" + program + "' is no program of this system, and its first line names no other";
          case TOO_LONG ->
              "its arguments and environment are longer than the system allows; without "
                  + Placeholder.PROMPT
                  + " in its command it gets the prompt on standard input";
          default -> message;
        };
  }

  private String missing() {
    String where = program.indexOf('/') >= 0 ? "" : " on the PATH of the host";
    return "there is no program '" + program + "'" + where;
  }

  /** The program is there, and what it needs to be run with is not. */
  private String missingBehind(Path file) {
    Optional<String> interpreter = interpreter(file);
    if (interpreter.isEmpty()) {
      return "'" + program + "' is there, but a file that it needs to be started is not";
    }
    String named = interpreter.get();
    if (named.endsWith("\r")) {
      return "the first line of '"
          + program
          + "' ends as on Windows, so that it names no program: save it with line ends of LF";
    }
    return "the first line of '"
        + program
        + "' names '"
        + named
        + "', and there is no such program";
  }

  private Optional<Path> file() {
    try {
      if (program.indexOf('/') >= 0) {
        return Optional.of(assignment.directory().resolve(program)).filter(Files::exists);
      }
      String path = assignment.path();
      return Stream.of((path == null ? "" : path).split(Pattern.quote(File.pathSeparator), -1))
          .filter(folder -> !folder.isEmpty())
          .map(folder -> Path.of(folder, program))
          .filter(Files::isExecutable)
          .findFirst();
    } catch (InvalidPathException noPath) {
      return Optional.empty();
    }
  }

  /** What a script's first line names, with a carriage return if it ends with one. */
  private static Optional<String> interpreter(Path file) {
    try (InputStream content = Files.newInputStream(file)) {
      String start = new String(content.readNBytes(FIRST_LINE_BYTES), StandardCharsets.UTF_8);
      if (!start.startsWith("#!")) {
        return Optional.empty();
      }
      String line = start.substring(2).split("\n", 2)[0];
      String words = line.stripLeading();
      int end = 0;
      while (end < words.length() && words.charAt(end) != ' ' && words.charAt(end) != '\t') {
        end++;
      }
      return Optional.of(words.substring(0, end));
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }
}
