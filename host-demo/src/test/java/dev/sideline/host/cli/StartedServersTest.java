package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.NewSession;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.api.TaskStatus;
import dev.sideline.api.Usage;
import dev.sideline.api.testing.RecordingSessionClient;
import dev.sideline.api.testing.SettableClock;
import dev.sideline.host.EventSink;
import dev.sideline.host.SessionRuntime;
import dev.sideline.host.opencode.OpenCodeServer.Launch;
import dev.sideline.host.owner.RoutedSessions;
import dev.sideline.host.owner.SessionPlaces;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** When servers that an owner starts begin and end. */
class StartedServersTest {

  private static final Duration LONG = StartedServers.IDLE.plusSeconds(1);

  @TempDir private Path folder;
  private final SettableClock clock = new SettableClock();
  private final List<Fake> started = new ArrayList<>();
  private final List<TaskSnapshot> live = new ArrayList<>();
  private boolean refuses;
  private SessionPlaces places;
  private RoutedSessions sessions;
  private StartedServers servers;

  /** A server without a process. */
  private static final class Fake implements StartedServers.Running, SessionRuntime {

    private final Launch launch;
    private final RecordingSessionClient sessions = new RecordingSessionClient();
    private boolean lives = true;
    private boolean closed;

    Fake(Launch launch) {
      this.launch = launch;
    }

    @Override
    public SessionRuntime runtime() {
      return this;
    }

    @Override
    public boolean lives() {
      return lives;
    }

    @Override
    public SessionClient sessions() {
      return sessions;
    }

    @Override
    public void start(EventSink sink) {
      // It has nothing to tell.
    }

    @Override
    public void close() {
      lives = false;
      closed = true;
    }
  }

  @BeforeEach
  void open() throws SQLException {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + folder.resolve("owner.db"));
    places = SessionPlaces.open(source, clock);
    sessions =
        new RoutedSessions(
            places, "embedded", List.of(), new RecordingSessionClient()::newMessageId);
    servers = new StartedServers(sessions, this::start, () -> live, clock::nanoTime);
  }

  @AfterEach
  void close() {
    servers.close();
    places.close();
    assertThat(started).allMatch(server -> server.closed);
  }

  private StartedServers.Running start(Launch launch) throws IOException {
    if (refuses) {
      throw new IOException("there is no port");
    }
    Fake server = new Fake(launch);
    started.add(server);
    return server;
  }

  private Launch launch(String... variables) {
    Map<String, String> environment =
        variables.length == 0 ? Map.of() : Map.of(variables[0], variables[1]);
    return Launch.of(folder.resolve("opencode"), folder).within(environment);
  }

  private Session session(StartedServers.Part part) {
    NewSession request = new NewSession(null, "t", null, Map.of());
    return done(sessions.create(request, part.name(), sessions.of(part.name())));
  }

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private static TaskSnapshot taskOf(String parent) {
    return new TaskSnapshot(
        "bg_1",
        parent,
        parent,
        null,
        "general",
        null,
        "d",
        TaskStatus.RUNNING,
        null,
        null,
        new TaskSnapshot.Times(Instant.EPOCH, null, null, Instant.EPOCH, null),
        null,
        List.of(),
        0,
        null,
        Usage.NONE);
  }

  private void later(Duration time) {
    clock.advance(time);
    servers.look();
  }

  @Test
  void clients_in_one_folder_have_one_and_it_ends_a_while_after_the_last() throws IOException {
    StartedServers.Part one = servers.join(launch("SHLVL", "1"));
    StartedServers.Part other = servers.join(launch("SHLVL", "2"));
    assertThat(other.foreign()).isFalse();
    assertThat(other.name()).isEqualTo(one.name());
    one.leave();
    later(LONG);
    other.leave();
    later(Duration.ofSeconds(59));
    assertThat(started).singleElement().matches(server -> !server.closed);

    later(Duration.ofSeconds(2));

    assertThat(started).singleElement().matches(server -> server.closed);
    assertThatThrownBy(() -> session(one)).hasMessageContaining("cannot be reached until a client");
    servers.join(launch()).leave();
    assertThat(started).hasSize(2);
  }

  @Test
  void one_in_which_a_task_is_at_work_stays() throws IOException {
    StartedServers.Part part = servers.join(launch());
    live.add(taskOf(session(part).id()));
    part.leave();

    later(LONG);
    later(LONG);
    assertThat(started.get(0).closed).isFalse();
    live.clear();
    later(LONG);

    assertThat(started.get(0).closed).isTrue();
  }

  @Test
  void one_that_has_ended_by_itself_is_started_again_while_it_is_needed() throws IOException {
    StartedServers.Part part = servers.join(launch("KEY", "mine"));
    started.get(0).lives = false;
    refuses = true;
    later(Duration.ofSeconds(2));
    refuses = false;
    later(Duration.ofMillis(500));
    assertThat(started).hasSize(1);

    later(Duration.ofSeconds(1));

    assertThat(started).hasSize(2);
    assertThat(started.get(0).closed).isTrue();
    assertThat(started.get(1).launch.base()).containsEntry("KEY", "mine");
    assertThat(session(part).id()).isNotEmpty();
    part.leave();
    started.get(1).lives = false;
    later(Duration.ofSeconds(2));
    assertThat(started).hasSize(2);
  }

  @Test
  void a_client_with_another_environment_has_one_with_that_unless_others_are_at_work()
      throws IOException {
    StartedServers.Part first = servers.join(launch("KEY", "old"));
    StartedServers.Part shared = servers.join(launch("KEY", "new"));
    assertThat(shared.foreign()).isTrue();
    assertThat(started).hasSize(1);
    shared.leave();
    first.leave();

    StartedServers.Part own = servers.join(launch("KEY", "new"));

    assertThat(own.foreign()).isFalse();
    assertThat(started).hasSize(2);
    assertThat(started.get(0).closed).isTrue();
    assertThat(started.get(1).launch.base()).containsEntry("KEY", "new");
  }

  @Test
  void who_cannot_have_one_is_told_why_and_the_next_has_one() throws IOException {
    refuses = true;
    assertThatThrownBy(() -> servers.join(launch())).hasMessage("there is no port");
    refuses = false;

    assertThat(session(servers.join(launch())).id()).isNotEmpty();
  }
}
