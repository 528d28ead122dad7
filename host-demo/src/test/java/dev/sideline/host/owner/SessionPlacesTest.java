package dev.sideline.host.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.testing.SettableClock;
import dev.sideline.host.UnfitTablesException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** What an owner has noted of sessions and conversations. */
class SessionPlacesTest {

  private static final String SERVER = "opencode http://127.0.0.1:4096";
  private static final Duration MONTH = Duration.ofDays(30);

  @TempDir private Path folder;
  private final SettableClock clock = new SettableClock();
  private SessionPlaces places;

  @BeforeEach
  void openIt() throws SQLException {
    places = SessionPlaces.open(source(), clock);
  }

  @AfterEach
  void closeIt() {
    places.close();
  }

  private SQLiteDataSource source() {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl(url());
    return source;
  }

  private String url() {
    return "jdbc:sqlite:" + folder.resolve("owner.db");
  }

  private void reopen() throws SQLException {
    places.close();
    openIt();
  }

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private long count(String table) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private int purge(String... needed) {
    places.beginPurge(MONTH);
    return done(places.purge(MONTH, Set.of(needed)));
  }

  @Test
  void where_a_tree_lives_and_whose_session_it_is_are_there_again() throws SQLException {
    done(places.added("top", "top", SERVER));
    done(places.added("below", "top", SERVER));
    done(places.converses("codex:1", "talk"));

    reopen();

    assertThat(places.runtimeOf("below")).contains(SERVER);
    assertThat(places.rootOf("below")).isEqualTo("top");
    assertThat(places.runtimeOf("unknown")).isEmpty();
    assertThat(places.sessionOf("codex:1")).contains("talk");
  }

  @Test
  void what_lived_in_a_server_lives_in_its_successor() throws SQLException {
    done(places.added("below", "top", SERVER));
    places.succeeds(SERVER, "project", used -> false);
    places.succeeds("used", "project", used -> true);
    reopen();

    assertThat(places.succeeds("another", "project", used -> used.equals("used")))
        .containsExactly(SERVER);
    assertThat(places.runtimeOf("below")).contains("another");
    assertThat(places.succeeds("foreign", "another project", used -> false)).isEmpty();

    reopen();

    assertThat(places.runtimeOf("below")).contains("another");
    assertThat(places.runtimes()).containsExactly("another");
  }

  @Test
  void what_is_old_and_needed_by_nobody_is_forgotten() throws SQLException {
    done(places.added("top", "top", SERVER));
    done(places.added("task", "top", SERVER));
    done(places.added("alone", "alone", "another"));
    done(places.converses("codex:1", "talk"));
    done(places.converses("codex:2", "parent"));
    clock.advance(MONTH);
    assertThat(places.beginPurge(MONTH)).isFalse();
    assertThat(purge()).isZero();
    clock.advance(Duration.ofMillis(1));
    assertThat(places.beginPurge(MONTH)).isTrue();

    assertThat(purge("task", "parent")).isEqualTo(3);

    for (int round = 0; round < 2; round++) {
      assertThat(places.runtimeOf("task")).contains(SERVER);
      assertThat(places.runtimes()).containsExactly(SERVER);
      assertThat(places.sessionOf("codex:1")).isEmpty();
      assertThat(places.sessionOf("codex:2")).contains("parent");
      reopen();
    }
    assertThat(purge("parent")).isEqualTo(1);
    assertThat(count("sideline_place") + count("sideline_root")).isZero();
  }

  @Test
  void the_session_of_a_conversation_stays_where_it_is_for_as_long_as_that() {
    done(places.added("talk", "talk", SERVER));
    clock.advance(MONTH.plusDays(1));
    done(places.converses("codex:1", "talk"));

    assertThat(purge()).isZero();

    clock.advance(MONTH.plusDays(1));
    assertThat(purge()).isEqualTo(2);
  }

  @Test
  void who_is_asked_for_while_it_is_decided_is_not_forgotten() {
    done(places.added("calls", "calls", SERVER));
    done(places.added("rests", "rests", SERVER));
    clock.advance(MONTH.plusDays(1));
    assertThat(places.beginPurge(MONTH)).isTrue();
    assertThat(places.runtimeOf("calls")).isPresent();

    assertThat(done(places.purge(MONTH, Set.of()))).isEqualTo(1);

    assertThat(places.runtimeOf("calls")).contains(SERVER);
    assertThat(places.runtimeOf("rests")).isEmpty();
  }

  @Test
  void who_was_forgotten_and_calls_again_is_noted_again() throws SQLException {
    done(places.added("top", "top", SERVER));
    clock.advance(MONTH.plusDays(1));
    assertThat(purge()).isEqualTo(1);

    done(places.moved("top", SERVER));
    reopen();

    assertThat(places.runtimeOf("top")).contains(SERVER);
  }

  @Test
  void a_file_of_a_newer_version_is_refused_and_left_as_it_is() throws SQLException {
    done(places.converses("codex:1", "talk"));
    places.close();
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO sideline_owner_schema VALUES (2, 'x')");
    }

    assertThatThrownBy(() -> SessionPlaces.open(source(), clock))
        .isInstanceOf(UnfitTablesException.class)
        .hasMessageContaining("of a newer version (2) than this one knows (1)")
        .hasMessageContaining("use the newer version, or another data directory");
    assertThat(count("sideline_conversation")).isEqualTo(1);
  }

  @Test
  void tables_of_another_making_are_refused() throws SQLException {
    places.close();
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE sideline_owner_schema SET checksum = 'x'");
    }

    assertThatThrownBy(() -> SessionPlaces.open(source(), clock))
        .hasMessageContaining("were not made by this program (script 1 was another)");
  }
}
