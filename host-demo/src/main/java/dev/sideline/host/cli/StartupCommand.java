package dev.sideline.host.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Makes the archive that the launcher starts from. The launcher calls it, not people. */
@Command(
    name = "startup",
    hidden = true,
    description = "Keep the classes of this program in a file that later starts begin from.")
final class StartupCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    CommonOptions options = SidelineCommand.optionsOf(spec);
    String problem = new ServerCommand(options.dataDirectory(), List.of()).prepare();
    if (problem != null) {
      throw CommandFailedException.failed("no archive was made: " + problem, null);
    }
    return ExitCodes.FINE;
  }
}
