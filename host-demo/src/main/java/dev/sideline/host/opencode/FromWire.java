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
      toolUse(part.type(), part.callID(), part.tool(), part.state()).ifPresent(uses::add);
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
    return words.length() <= MAX_FAILURE_CHARS
        ? words
        : words.substring(0, MAX_FAILURE_CHARS) + " …";
  }

  static Optional<ToolUse> toolUse(
      @Nullable String type,
      @Nullable String callId,
      @Nullable String tool,
      Wire.@Nullable ToolState state) {
    if (!"tool".equals(type) || callId == null || tool == null) {
      return Optional.empty();
    }
    String status = state == null || state.status() == null ? "pending" : state.status();
    ToolUse.State known =
        switch (status) {
          case "pending" -> ToolUse.State.PENDING;
          case "completed" -> ToolUse.State.COMPLETED;
          case "error" -> ToolUse.State.FAILED;
          default -> ToolUse.State.RUNNING;
        };
    return Optional.of(new ToolUse(callId, tool, known));
  }

  static Optional<PendingRequest> request(Wire.@Nullable Request request) {
    if (request == null || request.id() == null || request.sessionID() == null) {
      return Optional.empty();
    }
    if (request.questions() != null) {
      return Optional.of(
          new PendingRequest(
              request.id(),
              request.sessionID(),
              PendingRequest.Kind.QUESTION,
              request.questions().stream().map(FromWire::text).collect(Collectors.joining("\n")),
              request.questions().size() == 1 ? labels(request.questions().get(0)) : List.of()));
    }
    String patterns =
        request.patterns() == null || request.patterns().isEmpty()
            ? ""
            : ": " + String.join(", ", request.patterns());
    return Optional.of(
        new PendingRequest(
            request.id(),
            request.sessionID(),
            PendingRequest.Kind.PERMISSION,
            Objects.requireNonNullElse(request.permission(), "permission") + patterns,
            PERMISSION_ANSWERS));
  }

  private static String text(Wire.Question question) {
    String text = Objects.requireNonNullElse(question.question(), "");
    List<String> labels = labels(question);
    return labels.isEmpty() ? text : text + " (" + String.join(" | ", labels) + ")";
  }

  private static List<String> labels(Wire.Question question) {
    return Objects.requireNonNullElse(question.options(), List.<Wire.Option>of()).stream()
        .map(Wire.Option::label)
        .filter(Objects::nonNull)
        .toList();
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
