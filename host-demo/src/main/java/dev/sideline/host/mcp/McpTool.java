package dev.sideline.host.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.CancelSignal;
import dev.sideline.api.SessionException;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import dev.sideline.host.Barrier;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** One tool as the SDK wants it: its description, and the way of a call to it and back. */
final class McpTool {

  private static final Logger log = LoggerFactory.getLogger(McpTool.class);
  static final TypeReference<LinkedHashMap<String, Object>> OBJECT = new TypeReference<>() {};

  /** How Claude Code is told not to hide a tool behind a search (2.1.332, as seen). */
  private static final Map<String, Object> UP_FRONT = Map.of("anthropic/alwaysLoad", true);

  /** The argument of tools with which a second call with the same has no second effect. */
  private static final String KEY = "idempotency_key";

  private static final ToolResult PERHAPS_MADE =
      ToolResult.failure(
          "It is not known whether this took effect: Sideline was started anew while it was being"
              + " done. Look with background_output or background_list before you do it again.");

  private static final ToolResult TOO_MANY_WAITS =
      ToolResult.failure(
          "Refused: this session waits in "
              + CallPlaces.MAX_WAITS
              + " calls already. Cancel one of them, or let it end; one background_output can wait"
              + " for several tasks.");

  private final Tool tool;
  private final ToolSpec spec;
  private final CallerIdentification callers;
  private final JsonMapper json;
  private final OpenCalls calls;
  private final CallPlaces places;
  private final boolean structured;
  private final boolean takesKey;

  McpTool(
      Tool tool,
      CallerIdentification callers,
      AnswerForm form,
      JsonMapper json,
      OpenCalls calls,
      CallPlaces places) {
    this.tool = tool;
    this.spec = tool.spec();
    this.callers = callers;
    this.json = json;
    this.calls = calls;
    this.places = places;
    this.takesKey = hasProperty(json, spec.inputSchema(), KEY);
    this.structured = form == AnswerForm.TEXT_AND_STRUCTURED;
  }

  private static boolean hasProperty(JsonMapper json, String schema, String name) {
    try {
      return json.readTree(schema).path("properties").has(name);
    } catch (JsonProcessingException e) {
      return false; // Told when it is shown.
    }
  }

  /**
   * The tool for the SDK.
   *
   * @throws IllegalArgumentException if one of its schemas is not a JSON object
   */
  AsyncToolSpecification specification() {
    ToolSpec.Hints hints = spec.hints();
    String outputSchema = structured ? spec.outputSchema() : null;
    McpSchema.Tool.Builder described =
        McpSchema.Tool.builder(spec.name(), schema(spec.inputSchema()))
            .title(spec.title())
            .description(spec.description())
            .annotations(
                ToolAnnotations.builder()
                    .readOnlyHint(hints.readOnly())
                    .destructiveHint(hints.destructive())
                    .idempotentHint(hints.idempotent())
                    .openWorldHint(hints.openWorld())
                    .build());
    if (spec.upFront()) {
      described.meta(UP_FRONT);
    }
    if (outputSchema != null) {
      described.outputSchema(schema(outputSchema));
    }
    return AsyncToolSpecification.builder()
        .tool(described.build())
        .callHandler((exchange, request) -> Mono.defer(() -> answer(exchange, request)))
        .build();
  }

  private Map<String, Object> schema(String text) {
    try {
      return json.readValue(text, OBJECT);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a schema of tool " + spec.name() + " is not JSON", e);
    }
  }

  private Mono<CallToolResult> answer(McpAsyncServerExchange exchange, CallToolRequest request) {
    String id = requestId(request);
    CallCancellation cancellation = calls.begin(id);
    AtomicBoolean excess = new AtomicBoolean();
    CallPlaces.Place place =
        places.take(
            !spec.hints().destructive(),
            () -> {
              excess.set(true);
              cancellation.give();
            });
    CallProgress progress = CallProgress.of(exchange, request.progressToken());
    // Progress of a call that was cancelled confuses clients.
    CancelSignal.Registration quiet = cancellation.onCancel(progress::close);
    CancelSignal.Registration leaves = cancellation.onCancel(place::close);
    CompletableFuture<CallToolResult> answer =
        call(request, origin(exchange, request), progress, cancellation, place)
            .exceptionally(this::defect)
            .thenApply(result -> excess.get() && result.error() ? TOO_MANY_WAITS : result)
            .thenApply(this::result)
            .whenComplete(
                (result, thrown) -> {
                  quiet.close();
                  leaves.close();
                  progress.close();
                  calls.end(id, cancellation);
                  place.close();
                });
    // A client that gives up does not end the call: what it started must go on and be accounted
    // for.
    return Mono.fromFuture(answer, true);
  }

