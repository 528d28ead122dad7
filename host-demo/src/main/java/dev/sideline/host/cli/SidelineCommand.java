package dev.sideline.host.cli;

import dev.sideline.host.Barrier;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The program; without a command it gives the tour. */
@Command(
    name = "sideline",
    description = "Background tasks for agents: launch, go on, be told, read the answer.",
    mixinStandardHelpOptions = true,
    scope = CommandLine.ScopeType.INHERIT,
    versionProvider = SidelineCommand.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Without a command: demo. Exit codes: 0 fine, 1 failed, 2 wrong usage.",
      "Results go to standard output, everything else to standard error."
    })
final class SidelineCommand implements Callable<Integer> {

  @Mixin final CommonOptions options;

  private final Console console;
  private final Hosts hosts;

  private SidelineCommand(Console console, Hosts hosts) {
    this.console = console;
    this.hosts = hosts;
    this.options = new CommonOptions(console.surroundings());
  }

  /** Runs one command and tells its exit code. Never throws. */
  static int run(Console console, String... arguments) {
    return run(console, StandaloneHost.HOSTS, arguments);
  }

  /**
   * Runs one command.
   *
   * @param hosts where it gets what it works with
   */
  static int run(Console console, Hosts hosts, String... arguments) {
    return run(console, hosts, AllTasks.of(hosts, console), arguments);
  }

  static int run(Console console, Hosts hosts, AllTasks.Source tasks, String... arguments) {
    Optional<String> unreadable =
        Locales.problemHere(arguments)
            .or(
                () ->
                    Locales.problem(
                        System.getProperty("sun.jnu.encoding"),
                        console.surroundings().directory().toString()));
    if (unreadable.isPresent()) {
      console.note(unreadable.get());
      return ExitCodes.FAILED;
    }
    SidelineCommand root = new SidelineCommand(console, hosts);
    CommandLine commands = commands(root, tasks);
    commands
        .setOut(writer(console.out(), StandardCharsets.UTF_8))
        .setErr(writer(console.err(), Charset.defaultCharset()))
        .setUsageHelpAutoWidth(true)
        .setDefaultValueProvider(option -> fromEnvironment(root, option))
        .setExecutionStrategy(parsed -> execute(root, parsed))
        .setParameterExceptionHandler((wrong, given) -> explain(console, wrong))
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> report(console, failure, command));
    try {
      return commands.execute(arguments);
    } catch (Throwable failure) { // What is thrown here would not end the process, or not in words.
      return report(console, failure, commands);
    }
  }

  /** All that can be said on the command line. */
  static CommandLine commands(Console console, Hosts hosts) {
    return commands(new SidelineCommand(console, hosts), AllTasks.of(hosts, console));
  }

  private static CommandLine commands(SidelineCommand root, AllTasks.Source tasks) {
    Console console = root.console;
    Hosts hosts = root.hosts;
    return new CommandLine(root)
        .addSubcommand(new DemoCommand(console, hosts))
        .addSubcommand(new ToolsCommand(console, hosts))
        .addSubcommand(new CallCommand(console, hosts))
        .addSubcommand(new McpCommand(console, hosts))
        .addSubcommand(new ServeCommand(console, hosts))
        .addSubcommand(TasksCommand.withCommands(console, tasks))
        .addSubcommand(new HoldCommand(console))
        .addSubcommand(new DoctorCommand(console))
        .addSubcommand(new StartupCommand(console))
        .addSubcommand(ConnectCommand.withPrograms(console))
        // A file would be looked for where the owner is, and not where its client is.
        .setExpandAtFiles(false);
  }

  private static @Nullable String fromEnvironment(SidelineCommand root, ArgSpec option) {
    return option instanceof OptionSpec named
        ? root.options.fromEnvironment(named.longestName())
        : null;
  }

  private static PrintWriter writer(PrintStream stream, Charset charset) {
    return new PrintWriter(new OutputStreamWriter(stream, charset), true);
  }

  private static int execute(SidelineCommand root, ParseResult parsed) {
    Logs.level(root.options.verbose.length);
    return new CommandLine.RunLast().execute(parsed);
  }

  private static int explain(Console console, CommandLine.ParameterException wrong) {
    console.note(String.valueOf(wrong.getMessage()));
    console.note("see '" + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help'");
    return wrong.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int report(Console console, Throwable failure, CommandLine command) {
    if (failure instanceof CommandFailedException told) {
      console.note(String.valueOf(told.getMessage()));
      LoggerFactory.getLogger(SidelineCommand.class).info("Why the command failed", told);
      return told.exitCode() == ExitCodes.USAGE
          ? command.getCommandSpec().exitCodeOnInvalidInput()
          : told.exitCode();
    }
    console.note("this should not have happened (-v shows where): " + Barrier.describe(failure));
    LoggerFactory.getLogger(SidelineCommand.class).info("Not foreseen", failure);
    return ExitCodes.FAILED;
  }

  @Override
  public Integer call() {
    return new DemoCommand(console, hosts).run(options);
  }

  /** Where the version stands: in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"sideline " + number()};
    }

    static String number() {
      return ServerCommand.version();
    }
  }

  /** The options, for a subcommand that knows only its place in the tree. */
  static CommonOptions optionsOf(CommandSpec spec) {
    return ((SidelineCommand) spec.root().userObject()).options;
  }
}
