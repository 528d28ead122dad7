package dev.sideline.host.cli;

import dev.sideline.host.connect.ConnectException;
import dev.sideline.host.connect.OpenCodeProject;
import dev.sideline.host.file.FileProblem;
import dev.sideline.host.text.Harmless;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes what a project needs so that its OpenCode agents have the tools. */
@Command(
    name = "opencode",
    description = {
      "Give the tools to the OpenCode agents of a project: adds an entry to its opencode.json (or"
          + " opencode.jsonc) and the file .opencode/plugin/sideline.js, which signs each call so"
          + " that the tools know the session for certain. What is there already is kept. May be"
          + " repeated, and must be when this program or its JDK has moved.",
      "OpenCode has to be started anew afterwards."
    })
final class ConnectOpenCodeCommand implements Callable<Integer> {

  /**
   * Standard output belongs to the protocol, and options in the user's environment may have the JVM
   * log to it. These come after those.
   */
  private static final List<String> QUIET_JVM =
      List.of("-Xlog:disable", "-Xlog:all=warning:stderr", "-XX:+DisplayVMOutputToStderr");

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "The project. Default: the working directory.")
  private Path directory = Path.of(".");

  @Option(names = "--remove", description = "Take away what an earlier connect has written.")
  private boolean remove;

  ConnectOpenCodeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    CommonOptions options = SidelineCommand.optionsOf(spec);
    try {
      Path project = existing(directory);
      OpenCodeProject openCode = new OpenCodeProject(project, keyFile(options, project));
      if (remove) {
        tell(openCode.disconnect(), "removed or changed", "there was nothing to remove");
      } else {
        tell(openCode.connect(command(options)), "wrote", "everything was up to date");
        console
            .out()
            .println(
                "Start OpenCode in "
                    + Harmless.line(project.toString())
                    + " as usual; its agents have the"
                    + " tools sideline_background_task and so on.");
      }
      return ExitCodes.FINE;
    } catch (ConnectException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw CommandFailedException.failed(
          "connecting " + directory + " failed: " + FileProblem.words(e), e);
    }
  }

  private void tell(List<Path> files, String did, String nothing) {
    if (files.isEmpty()) {
      console.out().println(nothing);
    }
    files.forEach(file -> console.out().println(did + " " + Harmless.line(file.toString())));
  }

  private static Path existing(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw CommandFailedException.usage(
          "DIR must be a folder that exists, got '" + directory + "'");
    }
    return directory.toRealPath();
  }

  /**
   * Outside of the project, where an agent that is bound to the project's files does not read it.
   */
  private static Path keyFile(CommonOptions options, Path project) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(project.toString().getBytes(StandardCharsets.UTF_8));
      String name = HexFormat.of().formatHex(digest, 0, 12);
      return options
          .dataDirectory()
          .orElseThrow(
              () ->
                  CommandFailedException.failed(
                      "there is no folder of yours to keep the key in, as $HOME names none; name"
                          + " one outside of the project with --data",
                      null))
          .resolve("callers")
          .resolve(name + ".key");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static List<String> command(CommonOptions options) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(QUIET_JVM);
    words.addAll(List.of("-jar", ownJar().toString(), "mcp", "--runtime", "opencode"));
    words.addAll(options.forAnotherProcess());
    return words;
  }

  private static Path ownJar() {
    CodeSource source = ConnectOpenCodeCommand.class.getProtectionDomain().getCodeSource();
    try {
      Path place = source == null ? null : Path.of(source.getLocation().toURI());
      if (place != null && Files.isRegularFile(place)) {
        return place.toAbsolutePath();
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw CommandFailedException.failed(
        "connect must be run from the jar, because it writes down where the jar is", null);
  }
}
