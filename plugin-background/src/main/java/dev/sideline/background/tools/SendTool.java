package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.Reply;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.text.SendText;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code background_send}: gives a task a message, or answers what it asks. */
final class SendTool extends BackgroundTool {

  private static final String DESCRIPTION =
      """
      Give a background task of yours that is at work a message: with mode "queue" its agent reads it \
      when it has finished what it is doing, with mode "interrupt" it is stopped and works on the \
      message at once. Or answer what a task waits for: give request_id and reply. %s; for a \
      question it is the answer, or a list with an answer to each of its questions; "reject" refuses \
      a question, too. The answer says what has become of it. A task that has ended is gone on with \
      by background_task with its task_id.\
      """;

  private static final String PERMISSION =
      "For a permission the reply is \"allow\", which allows it this once, or \"reject\" (with a"
          + " message that says why, if you like)";

  private static final String PERMISSION_OF_A_PERSON =
      "A permission is given by a person; yours to give is \"reject\" (with a message that says"
          + " why, if you like)";

  private final int maxChars;

  SendTool(Toolbox box) {
    super(
        ToolSpec.of(
                "background_send",
                DESCRIPTION.formatted(
                    box.runtime().deciders().parentToo() ? PERMISSION : PERMISSION_OF_A_PERSON),
                INPUT)
            .withTitle("Message a background task")
            .withOutputSchema(outputSchema())
            .withHints(ADDS),
        box);
    this.maxChars = box.settings().texts().maxPrompt();
  }

  private static final String INPUT =
      """
      {"type":"object","properties":{
      "task_id":{"type":"string","description":"The task, by its id or its session's"},
      "message":{"type":"string","description":"What its agent is told; with reply \\"reject\\": why"},
      "mode":{"type":"string","enum":["queue","interrupt"],"default":"queue",\
      "description":"queue, the default: when it has finished what it is doing; interrupt: at once"},
      "request_id":{"type":"string","description":"The permission or question that is answered"},
      "reply":{"description":"\\"allow\\" or \\"reject\\" for a permission; or the answer to a question; or a list of answers, one for each of its questions",\
      "anyOf":[{"type":"string"},{"type":"array","items":{"anyOf":[{"type":"string"},\
      {"type":"array","items":{"type":"string"}}]}}]}},
      "additionalProperties":false}\
      """;

  private static String outputSchema() {
    String results =
        Stream.concat(Arrays.stream(SendStatus.values()), Arrays.stream(ReplyStatus.values()))
            .map(value -> '"' + word(value) + '"')
            .distinct()
            .collect(Collectors.joining(","));
    return "{\"type\":\"object\",\"properties\":{\"task\":"
        + TaskJson.SCHEMA
        + ",\"request_id\":{\"type\":\"string\"},\"result\":{\"type\":\"string\",\"enum\":["
        + results
        + "]},\"detail\":{\"type\":\"string\"}},\"required\":[\"task\",\"result\"]}";
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Override
  Request request(String caller, Arguments arguments) {
    String ref = arguments.optionalText("task_id", MAX_REF_CHARS);
    String message = arguments.optionalText("message", maxChars);
    String mode = arguments.choice("mode", List.of("queue", "interrupt"));
    String requestId = arguments.optionalText("request_id", MAX_REF_CHARS);
    JsonNode given = arguments.value("reply");
    if (requestId == null && given == null) {
      if (ref == null || message == null) {
        throw new BadArgument(
            "Give 'task_id' and 'message' to send a message, or 'request_id' and 'reply' to answer"
                + " a request.");
      }
      boolean interrupt = "interrupt".equals(mode);
      return new Sending() {
        @Override
        public Input input(long call) {
          return new Input.Send(call, caller, ref, message, interrupt);
        }
      };
    }
    if (requestId == null || given == null) {
      throw new BadArgument(
          requestId == null
              ? "'reply' is given without a request; name it by its 'request_id'."
              : "'request_id' is given without a 'reply'.");
    }
    arguments.refuse("mode", "an answer to a request has no mode; leave it out.");
    Reply reply = new Replies(arguments, maxChars).read(given, message);
    return new Sending() {
      @Override
      public Input input(long call) {
        return new Input.AnswerRequest(call, caller, ref, requestId, reply);
      }
    };
  }

  /** A call whose answer says what has become of a message or a reply. */
  private abstract class Sending implements Request {

    @Override
    public ToolResult result(Answer answer) {
      return answer instanceof Answer.Unrecorded unrecorded
          ? result(unrecorded.answer(), SendText.UNRECORDED)
          : result(answer, "");
    }

    /**
     * @param note what is to be said beside it; empty if nothing
     */
    private ToolResult result(Answer answer, String note) {
      if (answer instanceof Answer.Sent sent) {
        String text = SendText.sent(sent) + note;
        return sent.status().inVain()
            ? ToolResult.failure(text)
            : ToolResult.of(
                text, json(sent.task(), null, word(sent.status()), sent.detail(), note));
      }
      if (answer instanceof Answer.RequestAnswered answered) {
        String text = SendText.answered(answered, box.runtime().deciders()) + note;
        return answered.status().inVain()
            ? ToolResult.failure(text)
            : ToolResult.of(
                text,
                json(
                    answered.task(),
                    answered.requestId(),
                    word(answered.status()),
                    answered.detail(),
                    note));
      }
      return ToolResult.failure(SendText.refused(answer, box.runtime().deciders()));
    }
  }

  private String json(
      Answer.View view,
      @Nullable String requestId,
      String result,
      @Nullable String detail,
      String note) {
    ObjectNode json = box.json().newObject();
    TaskJson.write(json.putObject("task"), view, box.now());
    if (requestId != null) {
      json.put("request_id", requestId);
    }
    json.put("result", result);
    String details = (detail == null ? "" : detail) + note;
    if (!details.isEmpty()) {
      json.put("detail", details.strip());
    }
    return Json.text(json);
  }
}
