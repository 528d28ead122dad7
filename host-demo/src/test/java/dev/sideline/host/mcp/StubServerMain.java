package dev.sideline.host.mcp;

import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;

/** A server of stub tools on standard input and output, for clients that start a process. */
final class StubServerMain {

  private StubServerMain() {}

  public static void main(String[] args) {
    PrintStream out = System.out;
    System.setOut(System.err);
    try (McpToolServer server =
        new McpToolServer(
            StubTools.all(),
            new ConnectionCaller(() -> CompletableFuture.completedFuture("ses_stub")),
            "1.0",
            System.in,
            out)) {
      server.ended().toCompletableFuture().join();
    }
  }
}
