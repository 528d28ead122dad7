package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.Reply;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.api.TaskStatus;
import dev.sideline.api.Usage;
import dev.sideline.api.testing.SettableClock;
import dev.sideline.host.embedded.store.StoreLimits;
import dev.sideline.host.owner.SessionPlaces;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** Who still needs what an owner has noted. */
class PlacePurgeTest {

  private static final Duration OLD = StoreLimits.DEFAULT.age().plusDays(1);

  @TempDir private Path folder;
  private final SettableClock clock = new SettableClock();
  private final Pages pages = new Pages();
  private SessionPlaces places;

  /** Two pages of tasks, of which the second is in the record alone. */
  private static final class Pages implements TaskOperator {
    private boolean unreadable;

    @Override
    public CompletionStage<TaskPage> page(String after, int limit) {
      if (after == null) {
        return CompletableFuture.completedStage(
            new TaskPage(List.of(task("live", TaskStatus.RUNNING)), "second"));
      }
      return unreadable
          ? CompletableFuture.failedStage(new IllegalStateException("the record is held"))
          : CompletableFuture.completedStage(
              new TaskPage(List.of(task("ended", TaskStatus.COMPLETED)), null));
    }

    private static TaskSnapshot task(String parent, TaskStatus status) {
      return new TaskSnapshot(
          "bg_" + parent,
          parent,
          parent,
          null,
          "echo",
          null,
          "d",
          status,
          null,
          null,
          new TaskSnapshot.Times(Instant.EPOCH, null, null, Instant.EPOCH, null),
          null,
          List.of(),
          0,
          null,
          Usage.NONE);
    }

    @Override
    public CompletionStage<List<TaskSnapshot>> tasks() {
      throw new AssertionError("those in memory are not all");
    }

    @Override
    public CompletionStage<Optional<TaskSnapshot>> task(String id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Optional<TaskSnapshot>> cancel(String id, String reason) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Answered> answer(String requestId, Reply reply) {
      throw new UnsupportedOperationException();
    }
  }

  @BeforeEach
  void noteFour() throws SQLException {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + folder.resolve("owner.db"));
    places = SessionPlaces.open(source, clock);
    for (String session : List.of("live", "ended", "there", "gone")) {
      places.converses("codex:" + session, session).toCompletableFuture().join();
    }
  }

  @AfterEach
  void closeIt() {
    places.close();
  }

  private void purge() {
    try (PlacePurge purge = new PlacePurge(places, new AllTasks(List.of(pages)), this::attached)) {
      purge.purge();
    }
  }

  private Set<String> attached() {
    return Set.of("there");
  }

  @Test
  void what_neither_a_task_nor_a_client_needs_is_forgotten_when_it_is_old() {
    purge();
    assertThat(places.conversationSessions()).hasSize(4);
    clock.advance(OLD);

    purge();

    assertThat(places.conversationSessions()).containsExactlyInAnyOrder("live", "ended", "there");
  }

  @Test
  void while_the_record_of_tasks_cannot_be_read_nothing_is_forgotten() {
    clock.advance(OLD);
    pages.unreadable = true;

    assertThatThrownBy(this::purge).hasRootCauseMessage("the record is held");

    assertThat(places.conversationSessions()).hasSize(4);
  }
}
