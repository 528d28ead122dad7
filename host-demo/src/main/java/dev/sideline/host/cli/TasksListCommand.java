package dev.sideline.host.cli;

import dev.sideline.api.TaskSnapshot;
import dev.sideline.host.text.Harmless;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists the tasks of all sessions. */
@Command(
    name = "list",
    description = {
      "List the tasks of all sessions, live ones and those that have ended, newest first."
    })
final class TasksListCommand implements Callable<Integer> {

  private final Console console;
  private final AllTasks.Source source;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--live", description = "Only those that have not ended.")
  private boolean live;

  @Option(names = "--limit", paramLabel = "N", description = "How many at most. Default: 50.")
  private int limit = 50;

  @Option(names = "--json", description = "Print an array of objects.")
  private boolean asJson;

  TasksListCommand(Console console, AllTasks.Source source) {
    this.console = console;
    this.source = source;
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new ParameterException(spec.commandLine(), "--limit has to be 1 or more");
    }
    List<TaskSnapshot> tasks = new ArrayList<>();
    boolean[] more = {false};
    source.use(
        SidelineCommand.optionsOf(spec),
        all ->
            all.forEach(
                task -> {
                  if (live && task.status().terminal()) {
                    return true;
                  }
                  more[0] = tasks.size() == limit;
                  if (!more[0]) {
                    tasks.add(task);
                  }
                  return !more[0];
                }));
    print(tasks);
    if (more[0]) {
      console.note("there are more than " + limit + "; --limit shows more of them");
    }
    return ExitCodes.FINE;
  }

  private void print(List<TaskSnapshot> tasks) {
    if (asJson) {
      console.out().println(Harmless.json(TaskFields.json(tasks)));
    } else if (tasks.isEmpty()) {
      console.note("there are no tasks");
    } else {
      console.out().println(TaskFields.HEADING);
      tasks.forEach(task -> console.out().println(TaskFields.line(task)));
    }
  }
}
