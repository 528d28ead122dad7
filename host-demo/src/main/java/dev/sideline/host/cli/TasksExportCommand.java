package dev.sideline.host.cli;

import dev.sideline.host.file.FileProblem;
import dev.sideline.host.file.WholeFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes all tasks for other programs to read. */
@Command(
    name = "export",
    description = {
      "Write all tasks as lines of JSON, newest first, each with what its agent was told and what"
          + " it has answered."
    })
final class TasksExportCommand implements Callable<Integer> {

  private final Console console;
  private final AllTasks.Source source;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "A new file, which you alone can read. Default: standard output.")
  private @Nullable Path target;

  TasksExportCommand(Console console, AllTasks.Source source) {
    this.console = console;
    this.source = source;
  }

  @Override
  public Integer call() {
    Path named = target;
    if (named == null) {
      write(console.out());
      return ExitCodes.FINE;
    }
    Path file = console.surroundings().directory().resolve(named);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw CommandFailedException.failed(file + " is there already; name a new file", null);
    }
    try {
      WholeFile.createSecret(file, "");
      try (PrintStream out =
          new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
        int written = write(out);
        if (out.checkError()) {
          throw CommandFailedException.failed(file + " cannot be written to its end", null);
        }
        console.note(written + " tasks in " + file);
      }
    } catch (IOException e) {
      throw CommandFailedException.failed("the file cannot be written: " + FileProblem.words(e), e);
    }
    return ExitCodes.FINE;
  }

  private int write(PrintStream out) {
    int[] written = {0};
    source.use(
        SidelineCommand.optionsOf(spec),
        all ->
            all.forEach(
                task -> {
                  // One that was purged meanwhile is not there any more.
                  all.report(task.id())
                      .ifPresent(
                          report -> {
                            out.print(TaskFields.json(report) + "\n");
                            written[0]++;
                          });
                  return !out.checkError();
                }));
    return written[0];
  }
}
