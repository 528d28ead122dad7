package dev.sideline.host.cli;

import dev.sideline.api.TaskOperator.TaskReport;
import dev.sideline.host.text.Harmless;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows one task. */
@Command(
    name = "show",
    description = "Show a task with what its agent was told and what it has answered.")
final class TasksShowCommand implements Callable<Integer> {

  private final Console console;
  private final AllTasks.Source source;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "ID", description = "The task, such as bg_…")
  private String id = "";

  @Option(names = "--json", description = "Print an object.")
  private boolean asJson;

  TasksShowCommand(Console console, AllTasks.Source source) {
    this.console = console;
    this.source = source;
  }

  @Override
  public Integer call() {
    List<TaskReport> found = new ArrayList<>();
    source.use(SidelineCommand.optionsOf(spec), all -> all.report(id).ifPresent(found::add));
    if (found.isEmpty()) {
      throw CommandFailedException.failed(
          "there is no task " + id + " (any more); 'sideline tasks list' shows which there are",
          null);
    }
    TaskReport report = found.get(0);
    if (asJson) {
      console.out().println(Harmless.json(TaskFields.json(report)));
    } else {
      console.out().print(TaskFields.text(report));
    }
    return ExitCodes.FINE;
  }
}
