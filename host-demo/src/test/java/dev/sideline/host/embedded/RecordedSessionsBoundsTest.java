package dev.sideline.host.embedded;

import static dev.sideline.host.embedded.Sandbox.answer;
import static dev.sideline.host.embedded.Sandbox.patiently;
import static dev.sideline.host.embedded.Sandbox.shell;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.host.embedded.store.StoreLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much of embedded sessions is in memory, and how much stays recorded. */
class RecordedSessionsBoundsTest {

  private static final AgentDefinition CAT = AgentDefinition.of("cat", "", List.of("cat"));

  @TempDir private Path folder;
  private TestDatabase database;

  @BeforeEach
  void openDatabase() {
    database = new TestDatabase(folder);
  }

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

  private static EmbeddedLimits limits(int sessions, long characters) {
    return new EmbeddedLimits(sessions, 100, characters, 100, 1_000, 10, Duration.ofSeconds(1));
  }

  private static NewSession child(Session parent) {
    return new NewSession(parent.id(), "below", null, Map.of());
  }
}
