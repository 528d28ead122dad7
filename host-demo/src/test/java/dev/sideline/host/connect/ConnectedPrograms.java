package dev.sideline.host.connect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A user with a project, and a program of theirs that is connected or not. */
final class ConnectedPrograms {

  static final String JAR = "/x y/it's.jar";
  static final ServerCommands COMMANDS = commands("/jdk/bin/java");

  final Path home;
  final Path project;
  final Path data;
  private final AgentProgram program;

  ConnectedPrograms(Path folder, AgentProgram program) throws IOException {
    this.home = Files.createDirectories(folder.resolve("home"));
    this.project = Files.createDirectories(folder.resolve("project"));
    this.data = folder.resolve("data");
    this.program = program;
  }

  /** What is written for a program whose JVM lies somewhere. */
  static ServerCommands commands(String java) {
    return new ServerCommands(
        List.of(java, "-Dx=\"y\"", "-jar", JAR, "mcp", "--data", "/d", "--hold", "socket"),
        List.of(java, "-Dx=\"y\"", "-jar", JAR, "hold", "--program", "@PROGRAM@", "--data", "/d"));
  }

  static AgentProgram program(String name) {
    return AgentProgram.all().stream()
        .filter(program -> program.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  List<FileChange> connect() throws IOException {
    return connect(COMMANDS);
  }

  List<FileChange> connect(ServerCommands commands) throws IOException {
    return ofProject().connect(named(commands));
  }

  List<FileChange> disconnect() throws IOException {
    return ofProject().disconnect();
  }

  Connected.State state() {
    return ofProject().look().state();
  }

  ProgramConnection ofProject() {
    return of(new Scope.Project(project));
  }

  ProgramConnection ofUser(Map<String, String> environment) {
    return of(new Scope.User(home, environment));
  }

  ProgramConnection of(Scope scope) {
    return new ProgramConnection(program, scope, new Originals(data));
  }

  ServerCommands named(ServerCommands commands) {
    return new ServerCommands(
        commands.server(),
        commands.hold().stream().map(w -> w.replace("@PROGRAM@", program.name())).toList());
  }

  /** What is kept of files. */
  List<Path> kept() throws IOException {
    try (Stream<Path> all = Files.list(data)) {
      return all.toList();
    }
  }

  void loseWhatWasKept() throws IOException {
    for (Path kept : kept()) {
      Files.delete(kept);
    }
  }

  /** All that is there but what is kept of it, to the byte. */
  Map<Path, String> files() throws IOException {
    Map<Path, String> found = new TreeMap<>();
    for (Path root : List.of(home, project)) {
      try (Stream<Path> all = Files.walk(root)) {
        for (Path file : all.toList()) {
          found.put(
              file,
              Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                  ? HexFormat.of().formatHex(Files.readAllBytes(file))
                  : "");
        }
      }
    }
    return found;
  }
}
