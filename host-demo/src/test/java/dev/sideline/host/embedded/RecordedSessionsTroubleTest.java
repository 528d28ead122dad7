package dev.sideline.host.embedded;

import static dev.sideline.host.embedded.Sandbox.answer;
import static dev.sideline.host.embedded.Sandbox.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionException;
import dev.sideline.host.embedded.store.SessionStoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;

/** What becomes of embedded sessions while their database does not do as it should. */
class RecordedSessionsTroubleTest {

  private static final AgentDefinition CAT = AgentDefinition.of("cat", "", List.of("cat"));

  @TempDir private Path folder;
  private TestDatabase database;

  @BeforeEach
  void openDatabase() {
    database = new TestDatabase(folder);
  }

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

  private static SessionException refusal(CompletionStage<?> stage) {
    return (SessionException)
        answer(
            stage.handle(
                (result, failure) ->
                    failure instanceof CompletionException ? failure.getCause() : failure));
  }
}
