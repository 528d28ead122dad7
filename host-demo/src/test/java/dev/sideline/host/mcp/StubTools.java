package dev.sideline.host.mcp;

import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Tools for the tests of the server. */
final class StubTools {

  static final String SECRET = "secret-inside-the-host";

  private StubTools() {}

  /** Says who called it and with what. */
  static Tool whoami() {
    return tool(
        "whoami",
        new ToolSpec.Hints(true, false, true, false),
        "{\"type\":\"object\",\"properties\":{\"session\":{\"type\":\"string\"}}}",
        call ->
            CompletableFuture.completedFuture(
                ToolResult.of(
                    call.sessionId() + " " + call.callId() + " " + call.arguments(),
                    "{\"session\":\"" + call.sessionId() + "\"}")));
  }

  static List<Tool> all() {
    ToolSpec.Hints none = new ToolSpec.Hints(false, false, false, false);
    return List.of(
        whoami(),
        tool(
            "refuses",
            new ToolSpec.Hints(false, true, false, false),
            null,
            call -> CompletableFuture.completedFuture(ToolResult.failure("agent 'x' is unknown"))),
        tool(
            "throws",
            none,
            null,
            call -> {
              throw new IllegalStateException(SECRET);
            }),
        tool(
            "fails",
            none,
            null,
            call -> CompletableFuture.failedFuture(new IllegalStateException(SECRET))),
        tool(
            "tells",
            none,
            null,
            call -> {
              call.progress().accept("halfway");
              return CompletableFuture.completedFuture(ToolResult.of("done", null));
            }));
  }

  static Tool tool(
      String name,
      ToolSpec.Hints hints,
      String outputSchema,
      Function<ToolCall, CompletionStage<ToolResult>> behaviour) {
    ToolSpec spec =
        ToolSpec.of(
                name,
                "Does " + name,
                "{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"string\"}},"
                    + "\"required\":[\"x\"],\"additionalProperties\":false}")
            .withTitle("Do " + name)
            .withOutputSchema(outputSchema)
            .withHints(hints)
            .withUpFront(name.equals("whoami"));
    return new Tool() {
      @Override
      public ToolSpec spec() {
        return spec;
      }

      @Override
      public CompletionStage<ToolResult> call(ToolCall call) {
        return behaviour.apply(call);
      }
    };
  }
}
