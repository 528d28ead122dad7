package dev.sideline.host.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Forgets tasks that have ended. */
@Command(
    name = "purge",
    description = {
      "Forget, for good, tasks that ended long ago and of which everybody was told. Others are"
          + " left. 'sideline tasks backup' before it keeps them elsewhere."
    })
final class TasksPurgeCommand implements Callable<Integer> {

  private final Console console;
  private final AllTasks.Source source;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--older-than",
      paramLabel = "AGE",
      required = true,
      converter = Age.class,
      description = "How long ago they ended at least, such as 30d, 12h, 90m or 45s.")
  private Duration age = Duration.ZERO;

  TasksPurgeCommand(Console console, AllTasks.Source source) {
    this.console = console;
    this.source = source;
  }

  @Override
  public Integer call() {
    Instant before = Instant.now(Clock.systemUTC()).minus(age);
    int[] purged = {0};
    source.use(SidelineCommand.optionsOf(spec), all -> purged[0] = all.purge(before));
    console.out().println(purged[0] + (purged[0] == 1 ? " task is" : " tasks are") + " forgotten");
    return ExitCodes.FINE;
  }
}
