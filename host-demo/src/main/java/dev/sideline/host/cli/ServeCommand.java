package dev.sideline.host.cli;

import dev.sideline.host.file.FileProblem;
import dev.sideline.host.owner.OwnerSocket;
import dev.sideline.host.record.DataDirectory;
import dev.sideline.host.record.RecordException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Is the owner of the data folder, for all who work with it. */
@Command(
    name = "serve",
    description = {
      "Be the owner of the data folder: keep the record of all tasks, run them, and carry out the"
          + " commands 'mcp' and 'call' for all programs of this user, so that tasks outlive the"
          + " program that launched them, and limits count over all of them.",
      "Nobody has to start it: what needs an owner starts one, which ends by itself when there is"
          + " nothing to do. This stays until it is told to end; docs/programs.md has a unit for"
          + " systemd. The plugins and settings are those of --plugins and --config here."
    })
final class ServeCommand implements Callable<Integer> {

  static final String STATUS = "--status";
  static final String STOP = "--stop";
  static final String FOR_CLIENT = "--for-client";

  private static final Duration TAKE_OVER = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Console console;
  private final Hosts hosts;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = STATUS, description = "Tell whether there is an owner, and what it does.")
  private boolean status;

  @Option(
      names = STOP,
      description =
          "End the owner. What it has at work is gone on with when there is one again, which the"
              + " next command that needs one starts.")
  private boolean stop;

  @Option(
      names = "--idle-exit",
      paramLabel = "SECONDS",
      description =
          "End when for so long nobody has been there and nothing at work. Default: never, and 60"
              + " for one that a client has started.")
  private @Nullable Integer idleExit;

  @Option(names = FOR_CLIENT, hidden = true, description = "Started by a client.")
  private boolean forClient;

  ServeCommand(Console console, Hosts hosts) {
    this.console = console;
    this.hosts = hosts;
  }

  @Override
  public Integer call() {
    Integer idle = idleExit;
    if (idle != null && idle < 0) {
      throw CommandFailedException.usage("--idle-exit must be at least 0, got " + idle);
    }
    CommonOptions options = SidelineCommand.optionsOf(spec);
    if (hosts instanceof OwnedHosts owned) {
      console
          .out()
          .println(stop ? owned.service().stop(owned.connection()) : owned.service().status());
      return ExitCodes.FINE;
    }
    Path folder = DataRecord.folder(options);
    if (status || stop) {
      console.out().println("there is no owner of the data folder " + folder);
      return ExitCodes.FINE;
    }
    return forClient ? serveForClient(folder, options) : serve(claimed(folder), options);
  }

  private static DataDirectory claimed(Path folder) {
    try {
      return DataDirectory.claim(folder, ServerCommand.version());
    } catch (RecordException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), e);
    }
  }

  /** Says on standard output, which that client reads, that it listens, or why it does not. */
  private int serveForClient(Path folder, CommonOptions options) {
    console.out().println(OwnerProcess.BEGINS);
    try {
      Optional<DataDirectory> data = claimedUnlessServed(folder);
      if (data.isEmpty()) {
        console.out().println(OwnerProcess.READY);
        return ExitCodes.FINE;
      }
      PrintStream log = new PrintStream(OwnerLog.in(folder), true, StandardCharsets.UTF_8);
      System.setErr(log);
      return serve(data.get(), options);
    } catch (CommandFailedException e) {
      console.out().println(e.getMessage());
      throw e;
    } catch (IOException e) {
      console.out().println(FileProblem.words(e));
      throw CommandFailedException.failed(FileProblem.words(e), e);
    }
  }

  /** Empty if another owner listens. One that is about to end is waited for. */
  private static Optional<DataDirectory> claimedUnlessServed(Path folder) {
    long end = System.nanoTime() + TAKE_OVER.toNanos();
    while (true) {
      try {
        return Optional.of(DataDirectory.claim(folder, ServerCommand.version()));
      } catch (RecordException e) {
        if (e.problem() != RecordException.Problem.TAKEN || System.nanoTime() > end) {
          throw CommandFailedException.failed(String.valueOf(e.getMessage()), e);
        }
        if (OwnerSocket.isListening(folder)) {
          return Optional.empty();
        }
      }
      try {
        TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CommandFailedException.failed("interrupted while another owner ended", e);
      }
    }
  }

  private int serve(DataDirectory data, CommonOptions options) {
    CountDownLatch closed = new CountDownLatch(1);
    try (data) {
      serve(data, options, closed);
    } catch (RecordException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), e);
    } finally {
      closed.countDown();
    }
    return ExitCodes.FINE;
  }

  private void serve(DataDirectory data, CommonOptions options, CountDownLatch closed) {
    try (Owner owner = new Owner(data, options, console);
        OwnerService service =
            OwnerService.open(owner, data.path(), console.surroundings().environment())) {
      service.endsWithProcess(closed);
      if (idleExit != null) {
        service.endsWhenIdle(Duration.ofSeconds(idleExit));
      }
      console
          .out()
          .println(
              forClient
                  ? OwnerProcess.READY
                  : "Serving "
                      + data.path()
                      + ", as process "
                      + ProcessHandle.current().pid()
                      + ". Ctrl-C ends it.");
      service.awaitEnd();
    } catch (IOException e) {
      throw CommandFailedException.failed(FileProblem.words(e), e);
    }
  }
}
