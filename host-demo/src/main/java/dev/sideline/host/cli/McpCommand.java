package dev.sideline.host.cli;

import dev.sideline.host.mcp.AnswerForm;
import dev.sideline.host.mcp.CallerIdentification;
import dev.sideline.host.mcp.CallerKey;
import dev.sideline.host.mcp.ConnectionCaller;
import dev.sideline.host.mcp.McpToolServer;
import dev.sideline.host.mcp.SignedCallers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves the tools to an MCP client on standard input and output. */
@Command(
    name = "mcp",
    description = {
      "Serve the tools to an MCP client on standard input and output, until it closes its end.",
      "All calls of the connection belong to one session of their own, which is right for clients"
          + " that start a server for each conversation. With --caller-key, each call belongs to"
          + " the session that has signed it, and an unsigned call is refused."
    })
final class McpCommand implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--caller-key",
      paramLabel = "FILE",
      description =
          "Key that the client signs its calls with; 'connect opencode' writes both halves.")
  private @Nullable Path callerKey;

  @Option(
      names = "--structured",
      description =
          "Give each answer as structured content as well, for a client that reads it itself. Most"
              + " programs then show their model that instead of the text, which says more.")
  private boolean structured;

  McpCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    CommonOptions options = SidelineCommand.optionsOf(spec);
    SignedCallers signed = signedCallers();
    Path data = options.dataDirectory().orElse(null);
    Host host =
        signed == null
            ? Host.openForConversations(Runtimes.open(options), options, data, console)
            : Host.open(Runtimes.openInside(options), options, data, e -> {}, console);
    try {
      serve(host, signed);
    } finally {
      host.close();
    }
    return ExitCodes.FINE;
  }

  private void serve(Host host, @Nullable SignedCallers signed) {
    CallerIdentification callers =
        signed != null ? signed : new ConnectionCaller(() -> host.newSession("MCP client"));
    try (McpToolServer server =
        new McpToolServer(
            host.tools(),
            callers,
            structured ? AnswerForm.TEXT_AND_STRUCTURED : AnswerForm.TEXT,
            SidelineCommand.Version.number(),
            console.in(),
            console.out())) {
      server.ended().toCompletableFuture().join();
      host.close(); // It answers what is still open, and that goes out before the server's end.
    }
  }

  private @Nullable SignedCallers signedCallers() {
    Path file = callerKey;
    if (file == null) {
      return null;
    }
    try {
      return new SignedCallers(CallerKey.read(file), Clock.systemUTC());
    } catch (IOException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), e);
    }
  }
}
