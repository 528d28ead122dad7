package dev.sideline.host.cli;

import dev.sideline.host.connect.AgentProgram;
import dev.sideline.host.connect.ConnectException;
import dev.sideline.host.connect.Originals;
import dev.sideline.host.connect.ProgramConnection;
import dev.sideline.host.connect.Scope;
import dev.sideline.host.connect.ServerCommands;
import dev.sideline.host.file.FileProblem;
import dev.sideline.host.text.Harmless;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes what a program needs so that its agents have the tools. */
@Command
final class ConnectProgramCommand implements Callable<Integer> {

  private final Console console;
  private final AgentProgram program;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "The project. Default: the working directory.")
  private @Nullable Path directory;

  @Option(
      names = "--user",
      description = "For all of your projects: edit your own configuration instead of a project's.")
  private boolean user;

  @Option(
      names = "--remove",
      description =
          "Take away what an earlier connect has written. A file that nobody has changed since is"
              + " again what it was, to the byte.")
  private boolean remove;

  private boolean wake;

  private ConnectProgramCommand(Console console, AgentProgram program) {
    this.console = console;
    this.program = program;
  }

  /** The command for a program, under the program's name. */
  static CommandLine of(Console console, AgentProgram program) {
    ConnectProgramCommand connect = new ConnectProgramCommand(console, program);
    CommandLine command = new CommandLine(connect);
    command.getCommandSpec().name(program.name());
    if (program.canBeWoken()) {
      command.getCommandSpec().addOption(wakeOption(connect));
    }
    command
        .getCommandSpec()
        .usageMessage()
        .description(
            "Give the tools to the agents of "
                + program.title()
                + ". Writes "
                + program.written()
                + ".",
            "What is there already is kept. May be repeated, and must be when this program or its"
                + " JDK has moved. A program that runs has to be started anew afterwards.");
    return command;
  }

  private static OptionSpec wakeOption(ConnectProgramCommand connect) {
    return OptionSpec.builder("--wake")
        .type(boolean.class)
        .arity("0")
        .description(
            "Have an idle conversation set to work when its tasks have ended, by a message of yours"
                + " that says what they did: see mcp --wake.")
        .setter(
            new ISetter() {
              @Override
              public <T> T set(T value) {
                connect.wake = Boolean.TRUE.equals(value);
                return value;
              }
            })
        .build();
  }

  @Override
  public Integer call() {
    CommonOptions options = SidelineCommand.optionsOf(spec);
    Scope scope = scope();
    try {
      ProgramConnection connection = new ProgramConnection(program, scope, originals(options));
      if (remove) {
        ToldChanges.print(console, connection.disconnect(), "there was nothing to remove");
      } else {
        ToldChanges.print(
            console, connection.connect(commands(options)), "everything was up to date");
        program.next(scope).forEach(line -> console.out().println(Harmless.line(line)));
        console
            .out()
            .println("Its agents have the tools background_task, background_output and so on.");
      }
      return ExitCodes.FINE;
    } catch (ConnectException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw CommandFailedException.failed("connecting failed: " + FileProblem.words(e), e);
    }
  }

  private Scope scope() {
    Path named = directory;
    if (user && named != null) {
      throw CommandFailedException.usage(
          "--user is for all projects, so it does not go together with DIR '" + named + "'");
    }
    if (user) {
      Path home =
          DataFolder.of(console.surroundings())
              .home()
              .orElseThrow(
                  () ->
                      CommandFailedException.failed(
                          "it is not known where your files are, as $HOME names no folder", null));
      return new Scope.User(home, console.surroundings().environment());
    }
    Path project = console.surroundings().resolve(named == null ? Path.of("") : named);
    if (!Files.isDirectory(project)) {
      throw CommandFailedException.usage("DIR must be a folder that exists, got '" + named + "'");
    }
    try {
      return new Scope.Project(project.toRealPath());
    } catch (IOException e) {
      throw CommandFailedException.failed(FileProblem.words(e), e);
    }
  }

  /** Where it is kept what files were before. */
  static Originals originals(CommonOptions options) {
    return new Originals(
        options
            .dataDirectory()
            .orElseThrow(
                () ->
                    CommandFailedException.failed(
                        "there is no folder of yours to keep in it what the files were before, as"
                            + " $HOME names none; name one with --data",
                        null))
            .resolve("connected"));
  }

  private ServerCommands commands(CommonOptions options) {
    options.configFile(); // The server could not start with one that cannot be read.
    ServerCommand server = server(options);
    server.prepareOrSayWhyNot(console);
    List<String> hold = new ArrayList<>(List.of("hold", "--program", program.name()));
    hold.addAll(options.dataForAnotherProcess());
    return new ServerCommands(server.words(), server.words(hold));
  }

  /** What starts the tool server of a program. */
  private ServerCommand server(CommonOptions options) {
    List<String> serve = new ArrayList<>(List.of("mcp"));
    if (options.runtime == RuntimeKind.OPENCODE) {
      serve.addAll(List.of("--runtime", options.runtime.toString()));
      if (options.openCodeUrl != null) {
        serve.addAll(List.of("--opencode-url", options.openCodeUrl.toString()));
      }
    }
    serve.addAll(options.forAnotherProcess());
    serve.addAll(List.of("--hold", program.hold().option()));
    if (wake) {
      serve.add("--wake");
    }
    return new ServerCommand(options.dataDirectory(), serve);
  }
}
