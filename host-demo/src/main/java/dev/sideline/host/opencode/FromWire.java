package dev.sideline.host.opencode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Session;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import dev.sideline.host.text.Characters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the server's JSON means. What lacks an id or is of an unknown kind is left out. */
final class FromWire {

  private static final List<String> PERMISSION_ANSWERS = List.of("allow", "always", "reject");
  private static final Pattern STACK_TRACE = Pattern.compile("\\R\\s+at ");
  private static final int MAX_FAILURE_CHARS = 2_000;

  private FromWire() {}

  static Optional<Session> session(Wire.@Nullable SessionInfo info) {
    if (info == null || info.id() == null) {
      return Optional.empty();
    }
    Map<String, String> metadata = new HashMap<>();
    if (info.metadata() != null) {
      info.metadata()
          .forEach(
              (key, value) ->
                  metadata.put(key, value.isValueNode() ? value.asText() : value.toString()));
    }
    return Optional.of(
        new Session(
            info.id(),
            info.parentID(),
            Objects.requireNonNullElse(info.title(), ""),
            info.directory(),
            metadata));
  }

  static SessionStatus status(Wire.Status status) {
    String type = Objects.requireNonNullElse(status.type(), "idle");
    return switch (type) {
      case "idle" -> SessionStatus.IDLE;
      case "retry" ->
          SessionStatus.retrying(
              status.attempt(),
              Objects.requireNonNullElse(status.message(), "the model's provider failed"),
              status.next() == null ? null : Instant.ofEpochMilli(status.next()));
      default -> SessionStatus.BUSY;
    };
  }

  static Optional<Message> message(Wire.FullMessage message) {
    List<Wire.Part> parts = Objects.requireNonNullElse(message.parts(), List.of());
    String text =
        parts.stream()
            .filter(part -> "text".equals(part.type()) && part.text() != null && !part.ignored())
            .map(part -> Objects.requireNonNull(part.text()))
            .collect(Collectors.joining("\n"));
    List<ToolUse> uses = new ArrayList<>();
    for (Wire.Part part : parts) {
      toolUse(part).ifPresent(uses::add);
    }
    return message(message.info(), text, uses);
  }

  static Optional<Message> message(
      Wire.@Nullable MessageInfo info, String text, List<ToolUse> toolUses) {
    if (info == null || info.id() == null || info.role() == null) {
      return Optional.empty();
    }
    Message.Role role;
    switch (info.role()) {
      case "user" -> role = Message.Role.USER;
      case "assistant" -> role = Message.Role.ASSISTANT;
      default -> {
        return Optional.empty();
      }
    }
    Wire.Times times = Objects.requireNonNullElse(info.time(), new Wire.Times(null, null));
    return Optional.of(
        new Message(
            info.id(),
            role,
            Instant.ofEpochMilli(Objects.requireNonNullElse(times.created(), 0L)),
            times.completed() == null ? null : Instant.ofEpochMilli(times.completed()),
            info.agent(),
            model(info),
            text,
            toolUses,
            null,
            info.finish(),
            info.error() == null ? null : failure(info.error()),
            usage(info)));
  }

  static Failure failure(Wire.@Nullable Failed error) {
    String name = error == null || error.name() == null ? "UnknownError" : error.name();
    JsonNode said = error == null || error.data() == null ? null : error.data().get("message");
    String message = said == null ? "" : withoutTrace(said.asText());
    return new Failure(
        name.equals("MessageAbortedError") ? Failure.ABORTED : name,
        message.isBlank() ? name : message);
  }

  /** Some of the server's messages are a stack trace, which is for nobody who reads a failure. */
  private static String withoutTrace(String message) {
    String words = STACK_TRACE.split(message, 2)[0].strip();
    return Characters.cut(words, MAX_FAILURE_CHARS);
  }

  /** A tool call with all that is known of it. */
  static Optional<ToolUse> toolUse(Wire.Part part) {
    Wire.ToolState state =
        Objects.requireNonNullElse(part.state(), new Wire.ToolState(null, null, null, null));
    ToolUse.State known = toolState(state.status());
    String result = known == ToolUse.State.FAILED ? state.error() : state.output();
    return toolUse(part.type(), part.callID(), part.tool(), known, state.input(), result);
  }

  /** A tool call without its result. */
  static Optional<ToolUse> toolUse(Wire.PartBrief part) {
    Wire.ToolBegun state = Objects.requireNonNullElse(part.state(), new Wire.ToolBegun(null, null));
    return toolUse(
        part.type(), part.callID(), part.tool(), toolState(state.status()), state.input(), null);
  }

  private static Optional<ToolUse> toolUse(
      @Nullable String type,
      @Nullable String callId,
      @Nullable String tool,
      ToolUse.State state,
      @Nullable String arguments,
      @Nullable String result) {
    if (!"tool".equals(type) || callId == null || tool == null) {
      return Optional.empty();
    }
    // While the model is still writing them, the arguments are an empty object.
    String written = state == ToolUse.State.PENDING ? null : arguments;
    return Optional.of(
        new ToolUse(
            callId,
            tool,
            state,
            Objects.requireNonNullElse(written, ""),
            Objects.requireNonNullElse(result, "")));
  }

  private static ToolUse.State toolState(@Nullable String status) {
    return switch (Objects.requireNonNullElse(status, "pending")) {
      case "pending" -> ToolUse.State.PENDING;
      case "completed" -> ToolUse.State.COMPLETED;
      case "error" -> ToolUse.State.FAILED;
      default -> ToolUse.State.RUNNING;
    };
  }

  static Optional<PendingRequest> request(Wire.@Nullable Request request) {
    if (request == null || request.id() == null || request.sessionID() == null) {
      return Optional.empty();
    }
    List<Wire.Question> questions = request.questions();
    return Optional.of(
        new PendingRequest(
            request.id(),
            request.sessionID(),
            questions == null ? PendingRequest.Kind.PERMISSION : PendingRequest.Kind.QUESTION,
            RequestText.of(request),
            options(questions)));
  }

  private static List<String> options(@Nullable List<Wire.Question> questions) {
    if (questions == null) {
      return PERMISSION_ANSWERS;
    }
    return questions.size() == 1 ? RequestText.labels(questions.get(0)) : List.of();
  }

  private static @Nullable ModelRef model(Wire.MessageInfo info) {
    String provider = info.model() == null ? info.providerID() : info.model().providerID();
    String model = info.model() == null ? info.modelID() : info.model().modelID();
    return provider == null
            || model == null
            || provider.isEmpty()
            || model.isEmpty()
            || provider.indexOf('/') >= 0
        ? null
        : new ModelRef(provider, model);
  }

  private static Usage usage(Wire.MessageInfo info) {
    Wire.Tokens tokens = info.tokens();
    if (tokens == null) {
      return info.cost() == 0 ? Usage.NONE : new Usage(0, 0, 0, 0, 0, info.cost());
    }
    Wire.Cache cache = Objects.requireNonNullElse(tokens.cache(), new Wire.Cache(0, 0));
    return new Usage(
        tokens.input(),
        tokens.output(),
        tokens.reasoning(),
        cache.read(),
        cache.write(),
        info.cost());
  }
}
