package dev.sideline.host.embedded;

import static dev.sideline.host.embedded.Sandbox.answer;
import static dev.sideline.host.embedded.Sandbox.patiently;
import static dev.sideline.host.embedded.Sandbox.shell;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.AgentInfo;
import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.ToolUse;
import dev.sideline.api.testing.SettableClock;
import dev.sideline.host.embedded.store.StoreLimits;
import dev.sideline.host.process.ProcessTrees;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;

/** What of embedded sessions is there when a database has been opened again. */
class RecordedSessionsTest {

  private static final AgentDefinition CAT = AgentDefinition.of("cat", "", List.of("cat"));

  private static final AgentDefinition ASKING =
      new AgentDefinition(
          "asking",
          "",
          List.of(
              "sh", "-c", "echo hello; echo '::permit dig'; read reply; echo $reply", "{prompt}"),
          null,
          Map.of(),
          Set.of(),
          null,
          false,
          true);

  @TempDir private Path folder;
  private TestDatabase database;

  @BeforeEach
  void openDatabase() {
    database = new TestDatabase(folder);
  }

  // --- what survives

  @Test
  void sessions_their_messages_and_their_parents_are_there_again() {
    AgentDefinition reader =
        new AgentDefinition(
            "reader", "", List.of("cat"), null, Map.of(), Set.of(), null, true, false);
    Session parent;
    Session child;
    List<Message> before;
    try (Sandbox sandbox = new Sandbox(folder, database, CAT, reader)) {
      parent = sandbox.session();
      child =
          answer(
              sandbox
                  .sessions()
                  .create(
                      new NewSession(parent.id(), "a \"title\"", null, Map.of("key", "värde"))));
      answer(sandbox.sessions().prompt(sandbox.prompt(child, "cat", "one")));
      sandbox.finished(child);
      answer(
          sandbox
              .sessions()
              .prompt(sandbox.prompt(child, "reader", "::tool grep {\"a\": 1}\nfound it")));
      sandbox.finished(child);
      before = answer(sandbox.sessions().messages(child.id(), 10));
    }
    try (Sandbox sandbox = new Sandbox(folder, database, CAT, reader)) {
      assertThat(answer(sandbox.sessions().get(child.id()))).contains(child);
      assertThat(answer(sandbox.sessions().children(parent.id()))).containsExactly(child);
      assertThat(answer(sandbox.sessions().messages(child.id(), 10)))
          .isEqualTo(before)
          .hasSize(4)
          .first()
          .satisfies(
              message -> {
                assertThat(message.text()).isEqualTo("found it");
                assertThat(message.toolUses())
                    .containsExactly(
                        new ToolUse(
                            "call_" + message.id() + "_1",
                            "grep",
                            ToolUse.State.COMPLETED,
                            "{\"a\": 1}",
                            ""));
              });
      assertThat(answer(sandbox.sessions().statuses())).isEmpty();
    }
  }

  @Test
  void a_session_goes_on_with_its_agent_and_its_model_and_repeated_prompts_are_taken_once() {
    AgentDefinition model =
        AgentDefinition.of("model", "", List.of("echo", "{model}", "--", "{prompt}"));
    Session session;
    Prompt first;
    try (Sandbox sandbox = new Sandbox(folder, database, model)) {
      session = sandbox.session();
      first = sandbox.prompt(session, "model", "one", ModelRef.parse("acme/small"));
      answer(sandbox.sessions().prompt(first));
      sandbox.finished(session);
    }
    try (Sandbox sandbox = new Sandbox(folder, database, model)) {
      answer(sandbox.sessions().prompt(first));
      answer(
          sandbox
              .sessions()
              .prompt(sandbox.prompt(session, null, "two", ModelRef.parse("acme/large"))));

      assertThat(sandbox.finished(session).text()).isEqualTo("large -- two\n");
      assertThat(answer(sandbox.sessions().messages(session.id(), 10))).hasSize(4);
    }
  }

