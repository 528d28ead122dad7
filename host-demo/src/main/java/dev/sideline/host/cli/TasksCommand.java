package dev.sideline.host.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the person who runs the host can do about the tasks of all sessions, and their record. */
@Command(
    name = "tasks",
    description = {
      "Look after the tasks of all sessions, and after their record in the data folder.",
      "What stands here is a person's to see and to do; agents see their own tasks alone."
    })
final class TasksCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  /**
   * It with what can be done.
   *
   * @param source where all tasks are asked for
   */
  static CommandLine withCommands(Console console, AllTasks.Source source) {
    CommandLine tasks = new CommandLine(new TasksCommand());
    tasks.addSubcommand(new TasksListCommand(console, source));
    tasks.addSubcommand(new TasksShowCommand(console, source));
    tasks.addSubcommand(new TasksExportCommand(console, source));
    tasks.addSubcommand(new TasksPurgeCommand(console, source));
    tasks.addSubcommand(new TasksCheckCommand(console));
    tasks.addSubcommand(new TasksBackupCommand(console));
    return tasks;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "tasks needs to be told what to do: " + spec.subcommands().keySet());
  }
}
