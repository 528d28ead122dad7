package dev.sideline.host.cli;

import dev.sideline.host.record.DataCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Backs up what is recorded, also while it is at work. */
@Command(
    name = "backup",
    description = {
      "Back up the record, also while a process has the data folder and writes. Prints the files.",
      "To go back to a backup: end that process, remove NAME.db-wal and NAME.db-shm in the data"
          + " folder, and put the backup in the place of NAME.db."
    })
final class TasksBackupCommand implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "DIR",
      description =
          "A folder for the backups, which is made if it is not there. Default: backups in the data"
              + " folder.")
  private @Nullable Path target;

  TasksBackupCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path folder = DataRecord.folder(SidelineCommand.optionsOf(spec));
    DataCheck check = new DataCheck(folder, SidelineCommand.Version.number());
    List<String> names = check.names();
    if (names.isEmpty()) {
      throw CommandFailedException.failed("there is nothing in " + folder + " to back up", null);
    }
    Path named = target;
    DataRecord.orFail(
        () -> {
          for (String name : names) {
            Path file =
                named == null
                    ? null
                    : console.surroundings().directory().resolve(named).resolve(name + ".db");
            console.out().println(check.backUp(name, file));
          }
        });
    return ExitCodes.FINE;
  }
}
