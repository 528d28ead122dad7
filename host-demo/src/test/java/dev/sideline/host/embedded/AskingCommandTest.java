package dev.sideline.host.embedded;

import static dev.sideline.host.embedded.Sandbox.answer;
import static dev.sideline.host.embedded.Sandbox.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.Failure;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that ask, beyond what the contract says. */
class AskingCommandTest {

  @TempDir private Path directory;

  @Test
  void what_was_allowed_for_always_is_not_asked_again_in_that_session() {
    AgentDefinition agent =
        asking(
            "for i in 1 2; do echo '::permit make'; read reply; echo $i $reply; done;"
                + " echo '::permit test'; read reply; echo 3 $reply");
    try (Sandbox sandbox = new Sandbox(directory, agent)) {
      Session session = prompt(sandbox);
      reply(sandbox, awaitRequest(sandbox, "make"), new Reply.AllowAlways());
      reply(sandbox, awaitRequest(sandbox, "test"), new Reply.Reject(null));

      assertThat(sandbox.finished(session).text()).isEqualTo("1 always\n2 always\n3 reject\n");
    }
  }

  @Test
  void requests_that_come_together_are_asked_one_after_the_other_and_answered_in_order() {
    AgentDefinition agent =
        asking("echo '::ask one?'; echo '::ask two?'; read a; read b; echo \"$a, $b\"");
    try (Sandbox sandbox = new Sandbox(directory, agent)) {
      Session session = prompt(sandbox);
      PendingRequest first = awaitRequest(sandbox, "one?");
      assertThat(answer(sandbox.sessions().pendingRequests())).containsExactly(first);
      reply(sandbox, first, new Reply.Answer(List.of(List.of("1", "several\nlines"))));
      reply(sandbox, awaitRequest(sandbox, "two?"), new Reply.Answer(List.of(List.of("2"))));

      assertThat(sandbox.finished(session).text()).isEqualTo("1, several lines, 2\n");
    }
  }

  @Test
  void a_question_that_nobody_wants_to_answer_gets_an_empty_line() {
    AgentDefinition agent = asking("echo '::ask why?'; read reply; echo \"<$reply>\"");
    try (Sandbox sandbox = new Sandbox(directory, agent)) {
      Session session = prompt(sandbox);
      reply(sandbox, awaitRequest(sandbox, "why?"), new Reply.Reject(null));

      assertThat(sandbox.finished(session).text()).isEqualTo("<>\n");
    }
  }

  @Test
  void a_command_that_does_not_read_its_replies_holds_nothing_up() {
    AgentDefinition deaf =
        asking("for i in $(seq 40); do echo \"::ask $i?\"; done; while true; do sleep 1; done");
    AgentDefinition other = AgentDefinition.of("other", "", List.of("echo", "fine"));
    try (Sandbox sandbox = new Sandbox(directory, deaf, other)) {
      Session session = prompt(sandbox);
      String text = "x".repeat(CommandRequest.MAX_REPLY_CHARS);
      for (int i = 1; i <= 40; i++) {
        Reply.Answer longest = new Reply.Answer(List.of(List.of(text)));
        reply(sandbox, awaitRequest(sandbox, i + "?"), longest);
      }

      assertThat(sandbox.run("other", "").text()).isEqualTo("fine\n");
      answer(sandbox.sessions().abort(session.id()));
      sandbox.finished(session);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "while true; do echo '::ask more?'; done",
        "yes '::ask more?'",
        "yes '::permit more'",
        "for i in $(seq 150); do echo '::ask more?'; sleep 0.005; done; read reply",
      })
  void a_command_that_asks_without_end_is_ended_and_told_why(String script) {
    AgentDefinition other = AgentDefinition.of("other", "", List.of("echo", "fine"));
    try (Sandbox sandbox = new Sandbox(directory, asking(script), other)) {
      Session session = prompt(sandbox);

      assertThat(sandbox.finished(session).failure())
          .isEqualTo(
              new Failure(
                  "command_failed",
                  "it has asked for more than 100 things without waiting for a reply"));
      assertThat(answer(sandbox.sessions().pendingRequests())).isEmpty();
      assertThat(sandbox.run("other", "").text()).isEqualTo("fine\n");
    }
  }

  @Test
  void a_reply_that_is_too_long_is_refused_and_the_request_waits_on() {
    AgentDefinition agent = asking("echo '::ask why?'; read reply; echo \"$reply\"");
    try (Sandbox sandbox = new Sandbox(directory, agent)) {
      Session session = prompt(sandbox);
      PendingRequest request = awaitRequest(sandbox, "why?");
      Reply tooLong = new Reply.Answer(List.of(List.of("x".repeat(4_001))));

      assertThatThrownBy(() -> reply(sandbox, request, tooLong))
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOf(SessionException.class)
          .hasMessageContaining("4,000 characters, got 4,001");
      reply(sandbox, request, new Reply.Answer(List.of(List.of("because"))));
      assertThat(sandbox.finished(session).text()).isEqualTo("because\n");
    }
  }

  @Test
  void a_request_of_a_command_that_has_ended_is_taken_back() {
    AgentDefinition hasty = asking("echo '::ask why?'; sleep 0.3; echo never mind");
    try (Sandbox sandbox = new Sandbox(directory, hasty)) {
      Session session = prompt(sandbox);
      assertThat(sandbox.finished(session).text()).isEqualTo("never mind\n");

      assertThat(answer(sandbox.sessions().pendingRequests())).isEmpty();
    }
  }

  @Test
  void an_agent_that_asks_cannot_have_its_prompt_on_standard_input() {
    assertThatThrownBy(
            () ->
                new AgentDefinition("agent", "", List.of("cat"), null, Map.of(), null, false, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("{prompt}");
  }

  private static AgentDefinition asking(String script) {
    return new AgentDefinition(
        "agent", "", List.of("sh", "-c", script, "{prompt}"), null, Map.of(), null, false, true);
  }

  private static Session prompt(Sandbox sandbox) {
    Session session = sandbox.session();
    answer(sandbox.sessions().prompt(sandbox.prompt(session, "agent", "go")));
    return session;
  }

  private static PendingRequest awaitRequest(Sandbox sandbox, String text) {
    patiently()
        .until(
            () ->
                answer(sandbox.sessions().pendingRequests()).stream()
                    .anyMatch(request -> request.text().equals(text)));
    return answer(sandbox.sessions().pendingRequests()).get(0);
  }

  private static void reply(Sandbox sandbox, PendingRequest request, Reply reply) {
    answer(sandbox.sessions().reply(request.id(), reply));
  }
}
