package dev.sideline.host.cli;

import dev.sideline.host.cli.tour.Terminal;
import dev.sideline.host.cli.tour.Tour;
import dev.sideline.host.cli.tour.TourFailedException;
import dev.sideline.host.text.Harmless;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The tour. */
@Command(
    name = "demo",
    description =
        "Take a tour of ten seconds: real tasks on the embedded runtime, nothing to install.")
final class DemoCommand implements Callable<Integer> {

  private final Console console;
  private final Hosts hosts;

  @Spec private CommandSpec spec = CommandSpec.create();

  DemoCommand(Console console, Hosts hosts) {
    this.console = console;
    this.hosts = hosts;
  }

  @Override
  public Integer call() {
    return run(SidelineCommand.optionsOf(spec));
  }

  int run(CommonOptions options) {
    if (options.runtime != RuntimeKind.EMBEDDED) {
      throw CommandFailedException.usage(
          "demo shows the embedded runtime; --runtime " + options.runtime + " has no tour");
    }
    long started = System.nanoTime();
    Terminal terminal =
        Terminal.of(
            console.out(), console.surroundings().terminal(), console.surroundings().environment());
    boolean over;
    try (Host host = hosts.embedded(options, console);
        Repeated repeated = new Repeated()) {
      console.out().println("Sideline: background tasks for agents. A tour.");
      console.out().println();
      host.plugins().forEach((id, version) -> say("plugin", id + " " + version));
      say("from", options.pluginDirectory().toString());
      String session = Host.answer(host.newSession("The tour"));
      say("agent", "session " + session + " (embedded: needs no server)");
      new Tour(terminal, session, host.sessions(), host.tools(), new Asking(repeated)).play();
      over = host.endsWithCommand();
    } catch (TourFailedException e) {
      throw CommandFailedException.failed("the tour broke off: " + e.getMessage(), e);
    }
    console.out().println();
    console
        .out()
        .println(
            (over
                    ? "Plugin disposed, every process ended, after "
                    : "The owner of your data folder ends when there is nothing to do. This took ")
                + String.format(
                    Locale.ROOT, "%.1f s.", (System.nanoTime() - started) / 1_000_000_000.0));
    console.out().println("Next: 'connect opencode DIR' gives the tools to OpenCode's agents;");
    console.out().println("      'mcp' to any other MCP client; --help shows the rest.");
    return ExitCodes.FINE;
  }

  private void say(String what, String text) {
    console.out().println(String.format(Locale.ROOT, "  %-8s%s", what, Harmless.line(text)));
  }

  private record Asking(Repeated repeated) implements Tour.Patience {
    @Override
    public <T> Optional<T> until(Duration every, Duration atMost, Callable<Optional<T>> question) {
      return repeated.until(every, atMost, question);
    }
  }
}
