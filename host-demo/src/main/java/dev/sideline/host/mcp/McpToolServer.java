package dev.sideline.host.mcp;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.Tool;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;

/**
 * Offers tools to one MCP client on a pair of streams, until the client closes its end.
 *
 * <p>Calls run side by side and hold no thread while they wait. Arguments are not checked against
 * the schemas here: a tool's own words about bad input are better than a validator's. Lines that
 * are no message, or longer than {@value #LONGEST_MESSAGE_BYTES} bytes, are answered with an error
 * and otherwise ignored. That a client cancels a call, or goes away, ends waits and nothing else: a
 * call whose client has cancelled it is told so by {@link dev.sideline.api.ToolCall#cancellation}.
 */
public final class McpToolServer implements AutoCloseable {

  static final int LONGEST_MESSAGE_BYTES = 4 << 20;

  // The SDK handles 256 messages at a time; the rest is for those that must come through meanwhile.
  private static final int CALLS_UNDERWAY = 200;
  private static final Duration CLOSING = Duration.ofSeconds(2);

  private static final String INSTRUCTIONS =
      "Background tasks: launch agents that work beside this conversation, go on with your own"
          + " work, read their answers when they are done.";

  private final OpenCalls calls = new OpenCalls();
  private final JsonRpcLines lines;
  private final McpAsyncServer server;
  private final CompletionStage<Void> ended;

  /**
   * Starts serving.
   *
   * @param callers tells which session a call comes from
   * @param version of the program, for the client to show
   * @param in where the client's messages come from
   * @param out where ours go; nobody else may write to it
   * @throws IllegalArgumentException if a tool's schema is not a JSON object, or two tools have the
   *     same name
   */
  public McpToolServer(
      List<Tool> tools,
      CallerIdentification callers,
      String version,
      InputStream in,
      OutputStream out) {
    JsonMapper json = boundedMapper();
    McpJsonMapper mcpJson = new JacksonMcpJsonMapper(json);
    Semaphore underway = new Semaphore(CALLS_UNDERWAY);
    List<AsyncToolSpecification> specifications =
        tools.stream()
            .map(tool -> new McpTool(tool, callers, json, calls, underway).specification())
            .toList();
    OutputStream output = new ClientOutput(out, this::clientHasGone);
    MessageGate gate = new MessageGate(json, mcpJson, output, calls);
    this.lines = new JsonRpcLines(in, LONGEST_MESSAGE_BYTES, gate);
    this.server =
        McpServer.async(new StdioServerTransportProvider(mcpJson, lines, output))
            .serverInfo("sideline", version)
            .instructions(INSTRUCTIONS)
            .capabilities(ServerCapabilities.builder().tools(false).build())
            .jsonMapper(mcpJson)
            .validateToolInputs(false)
            .jsonSchemaValidator(new Trusting())
            .tools(specifications)
            .build();
    this.ended = ended(lines);
  }

  private CompletionStage<Void> ended(JsonRpcLines read) {
    return read.ended().thenRun(calls::cancelAll).minimalCompletionStage();
  }

  /** It reads no more; that it has closed its end may never be seen. */
  private void clientHasGone() {
    calls.cancelAll();
    lines.end();
  }

  private static JsonMapper boundedMapper() {
    JsonMapper json = new JsonMapper();
    json.getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(100)
                .maxNumberLength(100)
                .maxNameLength(1_000)
                .maxStringLength(LONGEST_MESSAGE_BYTES)
                .maxDocumentLength(LONGEST_MESSAGE_BYTES)
                .maxTokenCount(200_000)
                .build());
    return json;
  }

  /** Completes when the client has closed its end, or does not read any more. */
  public CompletionStage<Void> ended() {
    return ended;
  }

  /**
   * Ends all waits and stops serving. Does not close the streams, and does not wait for the client
   * to close its end.
   */
  @Override
  public void close() {
    calls.cancelAll();
    server
        .closeGracefully()
        .timeout(CLOSING)
        .onErrorComplete() // A client that reads no more must not hold us.
        .block();
  }

  /** Results come from the tools themselves; checking them again would only hide an answer. */
  private static final class Trusting implements JsonSchemaValidator {
    @Override
    public ValidationResponse validate(Map<String, Object> schema, Object structuredContent) {
      return ValidationResponse.asValid("");
    }
  }
}
