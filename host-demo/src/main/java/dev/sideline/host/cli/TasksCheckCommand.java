package dev.sideline.host.cli;

import dev.sideline.host.record.DataCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells whether what is recorded is whole, and saves what is of what is not. */
@Command(
    name = "check",
    description = {
      "Look through the record: whether its files are whole, what is in them, which backup is the"
          + " newest. Nothing is changed, and it works while a process has the data folder.",
      "Each line begins with ok, note (nobody has to do anything) or todo; with a todo the exit"
          + " code is 1."
    })
final class TasksCheckCommand implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--repair",
      description =
          "Put in the place of each damaged file a new one with what is whole of it. The damaged"
              + " one goes to the folder backups. No process may have the data folder.")
  private boolean repair;

  @Option(names = "--json", description = "Print an array of objects: mark, what, words.")
  private boolean asJson;

  TasksCheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path folder = DataRecord.folder(SidelineCommand.optionsOf(spec));
    DataCheck check = new DataCheck(folder, SidelineCommand.Version.number());
    List<Finding> found = new ArrayList<>();
    DataRecord.orFail(
        () -> {
          if (repair) {
            check.repair().forEach(saved -> found.add(repaired(saved)));
          }
          for (DataCheck.Finding file : check.look()) {
            found.add(looked(file));
            unreadable(file).ifPresent(found::add);
          }
        });
    if (found.isEmpty()) {
      found.add(Finding.note("record", "there is nothing in " + folder + " yet"));
    }
    return new Findings(found).print(console, asJson);
  }

  private static Finding looked(DataCheck.Finding file) {
    String what = String.valueOf(file.file().getFileName());
    Path backup = file.newestBackup();
    String words =
        file.file()
            + ", "
            + size(file.bytes())
            + ", "
            + rows(file.rows())
            + (backup == null ? "; no backup yet" : "; newest backup " + backup);
    if (file.wrong().isEmpty()) {
      return Finding.ok(what, words);
    }
    String wrong = String.join("; ", file.wrong());
    // What cannot be opened at all says so itself.
    String todo =
        wrong.contains("--repair")
            ? ""
            : ". To save what is whole, with no process at work there: sideline tasks check"
                + " --repair";
    return Finding.todo(what, wrong + todo + ". It is " + words);
  }

  private static Optional<Finding> unreadable(DataCheck.Finding file) {
    return file.unreadable().isEmpty()
        ? Optional.empty()
        : Optional.of(
            Finding.note(
                String.valueOf(file.file().getFileName()),
                "texts that cannot be read any more, such as where a disk has changed a byte: "
                    + String.join(", ", file.unreadable())
                    + "; they are passed over, and all others are there"));
  }

  private static Finding repaired(DataCheck.Repaired saved) {
    return Finding.note(
        String.valueOf(saved.file().getFileName()),
        "a new one with what was whole: "
            + listed(saved.rows())
            + "; the damaged one is "
            + saved.before());
  }

  private static String rows(Map<String, Long> tables) {
    return tables.isEmpty() ? "no rows that can be read" : listed(tables);
  }

  private static String listed(Map<String, ? extends Number> tables) {
    return tables.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(table -> table.getValue() + " in " + table.getKey())
        .collect(Collectors.joining(", "));
  }

  private static String size(long bytes) {
    return String.format(Locale.ROOT, "%,d KiB", (bytes + 1023) / 1024);
  }
}
