package dev.sideline.host.opencode;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The server's JSON, as far as we read and write it. Everything that is read may be absent, because
 * versions of the server differ; {@link FromWire} decides what that means.
 */
final class Wire {

  private Wire() {}

  /**
   * A mapper that skips what it does not know and refuses what no server sends.
   *
   * @param maxBytes the largest document
   */
  static JsonMapper mapper(long maxBytes) {
    StreamReadConstraints limits =
        StreamReadConstraints.builder()
            .maxDocumentLength(maxBytes)
            .maxStringLength((int) Math.min(maxBytes, Integer.MAX_VALUE))
            .maxNestingDepth(200)
            .build();
    return JsonMapper.builder(JsonFactory.builder().streamReadConstraints(limits).build())
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .defaultPropertyInclusion(
            JsonInclude.Value.construct(
                JsonInclude.Include.NON_NULL, JsonInclude.Include.USE_DEFAULTS))
        .build();
  }

  record SessionInfo(
      @Nullable String id,
      @Nullable String parentID,
      @Nullable String title,
      @Nullable String directory,
      @Nullable String agent,
      @Nullable Map<String, JsonNode> metadata,
      @Nullable List<Rule> permission) {}

  /** A rule for what may be done: allow, deny or ask. */
  record Rule(@Nullable String permission, @Nullable String pattern, @Nullable String action) {}

  record Agent(
      @Nullable String name,
      @Nullable String description,
      @Nullable String mode,
      boolean hidden,
      @Nullable List<Rule> permission) {}

  record Status(
      @Nullable String type, int attempt, @Nullable String message, @Nullable Long next) {}

  record Times(@Nullable Long created, @Nullable Long completed) {}

  record Cache(long read, long write) {}

  record Tokens(long input, long output, long reasoning, @Nullable Cache cache) {}

  record Model(@Nullable String providerID, @Nullable String modelID) {}

  record Failed(@Nullable String name, @Nullable JsonNode data) {}

  record MessageInfo(
      @Nullable String id,
      @Nullable String role,
      @Nullable Times time,
      @Nullable String agent,
      @Nullable Model model,
      @Nullable String providerID,
      @Nullable String modelID,
      @Nullable String finish,
      @Nullable Failed error,
      double cost,
      @Nullable Tokens tokens) {}

  record ToolState(
      @Nullable String status,
      @JsonDeserialize(using = JsonText.class) @Nullable String input,
      @JsonDeserialize(using = JsonText.class) @Nullable String output,
      @JsonDeserialize(using = JsonText.class) @Nullable String error) {}

  record Part(
      @Nullable String type,
      @Nullable String messageID,
      @Nullable String text,
      boolean ignored,
      @Nullable String tool,
      @Nullable String callID,
      @Nullable ToolState state) {}

  /** Of a message only what it is, and not what it says. */
  record MessageHead(@Nullable MessageInfo info) {}

  record FullMessage(@Nullable MessageInfo info, @Nullable List<Part> parts) {}

  record Option(@Nullable String label, @Nullable String description) {}

  record Question(@Nullable String question, boolean multiple, @Nullable List<Option> options) {}

  /** A permission or a question that waits; which of them shows in what is there. */
  record Request(
      @Nullable String id,
      @Nullable String sessionID,
      @Nullable String permission,
      @Nullable List<String> patterns,
      @Nullable JsonNode metadata,
      @Nullable List<String> always,
      @Nullable List<Question> questions) {}

  /** An event: of {@code /event} as such, of {@code /global/event} in {@code payload}. */
  record Event<P>(
      @Nullable String id,
      @Nullable String directory,
      @Nullable String type,
      @Nullable P properties,
      @Nullable Event<P> payload) {

    @Nullable P content() {
      return payload == null ? properties : payload.properties();
    }
  }

  record SessionChange(@Nullable SessionInfo info) {}

  record StatusChange(@Nullable Status status) {}

  record MessageChange(@Nullable MessageInfo info) {}

  record ToolBegun(
      @Nullable String status, @JsonDeserialize(using = JsonText.class) @Nullable String input) {}

  /** Of a part in an event only what tells of a tool call: texts and outputs are skipped. */
  record PartBrief(
      @Nullable String type,
      @Nullable String messageID,
      @Nullable String tool,
      @Nullable String callID,
      @Nullable ToolBegun state) {}

  record PartChange(@Nullable PartBrief part) {}

  record ErrorChange(@Nullable Failed error) {}

  record RequestGone(@Nullable String requestID) {}

  record NewSessionBody(
      @Nullable String parentID,
      String title,
      Map<String, String> metadata,
      @Nullable List<Rule> permission) {}

  /** Rules that are added to those of a session. */
  record MoreRules(List<Rule> permission) {}

  record TextPart(String id, String type, String text) {}

  record PromptBody(
      String messageID,
      @Nullable String agent,
      @Nullable Model model,
      @Nullable String variant,
      @Nullable Boolean noReply,
      List<TextPart> parts) {}

  record PermissionReply(String reply, @Nullable String message) {}

  record ToastBody(String title, String message, String variant) {}

  record QuestionReply(List<List<String>> answers) {}
}