  private static @Nullable String requestId(CallToolRequest request) {
    Map<String, Object> meta = request.meta();
    return meta != null && meta.get(OpenCalls.REQUEST) instanceof String id ? id : null;
  }

  private static CallOrigin origin(McpAsyncServerExchange exchange, CallToolRequest request) {
    McpSchema.Implementation client = exchange.getClientInfo();
    return client == null
        ? CallOrigin.of("", "", request.meta())
        : CallOrigin.of(client.name(), client.version(), request.meta());
  }

  private CompletableFuture<ToolResult> call(
      CallToolRequest request,
      CallOrigin origin,
      CallProgress progress,
      CancelSignal cancellation,
      CallPlaces.Place place) {
    try {
      Map<String, Object> given = request.arguments();
      Map<String, Object> arguments =
          given == null ? new LinkedHashMap<>() : new LinkedHashMap<>(given);
      return callers
          .identify(spec.name(), arguments, origin)
          .thenCompose(
              caller -> {
                place.of(caller.sessionId());
                Relayed relayed = Relayed.of(request.meta());
                if (takesKey && relayed.key() != null) {
                  arguments.putIfAbsent(KEY, relayed.key());
                } else if (relayed.again() && !canBeRepeated()) {
                  return CompletableFuture.completedStage(PERHAPS_MADE);
                }
                return tool.call(
                    new ToolCall(
                        text(arguments),
                        caller.sessionId(),
                        null,
                        caller.callId(),
                        cancellation,
                        progress::line));
              })
          .toCompletableFuture();
    } catch (Throwable e) { // The barrier between a tool's defects and the connection.
      return CompletableFuture.failedFuture(e);
    }
  }

  private boolean canBeRepeated() {
    return spec.hints().readOnly() || spec.hints().idempotent();
  }

  private String text(Map<String, Object> arguments) {
    try {
      return json.writeValueAsString(arguments);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("arguments were read from JSON", e);
    }
  }

  private ToolResult defect(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof CallerRefusedException) {
      return ToolResult.failure(String.valueOf(cause.getMessage()));
    }
    if (cause instanceof SessionException failure) {
      log.warn("{} could not be called", spec.name(), failure);
      return ToolResult.failure(inWords(failure.code()));
    }
    Barrier.report("Tool " + spec.name(), cause);
    return ToolResult.failure(
        "The tool "
            + spec.name()
            + " failed inside Sideline, and it is not known what it did before that. The log of"
            + " its process says why.");
  }

  /** Thrown on the way to the tool, which has not been called then. */
  private static String inWords(SessionException.Code code) {
    return switch (code) {
      case UNAVAILABLE, UNCERTAIN ->
          "The server that holds the sessions does not answer: it is not running, not at its"
              + " address, or too busy. Nothing was changed. A person can see to it; the log of"
              + " Sideline says more.";
      default ->
          "The server that holds the sessions has refused what this call needs. Nothing was"
              + " changed. The log of Sideline says why.";
    };
  }

  private CallToolResult result(ToolResult result) {
    CallToolResult.Builder answer =
        CallToolResult.builder().addTextContent(result.text()).isError(result.error());
    Object content = structured ? content(result.structured()) : null;
    if (content != null) {
      answer.structuredContent(content);
    }
    return answer.build();
  }

  private @Nullable Object content(@Nullable String text) {
    try {
      return text == null ? null : json.readValue(text, OBJECT);
    } catch (JsonProcessingException e) {
      log.error("Tool {} gave structured content that is no JSON object", spec.name(), e);
      return null;
    }
  }
}
