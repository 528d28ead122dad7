package dev.sideline.host.mcp;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.Tool;
import dev.sideline.host.DaemonThreads;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Offers tools to one MCP client on a pair of streams, until the client closes its end.
 *
 * <p>Calls run side by side and hold no thread while they wait. Arguments are not checked against
 * the schemas here: a tool's own words about bad input are better than a validator's. What is no
 * message, or longer than {@value #LONGEST_MESSAGE_BYTES} bytes, is answered with an error, under
 * its id if it has one, and otherwise ignored. That a client cancels a call, or goes away, ends
 * waits and nothing else: a call whose client has cancelled it is told so by {@link
 * dev.sideline.api.ToolCall#cancellation}.
 */
public final class McpToolServer implements AutoCloseable {

  static final int LONGEST_MESSAGE_BYTES = 4 << 20;
  static final int DEEPEST_MESSAGE = 100;
  static final int MOST_TOKENS = 200_000;

  private static final Duration CLOSING = Duration.ofSeconds(2);

  /** Programs that have a model look for its tools first show it this, or search in it. */
  private static final String INSTRUCTIONS =
      "Background tasks, for work that can be done in parallel, takes long, or would fill this"
          + " conversation: have other agents (subagents) do it beside you and go on at once."
          + " background_task launches one, background_output reads its answer or waits for it,"
          + " background_list shows all, background_send tells one more or answers what it asks,"
          + " background_cancel stops one.";

  private final OpenCalls calls = new OpenCalls();
  private final CallPlaces places = new CallPlaces();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final ClientOutput output;
  private final McpAsyncServer server;

  /**
   * Starts serving.
   *
   * @param callers tells which session a call comes from
   * @param form in which the client gets answers
   * @param version of the program, for the client to show
   * @param in where the client's messages come from
   * @param out where ours go; nobody else may write to it
   * @throws IllegalArgumentException if a tool's schema is not a JSON object, or two tools have the
   *     same name
   */
  public McpToolServer(
      List<Tool> tools,
      CallerIdentification callers,
      AnswerForm form,
      String version,
      InputStream in,
      OutputStream out) {
    JsonMapper json = boundedMapper();
    McpJsonMapper mcpJson = new JacksonMcpJsonMapper(json);
    List<AsyncToolSpecification> specifications =
        tools.stream()
            .map(tool -> new McpTool(tool, callers, form, json, calls, places).specification())
            .toList();
    this.output = new ClientOutput(out, this::clientHasGone);
    ClientConnection client = new ClientConnection(json, mcpJson, output);
    this.server =
        McpServer.async(client)
            .serverInfo("sideline", version)
            .instructions(INSTRUCTIONS)
            .capabilities(ServerCapabilities.builder().tools(false).build())
            .jsonMapper(mcpJson)
            .validateToolInputs(false)
            .jsonSchemaValidator(new Trusting())
            .tools(specifications)
            .build();
    ClientRequests requests =
        new ClientRequests(
            json,
            client,
            calls,
            tools.stream().map(tool -> tool.spec().name()).collect(Collectors.toSet()));
    ClientReader reader =
        new ClientReader(
            new ClientLines(in, LONGEST_MESSAGE_BYTES), new MessageReader(json), requests, output);
    DaemonThreads.unstarted("sideline-mcp-in", () -> serve(reader)).start();
  }

  private void serve(ClientReader reader) {
    try {
      reader.readAll();
      // What was asked before the end is answered, as it does no harm to whoever has gone.
      places.awaitYoung();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      clientHasGone();
    }
  }

  /** It writes no more or reads no more; the one may be seen and the other never. */
  private void clientHasGone() {
    calls.cancelAll();
    ended.complete(null);
  }

  private static JsonMapper boundedMapper() {
    JsonMapper json = new JsonMapper();
    json.getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(DEEPEST_MESSAGE)
                .maxNumberLength(100)
                .maxNameLength(1_000)
                .maxStringLength(LONGEST_MESSAGE_BYTES)
                .maxDocumentLength(LONGEST_MESSAGE_BYTES)
                .maxTokenCount(MOST_TOKENS)
                .build());
    return json;
  }

  /**
   * Completes when the client has closed its end and what it had asked for is answered or takes
   * long, or when it does not read any more.
   */
  public CompletionStage<Void> ended() {
    return ended.minimalCompletionStage();
  }

  /**
   * Ends all waits and stops serving. Does not close the streams, and does not wait for the client
   * to close its end.
   */
  @Override
  public void close() {
    calls.cancelAll();
    places.close();
    server.close();
    output.end(CLOSING); // A client that reads no more must not hold us.
  }

  /** Results come from the tools themselves; checking them again would only hide an answer. */
  private static final class Trusting implements JsonSchemaValidator {
    @Override
    public ValidationResponse validate(Map<String, Object> schema, Object structuredContent) {
      return ValidationResponse.asValid("");
    }
  }
}
