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
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offers tools to one MCP client on a pair of streams, until the client closes its end.
 *
 * <p>Calls run side by side and hold no thread while they wait. Arguments are not checked against
 * the schemas here: a tool's own words about bad input are better than a validator's. Lines that
 * are no message, or longer than {@value #LONGEST_MESSAGE_BYTES} bytes, are answered with an error
 * and otherwise ignored. That a client cancels a call, or goes away, ends waits and nothing else.
 */
public final class McpToolServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(McpToolServer.class);

  static final int LONGEST_MESSAGE_BYTES = 4 << 20;

  // The SDK handles 256 messages at a time; the rest is for those that must come through meanwhile.
  private static final int CALLS_UNDERWAY = 200;
  private static final Duration CLOSING = Duration.ofSeconds(2);

  private static final String INSTRUCTIONS =
      "Background tasks: launch agents that work beside this conversation, go on with your own"
          + " work, read their answers when they are done.";

  private final ConnectionClosed connectionClosed = new ConnectionClosed();
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
            .map(
                tool ->
                    new McpTool(tool, callers, json, connectionClosed, underway).specification())
            .toList();
    this.lines = new JsonRpcLines(in, LONGEST_MESSAGE_BYTES, new Gate(mcpJson, out));
    this.server =
        McpServer.async(new StdioServerTransportProvider(mcpJson, lines, out))
            .serverInfo("sideline", version)
            .instructions(INSTRUCTIONS)
            .capabilities(ServerCapabilities.builder().tools(false).build())
            .jsonMapper(mcpJson)
            .validateToolInputs(false)
            .jsonSchemaValidator(new Trusting())
            .tools(specifications)
            .build();
    this.ended = lines.ended().thenRun(connectionClosed::give).minimalCompletionStage();
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

  /** Completes when the client has closed its end. */
  public CompletionStage<Void> ended() {
    return ended;
  }

  /**
   * Ends all waits and stops serving. Does not close the streams, and does not wait for the client
   * to close its end.
   */
  @Override
  public void close() {
    connectionClosed.give();
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

  /** Answers what the SDK would stop at. */
  private record Gate(McpJsonMapper json, OutputStream out) implements JsonRpcLines.Gate {

    @Override
    public boolean passes(byte[] line) {
      try {
        McpSchema.deserializeJsonRpcMessage(json, new String(line, StandardCharsets.UTF_8));
        return true;
      } catch (IOException | IllegalArgumentException e) {
        log.debug("Not a message", e);
        return false;
      }
    }

    @Override
    public void malformed() {
      refuse("not a JSON-RPC message");
    }

    @Override
    public void tooLong() {
      refuse("longer than " + LONGEST_MESSAGE_BYTES + " bytes");
    }

    private void refuse(String reason) {
      log.warn("Left out a line from the client: {}", reason);
      byte[] answer =
          ("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"Parse error: "
                  + reason
                  + "\"}}\n")
              .getBytes(StandardCharsets.UTF_8);
      try {
        synchronized (out) { // As the SDK does, so that lines do not mix.
          out.write(answer);
          out.flush();
        }
      } catch (IOException e) {
        log.debug("The client reads no more", e);
      }
    }
  }
}
