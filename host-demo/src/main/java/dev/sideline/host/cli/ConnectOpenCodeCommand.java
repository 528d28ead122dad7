package dev.sideline.host.cli;

import dev.sideline.host.connect.ConnectException;
import dev.sideline.host.connect.OpenCodeProject;
import dev.sideline.host.file.FileProblem;
import dev.sideline.host.file.StableName;
import dev.sideline.host.text.Harmless;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
      OpenCodeProject openCode =
          new OpenCodeProject(
              project, keyFile(options, project), ConnectProgramCommand.originals(options));
      if (remove) {
        ToldChanges.print(console, openCode.disconnect(), "there was nothing to remove");
      } else {
        ToldChanges.print(
            console, openCode.connect(server(options).words()), "everything was up to date");
        console
            .out()
            .println(
                "Start OpenCode in "
                    + Harmless.line(project.toString())
                    + " as usual; its agents have the"
                    + " tools sideline_background_task and so on.");
        WhichOpenCode.problem(options).ifPresent(console::note);
      }
      return ExitCodes.FINE;
    } catch (ConnectException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw CommandFailedException.failed(
          "connecting " + directory + " failed: " + FileProblem.words(e), e);
    }
  }

  private Path existing(Path named) throws IOException {
    Path folder = console.surroundings().resolve(named);
    if (!Files.isDirectory(folder)) {
      throw CommandFailedException.usage("DIR must be a folder that exists, got '" + named + "'");
    }
    return folder.toRealPath();
  }

  /**
   * Outside of the project, where an agent that is bound to the project's files does not read it.
   */
  static Path keyFile(CommonOptions options, Path project) {
    return options
        .dataDirectory()
        .orElseThrow(
            () ->
                CommandFailedException.failed(
                    "there is no folder of yours to keep the key in, as $HOME names none; name"
                        + " one outside of the project with --data",
                    null))
        .resolve("callers")
        .resolve(StableName.of(project.toString()) + ".key");
  }

  private ServerCommand server(CommonOptions options) {
    List<String> arguments = new ArrayList<>(List.of("mcp", "--runtime", "opencode"));
    arguments.addAll(options.forAnotherProcess());
    ServerCommand server = new ServerCommand(options.dataDirectory(), arguments);
    server.prepareOrSayWhyNot(console);
    return server;
  }
}
