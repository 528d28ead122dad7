package dev.sideline.host.embedded;

import static dev.sideline.host.embedded.Sandbox.answer;
import static dev.sideline.host.embedded.Sandbox.patiently;
import static dev.sideline.host.embedded.Sandbox.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.sideline.api.SessionException;
import dev.sideline.api.ToolUse;
import dev.sideline.api.testing.SettableClock;
import dev.sideline.host.embedded.store.SessionStoreException;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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

  private EmbeddedRuntime open(SettableClock clock) {
    return EmbeddedRuntime.create(
        Workplace.of(List.of(CAT), folder),
        EmbeddedLimits.DEFAULT,
        clock,
        ProcessTrees.unwatched(),
        database.source(),
        StoreLimits.DEFAULT);
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

  private void makeGate() {
    assertThat(folder.resolve("gate").toFile().mkdir()).isTrue();
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

  // --- bounds

  @Test
  void what_has_no_room_in_memory_is_read_when_it_is_needed() {
    try (Sandbox sandbox =
        new Sandbox(folder, limits(4, 1_000_000), StoreLimits.DEFAULT, database, CAT)) {
      Session parent = sandbox.session();
      List<Session> children = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        Session child = answer(sandbox.sessions().create(child(parent)));
        answer(sandbox.sessions().prompt(sandbox.prompt(child, "cat", "text " + i)));
        sandbox.finished(child);
        children.add(child);
      }

      assertThat(answer(sandbox.sessions().children(parent.id()))).isEqualTo(children);
      for (int i = 0; i < 10; i++) {
        assertThat(sandbox.newest(children.get(i)).text()).isEqualTo("text " + i);
      }
      assertThat(sandbox.events()).noneMatch(SessionEvent.Deleted.class::isInstance);
      answer(sandbox.sessions().delete(parent.id()));
      assertThat(answer(sandbox.sessions().get(children.get(0).id()))).isEmpty();
    }
  }

  @Test
  void text_that_has_no_room_in_memory_is_read_when_it_is_needed() {
    try (Sandbox sandbox =
        new Sandbox(folder, limits(1_000, 1_000), StoreLimits.DEFAULT, database, CAT)) {
      List<Session> sessions = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Session session = sandbox.session();
        answer(sandbox.sessions().prompt(sandbox.prompt(session, "cat", i + "x".repeat(90))));
        sandbox.finished(session);
        sessions.add(session);
      }
      for (int i = 0; i < 20; i++) {
        assertThat(sandbox.newest(sessions.get(i)).text()).startsWith(i + "x");
      }
    }
  }

  @Test
  void calls_that_come_while_a_session_is_read_are_carried_out_in_their_order() {
    Session session;
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      session = sandbox.session();
    }
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        Prompt prompt = sandbox.prompt(session, null, "text " + i).withoutWaking();
        sent.add(sandbox.sessions().prompt(prompt).toCompletableFuture());
      }
      sent.forEach(Sandbox::answer);

      assertThat(answer(sandbox.sessions().messages(session.id(), 50)))
          .extracting(Message::text)
          .startsWith("text 49", "text 48")
          .endsWith("text 1", "text 0");
    }
  }

  @Test
  void a_session_keeps_its_newest_messages_in_the_record_too() {
    Session session;
    EmbeddedLimits four =
        new EmbeddedLimits(10, 4, 1_000_000, 100, 1_000, 10, Duration.ofSeconds(1));
    try (Sandbox sandbox = new Sandbox(folder, four, StoreLimits.DEFAULT, database, CAT)) {
      session = sandbox.session();
      for (int i = 0; i < 10; i++) {
        answer(
            sandbox.sessions().prompt(sandbox.prompt(session, null, "text " + i).withoutWaking()));
      }
    }
    assertThat(database.number("SELECT COUNT(*) FROM sideline_session_message")).isEqualTo(4);
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      assertThat(answer(sandbox.sessions().messages(session.id(), 50)))
          .extracting(Message::text)
          .containsExactly("text 9", "text 8", "text 7", "text 6");
    }
  }

  @Test
  void what_is_more_than_may_stay_recorded_goes_but_for_what_is_at_work() {
    AgentDefinition hanging = shell("hanging", "sleep 1000");
    StoreLimits two = new StoreLimits(Duration.ofDays(1), 1_000_000, 2);
    try (Sandbox sandbox =
        new Sandbox(folder, EmbeddedLimits.DEFAULT, two, database, hanging, CAT)) {
      Session working = sandbox.session();
      answer(sandbox.sessions().prompt(sandbox.prompt(working, "hanging", "x")));
      Session old = sandbox.session();
      Session parent = sandbox.session();
      Session child = answer(sandbox.sessions().create(child(parent)));
      sandbox.runtime().purge();

      patiently().until(() -> sandbox.events().contains(new SessionEvent.Deleted(old.id())));
      assertThat(answer(sandbox.sessions().get(old.id()))).isEmpty();
      assertThat(answer(sandbox.sessions().get(parent.id()))).isPresent();
      assertThat(answer(sandbox.sessions().get(child.id()))).isPresent();
      assertThat(answer(sandbox.sessions().statuses())).containsOnlyKeys(working.id());
    }
  }

  private static EmbeddedLimits limits(int sessions, long characters) {
    return new EmbeddedLimits(sessions, 100, characters, 100, 1_000, 10, Duration.ofSeconds(1));
  }

  // --- a database that cannot be written

  @Test
  void while_the_disk_is_full_nothing_new_is_begun_and_what_was_taken_is_recorded_later() {
    Session session;
    Prompt uncertain;
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      session = sandbox.session();
      database.fail(SQLiteErrorCode.SQLITE_FULL);
      uncertain = sandbox.prompt(session, "cat", "first");
      assertThat(refusal(sandbox.sessions().prompt(uncertain)))
          .returns(SessionException.Code.UNCERTAIN, SessionException::code)
          .hasMessageContaining("the disk is full");
      assertThat(refusal(sandbox.sessions().prompt(sandbox.prompt(session, "cat", "second"))))
          .returns(SessionException.Code.UNAVAILABLE, SessionException::code)
          .hasMessageContaining("the disk is full");
      assertThat(refusal(sandbox.sessions().create(NewSession.of("x"))))
          .returns(SessionException.Code.UNAVAILABLE, SessionException::code);
      patiently().until(() -> answer(sandbox.sessions().statuses()).isEmpty());
      database.fail(null);
      patiently()
          .ignoreExceptions()
          .until(() -> answer(sandbox.sessions().create(NewSession.of("x"))) != null);
      answer(sandbox.sessions().prompt(uncertain));

      assertThat(sandbox.newest(session).failure()).isNotNull();
      assertThat(sandbox.newest(session).failure().message())
          .contains("not started", "the disk is full");
    }
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      assertThat(answer(sandbox.sessions().messages(session.id(), 9)))
          .hasSize(2)
          .extracting(Message::id)
          .contains(uncertain.messageId());
    }
  }

  @Test
  void a_database_that_is_held_for_a_moment_costs_nothing_but_that_moment() {
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      Session session = sandbox.session();
      database.fail(SQLiteErrorCode.SQLITE_BUSY);
      CompletionStage<Void> prompted =
          sandbox.sessions().prompt(sandbox.prompt(session, "cat", "x"));
      assertThat(answer(sandbox.sessions().statuses())).containsKey(session.id());
      database.fail(null);
      answer(prompted);

      assertThat(sandbox.finished(session).text()).isEqualTo("x");
    }
  }

  @Test
  void what_cannot_be_recorded_by_itself_is_told_to_who_waits_and_hinders_nobody_else() {
    new Sandbox(folder, database, CAT).close();
    database.change(
        "CREATE TRIGGER refuse BEFORE INSERT ON sideline_session_message"
            + " WHEN NEW.message LIKE '%poison%'"
            + " BEGIN SELECT RAISE(ABORT, 'poison is not taken'); END");
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      Session one = sandbox.session();
      Session other = sandbox.session();
      database.hold();
      CompletionStage<Void> bad =
          sandbox.sessions().prompt(sandbox.prompt(one, null, "poison").withoutWaking());
      CompletionStage<Void> good =
          sandbox.sessions().prompt(sandbox.prompt(other, null, "water").withoutWaking());
      database.release();

      answer(good);
      assertThat(refusal(bad))
          .returns(SessionException.Code.UNCERTAIN, SessionException::code)
          .hasMessageContaining("poison is not taken");
      answer(sandbox.sessions().prompt(sandbox.prompt(one, "cat", "work")));
      assertThat(sandbox.finished(one).text()).contains("work");
    }
  }

  @Test
  void a_row_that_cannot_be_read_is_left_as_it_is_and_hides_no_other() {
    Session whole;
    Session damaged;
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      whole = sandbox.session();
      damaged = answer(sandbox.sessions().create(child(whole)));
      for (String text : List.of("one", "two", "three")) {
        answer(sandbox.sessions().prompt(sandbox.prompt(whole, null, text).withoutWaking()));
      }
    }
    database.change(
        "UPDATE sideline_session_message SET message = '{\"id\"', open = 1 WHERE number = 2");
    database.change("UPDATE sideline_session SET about = '{}' WHERE parent IS NOT NULL");
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      assertThat(answer(sandbox.sessions().messages(whole.id(), 10)))
          .extracting(Message::text)
          .containsExactly("three", "one");
      assertThat(answer(sandbox.sessions().children(whole.id()))).isEmpty();
      assertThat(answer(sandbox.sessions().get(damaged.id()))).isEmpty();
    }
    assertThat(
            database.number(
                "SELECT COUNT(*) FROM sideline_session_message WHERE message = '{\"id\"'"))
        .isEqualTo(1);
  }

  @Test
  void a_great_surplus_is_removed_bit_by_bit() {
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      List<CompletableFuture<Session>> sessions = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        sessions.add(sandbox.sessions().create(NewSession.of("x")).toCompletableFuture());
      }
      sessions.forEach(Sandbox::answer);
    }
    StoreLimits ten = new StoreLimits(Duration.ofDays(1), 1_000_000, 10);
    try (Sandbox sandbox = new Sandbox(folder, EmbeddedLimits.DEFAULT, ten, database, CAT)) {
      sandbox.runtime().purge();

      patiently().until(() -> sandbox.events().size() == 990);
      assertThat(sandbox.events()).allMatch(SessionEvent.Deleted.class::isInstance);
      assertThat(database.number("SELECT COUNT(*) FROM sideline_session")).isEqualTo(10);
    }
  }

  @Test
  void what_may_go_is_looked_for_bit_by_bit() {
    StoreLimits ten = new StoreLimits(Duration.ofDays(1), 1_000_000, 10);
    try (Sandbox sandbox = new Sandbox(folder, EmbeddedLimits.DEFAULT, ten, database, CAT)) {
      Session kept = sandbox.session();
      database.change(
          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
              + " INSERT INTO sideline_workplace (id, workplace) SELECT 'place ' || i, '' FROM n");
      database.change(
          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
              + " INSERT INTO sideline_session"
              + " SELECT 'ses_' || i, parent, -i, used - 1, size, 'place ' || (i % 10), about,"
              + " state, allowed FROM n, sideline_session");
      sandbox.runtime().purge();

      patiently().until(() -> database.number("SELECT COUNT(*) FROM sideline_session") == 10);
      assertThat(answer(sandbox.sessions().get(kept.id()))).isPresent();
      assertThat(database.number("SELECT COUNT(*) FROM sideline_workplace")).isEqualTo(10);
      assertThat(database.mostRead()).isBetween(1_000, 2_000);
    }
  }

  @Test
  void a_database_of_a_newer_version_is_refused() {
    new Sandbox(folder, database, CAT).close();
    database.change("INSERT INTO sideline_session_schema VALUES (2, 'x')");

    assertThatThrownBy(() -> new Sandbox(folder, database, CAT))
        .isInstanceOf(SessionStoreException.class)
        .hasMessageContaining("of a newer version (2) than this one knows (1)");
  }

  @Test
  void what_comes_while_a_commit_is_under_way_is_committed_together() {
    try (Sandbox sandbox = new Sandbox(folder, database, CAT)) {
      Session session = sandbox.session();
      int before = database.commits();
      database.hold();
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        Prompt prompt = sandbox.prompt(session, null, "text " + i).withoutWaking();
        sent.add(sandbox.sessions().prompt(prompt).toCompletableFuture());
      }
      answer(sandbox.sessions().statuses()); // By then all of it waits to be written.
      database.release();
      sent.forEach(Sandbox::answer);

      assertThat(database.commits() - before).isBetween(1, 3);
    }
  }

  private static NewSession child(Session parent) {
    return new NewSession(parent.id(), "below", null, Map.of());
  }

  private static PendingRequest request(Sandbox sandbox) {
    patiently().until(() -> !answer(sandbox.sessions().pendingRequests()).isEmpty());
    return answer(sandbox.sessions().pendingRequests()).get(0);
  }

  private static SessionException refusal(CompletionStage<?> stage) {
    return (SessionException)
        answer(
            stage.handle(
                (result, failure) ->
                    failure instanceof CompletionException ? failure.getCause() : failure));
  }
}
