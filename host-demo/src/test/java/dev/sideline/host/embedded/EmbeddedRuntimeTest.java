package dev.sideline.host.embedded;

import static dev.sideline.host.embedded.Sandbox.answer;
import static dev.sideline.host.embedded.Sandbox.patiently;
import static dev.sideline.host.embedded.Sandbox.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.ToolUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What embedded sessions do beyond the contract. */
class EmbeddedRuntimeTest {

  private static final AgentDefinition CAT = AgentDefinition.of("cat", "", List.of("cat"));

  @TempDir private Path directory;

  @Test
  void a_session_without_an_agent_holds_its_messages_and_is_idle_at_once() {
    try (Sandbox sandbox = new Sandbox(directory, CAT)) {
      Session session = sandbox.session();
      answer(sandbox.sessions().prompt(sandbox.prompt(session, null, "a notice")));

      patiently().until(() -> sandbox.events().contains(new SessionEvent.Idle(session.id())));
      assertThat(answer(sandbox.sessions().messages(session.id(), 10)))
          .extracting(Message::text)
          .containsExactly("a notice");
    }
  }

  @Test
  void an_agent_is_told_all_that_was_sent_since_it_last_worked() {
    try (Sandbox sandbox = new Sandbox(directory, CAT)) {
      Session session = sandbox.session();
      answer(sandbox.sessions().prompt(quiet(sandbox, session, "first notice")));
      answer(sandbox.sessions().prompt(quiet(sandbox, session, "second notice")));
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "cat", "now work")));
      assertThat(sandbox.finished(session).text())
          .isEqualTo("first notice\n\nsecond notice\n\nnow work");
      answer(sandbox.sessions().prompt(sandbox.prompt(session, null, "and again")));

      patiently().until(() -> sandbox.newest(session).text().equals("and again"));
      assertThat(sandbox.finished(session).agent()).isEqualTo("cat");
    }
  }

  @Test
  void an_error_of_whoever_hears_of_events_changes_nothing_in_the_sessions() {
    try (Sandbox sandbox = new Sandbox(directory, CAT)) {
      Session session = sandbox.session();
      sandbox.onEvent(
          event -> {
            throw new NoClassDefFoundError("dev/missing/Type");
          });
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "cat", "one")));

      assertThat(sandbox.finished(session).text()).isEqualTo("one");
      answer(sandbox.sessions().delete(session.id()));
      assertThat(answer(sandbox.sessions().get(session.id()))).isEmpty();
    }
  }

  @Test
  void an_abort_drops_the_prompts_that_waited() {
    AgentDefinition hanging = shell("hanging", "echo begun; sleep 1000");
    try (Sandbox sandbox = new Sandbox(directory, hanging)) {
      Session session = sandbox.session();
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "hanging", "one")));
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "hanging", "two")));
      answer(sandbox.sessions().abort(session.id()));

      patiently().until(() -> answer(sandbox.sessions().statuses()).isEmpty());
      assertThat(answer(sandbox.sessions().messages(session.id(), 10)))
          .filteredOn(message -> message.role() == Message.Role.ASSISTANT)
          .hasSize(1);
    }
  }

  @Test
  void an_unknown_agent_is_refused_with_the_ones_that_there_are() {
    try (Sandbox sandbox = new Sandbox(directory, CAT, shell("dog", "echo woof"))) {
      Session session = sandbox.session();

      assertThat(refusal(sandbox.sessions().prompt(sandbox.prompt(session, "cow", "moo"))))
          .hasMessageContaining("no agent 'cow'; there are cat, dog");
      assertThat(answer(sandbox.sessions().messages(session.id(), 1))).isEmpty();
    }
  }

  @Test
  void a_model_that_the_command_has_no_place_for_is_refused_rather_than_ignored() {
    AgentDefinition choosy =
        AgentDefinition.of("choosy", "", List.of("echo", "{model}", "{variant}"));
    try (Sandbox sandbox = new Sandbox(directory, CAT, choosy)) {
      Session session = sandbox.session();
      SessionClient sessions = sandbox.sessions();
      ModelRef model = ModelRef.parse("acme/one");

      assertThat(refusal(sessions.prompt(sandbox.prompt(session, "cat", "x", model))))
          .hasMessageContaining("agent 'cat' takes no model, got 'acme/one'");
      assertThat(refusal(sessions.prompt(sandbox.prompt(session, "choosy", "x"))))
          .hasMessageContaining("agent 'choosy' needs a model");
      assertThat(refusal(sessions.prompt(sandbox.prompt(session, "choosy", "x", model))))
          .hasMessageContaining("agent 'choosy' needs a variant");
    }
  }

  @Test
  void a_directory_that_does_not_exist_is_refused() {
    try (Sandbox sandbox = new Sandbox(directory, CAT)) {
      assertThat(
              refusal(
                  sandbox
                      .sessions()
                      .create(new NewSession(null, "lost", "/no/such/place", Map.of()))))
          .hasMessageContaining("no directory '/no/such/place'");
    }
  }

  @Test
  void a_prompt_that_is_too_long_is_refused() {
    try (Sandbox sandbox = new Sandbox(directory, small(), CAT)) {
      Session session = sandbox.session();

      assertThat(
              refusal(sandbox.sessions().prompt(sandbox.prompt(session, "cat", "x".repeat(101)))))
          .hasMessageContaining("may have 100 characters, got 101");
    }
  }

  @Test
  void the_oldest_messages_of_a_session_are_forgotten() {
    try (Sandbox sandbox = new Sandbox(directory, small(), CAT)) {
      Session session = sandbox.session();
      for (int i = 1; i <= 6; i++) {
        answer(sandbox.sessions().prompt(quiet(sandbox, session, "message " + i)));
      }

      assertThat(answer(sandbox.sessions().messages(session.id(), 10)))
          .extracting(Message::text)
          .containsExactly("message 6", "message 5", "message 4", "message 3");
    }
  }

  @Test
  void the_session_that_was_quiet_for_longest_is_forgotten_but_none_that_works_or_has_children()
      throws IOException {
    AgentDefinition waiting =
        shell("waiting", "while [ ! -e go-on ]; do sleep 0.05; done; echo done");
    try (Sandbox sandbox = new Sandbox(directory, small(), waiting)) {
      Session parent = sandbox.session();
      Session working =
          answer(sandbox.sessions().create(new NewSession(parent.id(), "c", null, Map.of())));
      answer(sandbox.sessions().prompt(sandbox.prompt(working, "waiting", "")));
      Session quiet = sandbox.session();
      Session newest = sandbox.session();

      assertThat(answer(sandbox.sessions().get(quiet.id()))).isEmpty();
      assertThat(sandbox.events()).contains(new SessionEvent.Deleted(quiet.id()));
      assertThat(answer(sandbox.sessions().get(parent.id()))).isPresent();
      assertThat(answer(sandbox.sessions().get(working.id()))).isPresent();
      assertThat(answer(sandbox.sessions().get(newest.id()))).isPresent();
      Files.createFile(directory.resolve("go-on"));
      sandbox.finished(working);
    }
  }

  @Test
  void text_is_bounded_over_all_sessions() {
    EmbeddedLimits limits =
        new EmbeddedLimits(1_000, 10, 1_000, 1_000, 1_000, 10, Duration.ofSeconds(1));
    try (Sandbox sandbox = new Sandbox(directory, limits, CAT)) {
      for (int i = 0; i < 10; i++) {
        sandbox.run("cat", "x".repeat(100));
      }

      assertThat(sandbox.events())
          .filteredOn(SessionEvent.Deleted.class::isInstance)
          .hasSizeBetween(5, 7);
    }
  }

  @Test
  void tool_calls_count_as_text_over_all_sessions() {
    EmbeddedLimits limits =
        new EmbeddedLimits(1_000, 10, 1_000, 1_000, 1_000, 10, Duration.ofSeconds(1));
    AgentDefinition reading =
        new AgentDefinition(
            "reading", "", List.of("cat"), null, Map.of(), Set.of(), null, true, false);
    try (Sandbox sandbox = new Sandbox(directory, limits, reading)) {
      for (int i = 0; i < 10; i++) {
        sandbox.run("reading", "::tool read {" + "x".repeat(100) + "}");
      }

      assertThat(sandbox.events())
          .filteredOn(SessionEvent.Deleted.class::isInstance)
          .hasSizeBetween(5, 7);
    }
  }

  @Test
  void nobody_is_answered_after_the_end_and_ending_twice_is_fine() {
    Sandbox sandbox = new Sandbox(directory, CAT);
    sandbox.close();
    sandbox.close();

    assertThatThrownBy(() -> answer(sandbox.sessions().statuses()))
        .hasCauseInstanceOf(SessionException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void who_takes_an_answer_slowly_holds_up_no_session() {
    CountDownLatch attached = new CountDownLatch(1);
    CountDownLatch slow = new CountDownLatch(1);
    try (Sandbox sandbox = new Sandbox(directory, CAT)) {
      Session session = sandbox.session();
      // Until the slow one is attached, the sessions wait, so that it is not there too late.
      sandbox.onEvent(event -> await(attached));
      sandbox.sessions().create(new NewSession(null, "gate", null, Map.of()));
      CompletionStage<Void> taken = sandbox.sessions().statuses().thenRun(() -> await(slow));
      attached.countDown();
      sandbox.sessions().prompt(sandbox.prompt(session, "cat", "on we go"));

      patiently().until(() -> sandbox.events().contains(new SessionEvent.Idle(session.id())));
      assertThat(taken.toCompletableFuture()).isNotDone();
      slow.countDown();
    }
  }

  @Test
  void the_built_in_agents_work_on_a_bare_machine() throws IOException {
    Files.writeString(directory.resolve("one.txt"), "1\n2\n3\n");
    Files.createDirectory(directory.resolve("sub"));
    Files.writeString(directory.resolve("sub").resolve("two.txt"), "4\n");
    AgentDefinition[] builtIn = BuiltInAgents.all().toArray(AgentDefinition[]::new);
    try (Sandbox sandbox = new Sandbox(directory, builtIn)) {
      Session slow = sandbox.session();
      answer(sandbox.sessions().prompt(sandbox.prompt(slow, "slow", "for 1000 seconds, please")));

      assertThat(sandbox.run("echo", "héllo\nworld").text()).isEqualTo("héllo\nworld");
      Message survey = sandbox.run("survey", ".");
      assertThat(survey.text()).contains("2 files in 1 folders, 4 lines, 8 bytes", "2  .txt");
      assertThat(survey.toolUses()).extracting(ToolUse::tool).containsExactly("walk sub");
      Message failed = sandbox.run("fail", "");
      assertThat(failed.text()).isEqualTo("I have tried, but");
      assertThat(failed.failure().message())
          .contains("exit code 1", "this agent always fails")
          .doesNotContain("\tat ", "Exception");
      Session asking = sandbox.session();
      answer(sandbox.sessions().prompt(sandbox.prompt(asking, "ask", "Tea? | Yes | No")));
      patiently().until(() -> !answer(sandbox.sessions().pendingRequests()).isEmpty());
      PendingRequest request = answer(sandbox.sessions().pendingRequests()).get(0);
      assertThat(request.options()).containsExactly("Yes", "No");
      Reply yes = new Reply.Answer(List.of(List.of("Yes")));
      answer(sandbox.sessions().reply(request.id(), yes));
      assertThat(sandbox.finished(asking).text()).isEqualTo("The answer is: Yes");
      patiently().until(() -> sandbox.newest(slow).text().contains("Second 1 of 1000 is over."));
      answer(sandbox.sessions().abort(slow.id()));
      assertThat(sandbox.finished(slow).toolUses()).first().returns("work", ToolUse::tool);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Prompt quiet(Sandbox sandbox, Session session, String text) {
    return new Prompt(
        session.id(),
        sandbox.sessions().newMessageId(),
        text,
        null,
        null,
        null,
        Set.of(),
        false,
        null);
  }

  private static EmbeddedLimits small() {
    return new EmbeddedLimits(3, 4, 1_000_000, 100, 1_000, 10, Duration.ofSeconds(1));
  }

  private static SessionException refusal(CompletionStage<?> stage) {
    return (SessionException)
        stage.handle((result, failure) -> failure).toCompletableFuture().join();
  }
}
