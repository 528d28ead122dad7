package dev.sideline.background.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.Reply;
import dev.sideline.api.ToolResult;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Answer.RequestAnswered;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Answer.Sent;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.text.Requests;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SendToolTest {

  private static final String TOOL = "background_send";
  private static final String MESSAGE = "{'task_id':'bg_1','message':'faster'}";
  private static final String REPLY = "{'request_id':'per_1','reply':'allow'}";
  private static final View TASK = View.of(SampleTasks.running("bg_1"));

  private final ToolBench bench = new ToolBench(Map.of());

  @AfterEach
  void dispose() {
    bench.close();
  }

  @Test
  void a_message_is_queued_unless_it_is_to_interrupt() {
    assertThat(bench.input(TOOL, MESSAGE))
        .isEqualTo(new Input.Send(7, "me", "bg_1", "faster", false));
    assertThat(bench.input(TOOL, MESSAGE.replace("}", ",'mode':'queue'}")))
        .isEqualTo(new Input.Send(7, "me", "bg_1", "faster", false));
    assertThat(bench.input(TOOL, MESSAGE.replace("}", ",'mode':'interrupt'}")))
        .isEqualTo(new Input.Send(7, "me", "bg_1", "faster", true));
  }

  static Stream<Arguments> replies() {
    return Stream.of(
        Arguments.of("'allow'", new Reply.Allow()),
        Arguments.of("' always\\n'", new Reply.AllowAlways()),
        Arguments.of(
            "'reject'",
            new Reply.Reject(
                "Whoever launched you has refused this. Go on without it, or say why you"
                    + " cannot.")),
        Arguments.of("'reject','message':'too risky'", new Reply.Reject("too risky")),
        Arguments.of("'Allow'", new Reply.Answer(List.of(List.of("Allow")))),
        Arguments.of("'the second one'", new Reply.Answer(List.of(List.of("the second one")))),
        Arguments.of("['A','B']", new Reply.Answer(List.of(List.of("A"), List.of("B")))),
        Arguments.of("['allow']", new Reply.Answer(List.of(List.of("allow")))),
        Arguments.of("[['A','B'],'C']", new Reply.Answer(List.of(List.of("A", "B"), List.of("C")))),
        Arguments.of("[[],['C']]", new Reply.Answer(List.of(List.of(), List.of("C")))));
  }

  @ParameterizedTest
  @MethodSource("replies")
  void a_reply_is_a_word_an_answer_or_several(String given, Reply reply) {
    assertThat(bench.input(TOOL, "{'request_id':'per_1','reply':" + given + "}"))
        .isEqualTo(new Input.AnswerRequest(7, "me", null, "per_1", reply));
    assertThat(bench.input(TOOL, "{'task_id':'bg_1','request_id':'per_1','reply':" + given + "}"))
        .isEqualTo(new Input.AnswerRequest(7, "me", "bg_1", "per_1", reply));
  }

  @ParameterizedTest
  @EnumSource
  void what_has_not_been_delivered_is_an_error_and_nothing_else_is(SendStatus how) {
    ToolResult told = bench.told(TOOL, MESSAGE, new Sent(TASK, how, "because"));

    boolean failed =
        EnumSet.of(
                SendStatus.NOT_DELIVERED,
                SendStatus.TASK_OVER,
                SendStatus.TASK_STOPPING,
                SendStatus.TOO_MANY)
            .contains(how);
    assertThat(told.error()).isEqualTo(failed);
    if (!failed) {
      JsonNode json = ToolBench.json(told.structured());
      assertThat(json.path("result").asText()).isEqualTo(how.name().toLowerCase(Locale.ROOT));
      assertThat(json.path("detail").asText()).isEqualTo("because");
      assertThat(json.at("/task/task_id").asText()).isEqualTo("bg_1");
    }
  }

  @Test
  void what_cannot_be_recorded_is_said_to_hold_no_longer_than_the_process_lives() {
    String note =
        "This could not be recorded: it holds only for as long as the host's process lives.";
    Answer kept = new Sent(TASK, SendStatus.KEPT, null);
    ToolResult told = bench.told(TOOL, MESSAGE, new Answer.Unrecorded(kept));
    assertThat(told.error()).isFalse();
    assertThat(told.text()).startsWith("Kept for bg_1").endsWith(". " + note);
    assertThat(ToolBench.json(told.structured()).path("detail").asText()).isEqualTo(note);
    Answer refused = new RequestAnswered(TASK, "per_1", ReplyStatus.REFUSED, null);
    ToolResult failed = bench.told(TOOL, REPLY, new Answer.Unrecorded(refused));

    assertThat(failed.error()).isTrue();
    assertThat(failed.text()).endsWith(". " + note);
  }

  @ParameterizedTest
  @EnumSource
  void an_answer_that_was_not_taken_is_an_error_and_nothing_else_is(ReplyStatus fate) {
    ToolResult told = bench.told(TOOL, REPLY, new RequestAnswered(TASK, "per_1", fate, null));

    assertThat(told.error()).isEqualTo(fate == ReplyStatus.REFUSED || fate == ReplyStatus.GONE);
    if (!told.error()) {
      JsonNode json = ToolBench.json(told.structured());
      assertThat(json.path("request_id").asText()).isEqualTo("per_1");
      assertThat(json.path("result").asText()).isEqualTo(fate.name().toLowerCase(Locale.ROOT));
      assertThat(json.has("detail")).isFalse();
    }
  }

  @Test
  void an_unknown_request_is_an_error_that_names_those_that_wait() {
    ToolResult told =
        bench.told(
            TOOL,
            REPLY,
            new Answer.UnknownRequest(
                "per_1", List.of(Requests.question("que_1", "Which one?", "A"))));

    assertThat(told.error()).isTrue();
    assertThat(told.text()).contains("\"que_1\"").endsWith("Nothing was changed.");
  }
}
