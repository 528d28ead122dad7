package dev.sideline.host.cli;

import dev.sideline.host.connect.AgentProgram;
import dev.sideline.host.connect.Connected;
import dev.sideline.host.connect.OpenCodeProject;
import dev.sideline.host.connect.Originals;
import dev.sideline.host.connect.ProgramConnection;
import dev.sideline.host.connect.Scope;
import dev.sideline.host.file.FileProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Looks at what 'connect' has written, for the working directory and for the user, and whether it
 * still starts something. Changes nothing.
 */
final class ConnectionCheckup {

  private static final String ARCHIVE = "-XX:SharedArchiveFile=";

  private final CommonOptions options;

  ConnectionCheckup(CommonOptions options) {
    this.options = options;
  }

  /**
   * What is there for a program.
   *
   * @param name of the program, such as {@code claude}
   * @param installed whether there is anybody to whom it matters that nothing is there
   */
  List<Finding> look(String name, boolean installed) {
    if (options.dataDirectory().isEmpty()) {
      return List.of(); // Nothing can have been kept, and that is told elsewhere.
    }
    try {
      List<Finding> found = new ArrayList<>();
      for (Connected one : connections(name)) {
        if (one.state() != Connected.State.NO && (installed || isOurs(one))) {
          found.add(told(one));
        }
      }
      return found.isEmpty() && installed ? List.of(nothing(name)) : found;
    } catch (IOException e) {
      return List.of(Finding.note(name, FileProblem.words(e)));
    }
  }

  private List<Connected> connections(String name) throws IOException {
    Path here = options.surroundings().directory().toRealPath();
    Originals originals = ConnectProgramCommand.originals(options);
    List<Connected> found = new ArrayList<>();
    for (AgentProgram program : AgentProgram.all()) {
      if (program.name().equals(name)) {
        found.add(new ProgramConnection(program, new Scope.Project(here), originals).look());
        Optional<Path> home = DataFolder.of(options.surroundings()).home();
        if (home.isPresent()) {
          Scope user = new Scope.User(home.get(), options.surroundings().environment());
          found.add(new ProgramConnection(program, user, originals).look());
        }
      }
    }
    if (found.isEmpty()) {
      Path key = ConnectOpenCodeCommand.keyFile(options, here);
      found.add(new OpenCodeProject(here, key, originals).look());
    }
    return found;
  }

  private static boolean isOurs(Connected one) {
    return one.state() != Connected.State.REFUSED;
  }

  private static Finding nothing(String name) {
    return Finding.note(
        name, "not connected here; 'sideline connect " + name + "' gives its agents the tools");
  }

  private static Finding told(Connected one) {
    String where = one.scope() instanceof Scope.User ? "for you" : "in this folder";
    return switch (one.state()) {
      case REFUSED ->
          Finding.note(one.program(), "cannot be connected " + where + ": " + one.problem());
      case OUTDATED ->
          Finding.todo(
              one.program(),
              "connected "
                  + where
                  + ", but not all of that is there as it has to be; run '"
                  + command(one)
                  + "' again");
      case YES, NO -> connected(one, "connected " + where);
    };
  }

  private static Finding connected(Connected one, String connected) {
    Optional<String> gone = gone(one.server());
    if (gone.isPresent()) {
      return Finding.todo(
          one.program(),
          connected
              + ", but "
              + gone.get()
              + " is not there any more; run '"
              + command(one)
              + "' again");
    }
    String files = one.files().stream().map(Path::toString).collect(Collectors.joining(", "));
    boolean thisOne =
        ServerCommand.jar().map(jar -> one.starts(ServerCommand.JAVA, jar)).orElse(false);
    return Finding.ok(
        one.program(),
        connected + ": " + files + (thisOne ? "" : "; it starts another jar or JDK than this one"));
  }

  private static String command(Connected one) {
    return "sideline connect "
        + one.program()
        + (one.scope() instanceof Scope.User ? " --user" : "");
  }

  /** What a command line needs and does not find. */
  private static Optional<String> gone(List<String> words) {
    List<String> needed = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String before = i == 0 ? "" : words.get(i - 1);
      if (i == 0 || before.equals("-jar") || before.equals("--caller-key")) {
        needed.add(words.get(i));
      } else if (words.get(i).startsWith(ARCHIVE)) {
        needed.add(words.get(i).substring(ARCHIVE.length()));
      }
    }
    return needed.stream().filter(file -> !isThere(file)).findFirst();
  }

  private static boolean isThere(String file) {
    try {
      return Files.isRegularFile(Path.of(file));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
