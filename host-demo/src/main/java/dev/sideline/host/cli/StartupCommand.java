package dev.sideline.host.cli;

import dev.sideline.host.file.FileProblem;
import dev.sideline.host.owner.Attachment;
import dev.sideline.host.owner.McpRelay;
import dev.sideline.host.record.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the archive that the launcher starts from. The launcher calls it, not people. */
@Command(
    name = "startup",
    hidden = true,
    description = "Keep the classes of this program in a file that later starts begin from.")
final class StartupCommand implements Callable<Integer> {

  static final String REHEARSE = "--rehearse";

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = REHEARSE,
      hidden = true,
      description = "Be an owner and its client in one process, for one conversation.")
  private boolean rehearse;

  StartupCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    CommonOptions options = SidelineCommand.optionsOf(spec);
    if (rehearse) {
      return rehearsed(options);
    }
    String problem = new ServerCommand(options.dataDirectory(), List.of()).prepare();
    if (problem != null) {
      throw CommandFailedException.failed("no archive was made: " + problem, null);
    }
    return ExitCodes.FINE;
  }

  /** So all classes are loaded that either of the two needs when it starts. */
  private int rehearsed(CommonOptions options) {
    Path folder = options.dataDirectory().orElseThrow();
    OwnedCommand client =
        OwnedCommand.of(console, "mcp", "--data", folder.toString()).orElseThrow();
    try (DataDirectory data = DataDirectory.claim(folder, ServerCommand.version());
        Owner owner = new Owner(data, options, console);
        OwnerService service =
            OwnerService.open(owner, data.path(), console.surroundings().environment())) {
      Attachment attachment = new Attachment(service.data(), client.greeting(), () -> true);
      return new McpRelay(attachment, console.in(), console.out(), console.err()).run();
    } catch (IOException e) {
      throw CommandFailedException.failed(FileProblem.words(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailedException.failed("interrupted", e);
    }
  }
}
