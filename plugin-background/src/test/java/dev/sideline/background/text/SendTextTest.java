package dev.sideline.background.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Answer.RequestAnswered;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Answer.Sent;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SendTextTest {

  private static final Deciders DECIDERS = new Deciders(true, session -> Optional.empty());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DELIVERED     | Delivered to bg_1.     | when it has finished what it is doing",
        "INTERRUPTED   | Delivered to bg_1.     | works on your message now",
        "KEPT          | Kept for bg_1,         | delivered when its agent can read it",
        "UNDER_WAY     | On its way to bg_1;    | Do not send it again before you have looked",
        "NOT_DELIVERED | Not delivered to bg_1. | The reason given: \"no 'answer'\".",
        "TASK_OVER     | Not delivered:         | background_task(task_id=\"bg_1\"",
        "TASK_STOPPING | Not delivered:         | is being stopped",
        "TOO_MANY      | Not delivered:         | Wait until its agent has read some",
      })
  void what_has_become_of_a_message_is_said_as_it_is(SendStatus how, String begin, String told) {
    Task task =
        how == SendStatus.TASK_OVER
            ? SampleTasks.completed("bg_1", 5, "done")
            : SampleTasks.running("bg_1");
    String text = SendText.sent(new Sent(View.of(task), how, "no\n\"answer\""));

    assertThat(text).startsWith(begin).contains(told);
    assertThat(text.lines()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void what_has_become_of_an_answer_is_said_as_it_is(ReplyStatus fate) {
    Task task = Requests.asking("bg_1", Requests.permission("per_1", "may I?"));
    String text =
        SendText.answered(new RequestAnswered(View.of(task), "per_1", fate, "because"), DECIDERS);

    assertThat(text)
        .startsWith("The request \"per_1\" of bg_1 ")
        .contains("The reason given: \"because\".");
    assertThat(text.contains("reply=\"allow\"")).isEqualTo(fate == ReplyStatus.REFUSED);
  }

  @Test
  void an_unknown_request_is_answered_with_those_that_wait() {
    assertThat(SendText.refused(new Answer.UnknownRequest("per_9", List.of()), DECIDERS))
        .isEqualTo(
            "No task of yours waits for an answer to a request \"per_9\". None of them asks"
                + " anything. Nothing was changed.");
    assertThat(
            SendText.refused(
                new Answer.UnknownRequest(
                    "per_9",
                    List.of(
                        Requests.permission("per_1", "run \"rm\"?"),
                        Requests.question("que_1", "which?", "A"))),
                DECIDERS))
        .contains(
            "These wait: \"per_1\" (a permission: \"run 'rm'?\"), \"que_1\" (a question:"
                + " \"which?\").");
    assertThat(
            SendText.refused(
                new Answer.UnknownRequest(
                    "x".repeat(5_000),
                    Collections.nCopies(500, Requests.question("q", "y".repeat(5_000)))),
                DECIDERS))
        .hasSizeLessThan(10_000);
  }

  @Test
  void another_answer_is_a_defect() {
    assertThatThrownBy(() -> SendText.refused(new Answer.Abandoned(), DECIDERS))
        .isInstanceOf(IllegalStateException.class);
  }
}
