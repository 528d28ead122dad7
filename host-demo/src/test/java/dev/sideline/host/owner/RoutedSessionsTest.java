package dev.sideline.host.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.testing.RecordingSessionClient;
import dev.sideline.api.testing.SettableClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** Sessions of several runtimes, told apart by where they live. */
class RoutedSessionsTest {

  private static final String USUAL = "embedded";
  private static final String SERVER = "opencode http://127.0.0.1:4096";

  @TempDir private Path folder;
  private final RecordingSessionClient usual = new RecordingSessionClient();
  private final RecordingSessionClient server = new RecordingSessionClient();
  private SessionPlaces places;
  private RoutedSessions routed;
  private Session here;
  private Session there;

  @BeforeEach
  void openBoth() throws SQLException {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + folder.resolve("owner.db"));
    places = SessionPlaces.open(source, new SettableClock());
    routed = new RoutedSessions(places, USUAL, List.of(), usual::newMessageId);
    done(usual.create(root("only so that ids differ")));
    routed.attach(USUAL, usual);
    routed.attach(SERVER, server);
    here = done(routed.create(root("here"), USUAL, usual));
    there = done(routed.create(root("there"), SERVER, server));
  }

  @AfterEach
  void close() {
    places.close();
  }

  private static NewSession root(String title) {
    return new NewSession(null, title, null, Map.of());
  }

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  @Test
  void what_a_runtime_can_do_is_said_of_its_own_sessions() {
    server.answerAt("in its own window");
    server.offerStructuredOutput(true);

    assertThat(routed.whereToAnswer(there.id())).contains("in its own window");
    assertThat(routed.whereToAnswer(here.id())).isEmpty();
    assertThat(routed.whereToAnswer()).isEmpty();
    assertThat(routed.structuredOutput(there.id())).isTrue();
    assertThat(routed.structuredOutput(here.id())).isFalse();
    assertThat(routed.structuredOutput()).isFalse();
  }

  @Test
  void what_is_below_a_session_lives_where_that_does() {
    Session below = done(routed.create(new NewSession(there.id(), "below", null, Map.of())));
    server.answerAt("in its own window");

    assertThat(routed.whereToAnswer(below.id())).contains("in its own window");
    done(routed.prompt(Prompt.of(below.id(), routed.newMessageId(), "go").withoutWaking()));
    assertThat(done(server.messages(below.id(), 5))).extracting(Message::text).contains("go");
  }

  @Test
  void a_runtime_that_cannot_be_reached_costs_no_other_anything() {
    routed.detach(SERVER);

    assertThatThrownBy(() -> done(routed.messages(there.id(), 1)))
        .hasMessageContaining("cannot be reached until a client of it is there again");
    assertThat(done(routed.messages(here.id(), 1))).isEmpty();
    assertThat(done(routed.statuses())).containsEntry(there.id(), SessionStatus.BUSY);
    assertThat(routed.whereToAnswer(there.id())).isEmpty();

    routed.attach(SERVER, server);
    assertThat(done(routed.messages(there.id(), 1))).isEmpty();
    assertThat(done(routed.statuses())).doesNotContainKey(there.id());
  }

  @Test
  void what_begins_something_waits_for_its_runtime() {
    routed.detach(SERVER);
    NewSession below = new NewSession(there.id(), "below", null, Map.of());

    CompletionStage<Session> created = routed.create(below);
    CompletionStage<List<Session>> found = routed.children(there.id());
    CompletionStage<Void> prompted =
        routed.prompt(Prompt.of(there.id(), routed.newMessageId(), "go").withoutWaking());
    routed.attach("another", usual);

    assertThat(List.of(created, found, prompted)).noneMatch(RoutedSessionsTest::isDone);
    routed.attach(SERVER, server);
    assertThat(done(created).parentId()).isEqualTo(there.id());
    assertThat(done(found)).isNotNull();
    done(prompted);
    assertThat(done(server.messages(there.id(), 5))).extracting(Message::text).contains("go");
  }

  @Test
  void what_waits_for_a_session_follows_it_elsewhere() {
    routed.detach(SERVER);
    CompletionStage<Session> created =
        routed.create(new NewSession(there.id(), "below", null, Map.of()));
    RecordingSessionClient restarted = new RecordingSessionClient();
    assertThat(done(restarted.create(root("there"))).id()).isEqualTo(there.id());
    routed.attach("opencode http://127.0.0.1:5000", restarted);
    assertThat(isDone(created)).isFalse();

    done(routed.calls(there.id(), "opencode http://127.0.0.1:5000"));

    assertThat(done(created).parentId()).isEqualTo(there.id());
  }

  @Test
  void a_runtime_is_not_waited_for_for_ever() {
    RoutedSessions hasty =
        new RoutedSessions(places, USUAL, List.of(), usual::newMessageId, Duration.ofMillis(1));

    assertThatThrownBy(
            () -> done(hasty.create(new NewSession(there.id(), "below", null, Map.of()))))
        .hasMessageContaining("cannot be reached until a client of it is there again");
  }

  private static boolean isDone(CompletionStage<?> stage) {
    return stage.toCompletableFuture().isDone();
  }

  @Test
  void a_session_that_calls_from_elsewhere_lives_there_from_then_on() {
    String another = "opencode http://127.0.0.1:5000";
    RecordingSessionClient restarted = new RecordingSessionClient();
    restarted.addSession(there.id());
    routed.attach(another, restarted);
    restarted.answerAt("in the other one");

    done(routed.calls(there.id(), another));

    assertThat(routed.whereToAnswer(there.id())).contains("in the other one");
    assertThat(routed.livesIn(there.id(), another)).isTrue();
  }
}
