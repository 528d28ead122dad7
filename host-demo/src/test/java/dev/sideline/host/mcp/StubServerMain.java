package dev.sideline.host.mcp;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A server of stub tools on standard input and output, for clients that start a process. With
 * {@code --caller-key FILE} calls must be signed.
 */
public final class StubServerMain {

  private StubServerMain() {}

  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    System.setOut(System.err);
    int option = List.of(args).indexOf("--caller-key");
    CallerIdentification callers =
        option < 0
            ? new ConversationCallers(
                Map.of(), (conversation, origin) -> CompletableFuture.completedFuture("ses_stub"))
            : new SignedCallers(CallerKey.read(Path.of(args[option + 1])), Clock.systemUTC());
    try (McpToolServer server =
        new McpToolServer(
            StubTools.all(), callers, AnswerForm.TEXT_AND_STRUCTURED, "1.0", System.in, out)) {
      server.ended().toCompletableFuture().join();
    }
    System.exit(0); // The SDK's reader is no daemon.
  }
}
