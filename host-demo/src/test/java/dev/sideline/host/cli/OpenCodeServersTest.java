package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionClient;
import dev.sideline.api.testing.RecordingSessionClient;
import dev.sideline.host.opencode.OpenCodeOptions;
import dev.sideline.host.owner.RoutedSessions;
import dev.sideline.host.owner.SessionPlaces;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** Which OpenCode server has the sessions of which other, when they and the owner come and go. */
class OpenCodeServersTest {

  private static final String PROJECT = "/home/me/project/caller.key";

  @TempDir private Path folder;
  private SessionPlaces places;
  private RoutedSessions sessions;
  private OpenCodeServers servers;

  @BeforeEach
  void open() throws SQLException {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + folder.resolve("owner.db"));
    places = SessionPlaces.open(source, Clock.systemUTC());
    sessions =
        new RoutedSessions(
            places, "embedded", List.of(), new RecordingSessionClient()::newMessageId);
    servers = new OpenCodeServers(sessions);
  }

  @AfterEach
  void close() {
    servers.close();
    places.close();
  }

  private void restartTheOwner() throws SQLException {
    close();
    open();
  }

  /** Nobody listens at port 1. */
  private static OpenCodeOptions at(int port, String password) {
    return OpenCodeOptions.of(URI.create("http://127.0.0.1:" + port))
        .withLogin("opencode", password);
  }

  private void calls(String session, String runtime) {
    sessions.calls(session, runtime).toCompletableFuture().join();
  }

  @Test
  void one_that_has_another_password_is_reached_with_that_by_all() {
    String name = servers.join(at(1, "old"), PROJECT);
    calls("ses_1", name);
    SessionClient before = sessions.of(name);

    assertThat(servers.join(at(1, "new"), PROJECT)).isEqualTo(name);

    SessionClient after = sessions.of(name);
    assertThat(after).isNotSameAs(before);
    servers.leave(name); // The client of before: the other one is still there.
    servers.join(at(2, "x"), PROJECT);
    assertThat(sessions.of(name)).isSameAs(after);
    assertThat(sessions.livesIn("ses_1", name)).isTrue();
  }

  @Test
  void what_lived_at_another_port_lives_in_its_successor_also_after_a_restart_of_the_owner()
      throws SQLException {
    String first = servers.join(at(1, "a"), PROJECT);
    calls("ses_1", first);
    servers.leave(first);
    String second = servers.join(at(2, "b"), PROJECT);
    assertThat(sessions.livesIn("ses_1", second)).isTrue();

    restartTheOwner();
    String other = servers.join(at(4, "c"), "/home/me/another/caller.key");
    assertThat(sessions.livesIn("ses_1", other)).isFalse();
    String third = servers.join(at(3, "c"), PROJECT);

    assertThat(sessions.livesIn("ses_1", third)).isTrue();
  }

  @Test
  void one_that_listens_keeps_its_sessions_though_its_client_has_not_come_back_yet()
      throws IOException, SQLException {
    try (ServerSocket alive = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String first = servers.join(at(alive.getLocalPort(), "a"), PROJECT);
      calls("ses_1", first);
      restartTheOwner();

      servers.join(at(2, "b"), PROJECT);

      assertThat(sessions.livesIn("ses_1", first)).isTrue();
      servers.join(at(alive.getLocalPort(), "a"), PROJECT);
      assertThat(sessions.livesIn("ses_1", first)).isTrue();
    }
  }
}