  @Test
  void what_was_sent_and_told_nobody_is_told_the_agent_with_the_next_prompt() {
    Session session;
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      session = sandbox.session();
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "cat", "zero")));
      sandbox.finished(session);
      answer(sandbox.sessions().prompt(sandbox.prompt(session, null, "one").withoutWaking()));
    }
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      answer(sandbox.sessions().prompt(sandbox.prompt(session, null, "two")));

      assertThat(sandbox.finished(session).text()).isEqualTo("one\n\ntwo");
    }
  }

  @Test
  void what_was_allowed_for_always_is_not_asked_for_again() {
    Session session;
    try (Sandbox sandbox = new Sandbox(folder, database, ASKING)) {
      session = sandbox.session();
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "asking", "x")));
      answer(sandbox.sessions().reply(request(sandbox).id(), new Reply.AllowAlways()));
      sandbox.finished(session);
    }
    try (Sandbox sandbox = new Sandbox(folder, database, ASKING)) {
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "asking", "y")));

      assertThat(sandbox.finished(session).text()).isEqualTo("hello\nalways\n");
    }
  }

  @Test
  void agents_and_directory_of_a_client_are_there_again_and_its_environment_never_is()
      throws Exception {
    Path place = Files.createDirectory(folder.resolve("place")).toRealPath();
    AgentDefinition show = shell("show", "echo \"$PWD ${SECRET:-none}\"");
    List<AgentDefinition> agents = new ArrayList<>(BuiltInAgents.all());
    agents.add(show);
    Session session;
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      Map<String, String> environment = Map.of("SECRET", "hunter2", "PATH", System.getenv("PATH"));
      Workplace workplace = Workplace.of(agents, place).withEnvironment(environment);
      session =
          answer(
              sandbox
                  .runtime()
                  .sessions(workplace)
                  .create(new NewSession(null, "mine", null, Map.of())));
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "show", "x")));
      assertThat(sandbox.finished(session).text()).isEqualTo(place + " hunter2\n");
      answer(sandbox.sessions().delete(sandbox.session().id()));
    }
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      Session below = answer(sandbox.sessions().create(child(session)));

      assertThat(answer(sandbox.sessions().agents(below.id())).agents())
          .extracting(AgentInfo::name)
          .containsExactly("echo", "survey", "slow", "fail", "ask", "show");
      answer(sandbox.sessions().prompt(sandbox.prompt(below, "show", "x")));
      assertThat(sandbox.finished(below).text()).isEqualTo(place + " none\n");
    }
    assertThat(
            database.number(
                "SELECT COUNT(*) FROM sideline_workplace WHERE workplace LIKE '%show%'"))
        .isEqualTo(1);
    try (var files = Files.newDirectoryStream(folder, "sessions.db*")) {
      for (Path file : files) {
        // The answer has it, which the agent has printed; nothing else of the environment.
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .doesNotContain("SECRET=", "\"SECRET\"");
      }
    }
  }

  @Test
  void who_comes_back_gives_its_workplace_to_what_was_recorded() {
    AgentDefinition old = shell("old", "echo old");
    AgentDefinition fresh = shell("fresh", "echo fresh");
    Session session;
    try (Sandbox sandbox = new Sandbox(folder, database, old)) {
      session = sandbox.session();
    }
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      answer(sandbox.runtime().attach(session.id(), Workplace.of(List.of(fresh), folder)));
    }
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "fresh", "x")));

      assertThat(sandbox.finished(session).text()).isEqualTo("fresh\n");
    }
  }

  @Test
  void ids_of_messages_ascend_although_the_clock_was_set_back() {
    SettableClock clock = new SettableClock(Instant.parse("2026-06-01T12:00:00Z"));
    String before;
    try (EmbeddedRuntime runtime = open(clock)) {
      answer(runtime.sessions().create(NewSession.of("x")));
      before = runtime.sessions().newMessageId();
      answer(runtime.sessions().create(NewSession.of("y")));
    }
    clock.advance(Duration.ofDays(-1));
    try (EmbeddedRuntime runtime = open(clock)) {
      assertThat(runtime.sessions().newMessageId()).isGreaterThan(before);
    }
  }

  // --- what was at work

  @Test
  void a_command_that_ran_when_the_host_was_ended_is_told_as_interrupted_and_not_run_again()
      throws Exception {
    AgentDefinition hanging = shell("hanging", "echo run >> runs; echo begun; sleep 1000");
    Session session;
    try (Sandbox sandbox = new Sandbox(folder, database, hanging)) {
      session = sandbox.session();
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "hanging", "x")));
      patiently().until(() -> sandbox.newest(session).text().equals("begun\n"));
    }
    try (Sandbox sandbox = new Sandbox(folder, database, hanging)) {
      Message cut = sandbox.newest(session);

      assertThat(cut.text()).isEqualTo("begun\n");
      assertThat(cut.completedAt()).isNotNull();
      assertThat(cut.failure()).isNotNull();
      assertThat(cut.failure().name()).isEqualTo(Failure.INTERRUPTED);
      assertThat(answer(sandbox.sessions().statuses())).isEmpty();
      assertThat(Files.readAllLines(folder.resolve("runs"))).hasSize(1);
    }
  }

  @Test
  void of_a_host_that_was_killed_is_told_what_its_command_had_said_and_what_it_waited_for() {
    Session session;
    try (Sandbox killed = new Sandbox(folder, database, ASKING)) {
      session = killed.session();
      answer(killed.sessions().prompt(killed.prompt(session, "asking", "x")));
      request(killed);
      patiently()
          .until(
              () ->
                  database.number(
                          "SELECT COUNT(*) FROM sideline_session_message WHERE asked = 'dig'")
                      == 1);
      database.fail(SQLiteErrorCode.SQLITE_IOERR); // Nothing of its end comes to the disk.
    }
    database.fail(null);
    try (Sandbox sandbox = new Sandbox(folder, database, ASKING)) {
      Message cut = sandbox.newest(session);

      assertThat(cut.text()).isEqualTo("hello\n");
      assertThat(cut.completedAt()).isNotNull();
      assertThat(cut.failure()).isNotNull();
      assertThat(cut.failure().interrupted()).isTrue();
      assertThat(cut.failure().message()).contains("not started again", "an answer to: dig");
      assertThat(answer(sandbox.sessions().pendingRequests())).isEmpty();
    }
  }

  @Test
  void a_prompt_that_no_agent_was_told_is_worked_on_when_it_is_repeated() throws Exception {
    AgentDefinition hanging = shell("hanging", "echo \"run $0\" >> runs; sleep 1000");
    Session session;
    Prompt waiting;
    try (Sandbox sandbox = new Sandbox(folder, database, hanging)) {
      session = sandbox.session();
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "hanging", "first")));
      waiting = sandbox.prompt(session, null, "second");
      answer(sandbox.sessions().prompt(waiting));
      patiently().until(() -> Files.exists(folder.resolve("runs")));
    }
    try (Sandbox sandbox = new Sandbox(folder, database, hanging)) {
      assertThat(sandbox.newest(session).text()).isEqualTo("second");
      assertThat(answer(sandbox.sessions().statuses())).isEmpty();
      answer(sandbox.sessions().prompt(waiting));

      patiently()
          .untilAsserted(
              () ->
                  assertThat(Files.readAllLines(folder.resolve("runs")))
                      .containsExactly("run first", "run second"));
    }
  }

  @Test
  void a_command_starts_and_a_prompt_is_confirmed_only_when_it_is_recorded() {
    AgentDefinition marking = shell("marking", "echo run >> runs");
    try (Sandbox sandbox = new Sandbox(folder, database, marking)) {
      Session session = sandbox.session();
      database.hold();
      CompletionStage<Void> prompted =
          sandbox.sessions().prompt(sandbox.prompt(session, "marking", "x"));
      CompletionStage<Session> created = sandbox.sessions().create(NewSession.of("other"));
      CompletionStage<List<Message>> seen = sandbox.sessions().messages(session.id(), 1);
      assertThat(answer(sandbox.sessions().statuses())).containsKey(session.id());

      assertThat(prompted.toCompletableFuture()).isNotDone();
      assertThat(created.toCompletableFuture()).isNotDone();
      assertThat(seen.toCompletableFuture()).isNotDone();
      assertThat(folder.resolve("runs")).doesNotExist();
      database.release();
      answer(prompted);
      answer(created);
      assertThat(answer(seen)).hasSize(1);
      sandbox.finished(session);
      assertThat(folder.resolve("runs")).exists();
    }
  }

  @Test
  void a_session_is_idle_only_when_its_answer_is_recorded() {
    AgentDefinition gated = shell("gated", "while [ ! -e gate ]; do sleep 0.02; done; echo done");
    try (Sandbox sandbox = new Sandbox(folder, database, gated)) {
      Session session = sandbox.session();
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "gated", "x")));
      patiently()
          .until(() -> database.number("SELECT COUNT(*) FROM sideline_session_message") == 2);
      database.hold();
      makeGate();
      patiently()
          .until(
              () ->
                  sandbox.events().stream()
                      .anyMatch(event -> event instanceof SessionEvent.PartUpdated));

      assertThat(answer(sandbox.sessions().statuses())).containsKey(session.id());
      assertThat(sandbox.events()).doesNotContain(new SessionEvent.Idle(session.id()));
      database.release();
      assertThat(sandbox.finished(session).text()).isEqualTo("done\n");
    }
  }

  @Test
  void an_abort_before_the_command_was_started_starts_none() {
    AgentDefinition marking = shell("marking", "echo run >> runs");
    try (Sandbox sandbox = new Sandbox(folder, database, marking)) {
      Session session = sandbox.session();
      database.hold();
      CompletionStage<Void> prompted =
          sandbox.sessions().prompt(sandbox.prompt(session, "marking", "x"));
      answer(sandbox.sessions().abort(session.id()));
      database.release();
      answer(prompted);

      Message cut = sandbox.finished(session);
      assertThat(cut.failure()).isNotNull();
      assertThat(cut.failure().aborted()).isTrue();
      assertThat(folder.resolve("runs")).doesNotExist();
    }
  }

  @Test
  void what_is_deleted_stays_deleted() {
    Session parent;
    Session child;
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      parent = sandbox.session();
      child = answer(sandbox.sessions().create(child(parent)));
      answer(sandbox.sessions().prompt(sandbox.prompt(child, "cat", "x")));
      sandbox.finished(child);
    }
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      answer(sandbox.sessions().delete(parent.id()));

      patiently()
          .untilAsserted(
              () ->
                  assertThat(sandbox.events())
                      .containsExactly(
                          new SessionEvent.Deleted(child.id()),
                          new SessionEvent.Deleted(parent.id())));
      assertThat(answer(sandbox.sessions().get(child.id()))).isEmpty();
    }
    assertThat(database.number("SELECT COUNT(*) FROM sideline_session_message")).isZero();
    assertThat(database.number("SELECT COUNT(*) FROM sideline_session")).isZero();
  }

  private EmbeddedRuntime open(SettableClock clock) {
    return EmbeddedRuntime.create(
        Workplace.of(List.of(CAT), folder),
        EmbeddedLimits.DEFAULT,
        clock,
        ProcessTrees.unwatched(),
        database.source(),
        StoreLimits.DEFAULT);
  }

  private void makeGate() {
    assertThat(folder.resolve("gate").toFile().mkdir()).isTrue();
  }

  private static NewSession child(Session parent) {
    return new NewSession(parent.id(), "below", null, Map.of());
  }

  private static PendingRequest request(Sandbox sandbox) {
    patiently().until(() -> !answer(sandbox.sessions().pendingRequests()).isEmpty());
    return answer(sandbox.sessions().pendingRequests()).get(0);
  }
}
