package dev.sideline.background.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Changes.TaskRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Provenance;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a store in a database does besides, whichever it is. */
abstract class JdbcTaskStoreContract extends TaskStoreContract {

  private static final Duration FOR_EVER = Duration.ofDays(36_500);
  private static final LongSupplier CLOCK = System::currentTimeMillis;
  private static final KeptRows KEPT = new KeptRows(3, 100_000, 1L << 40, FOR_EVER, CLOCK);

  private JdbcTaskStore store;

  /** The database of this test, which is empty at first. */
  abstract DataSource database();

  @Override
  final TaskStore store() {
    if (store == null) {
      store = open("one");
    }
    return store;
  }

  private JdbcTaskStore open(String owner) {
    return open(owner, KEPT);
  }

  private JdbcTaskStore open(String owner, KeptRows kept) {
    return new JdbcTaskStore(database(), owner, kept, Runnable::run, Runnable::run, () -> {});
  }

  @AfterEach
  final void closeStore() {
    if (store != null) {
      store.close();
    }
  }

  @Test
  void what_is_recorded_is_there_when_it_is_opened_again() {
    Task task = full();
    save(
        new Changes.Builder()
            .create(TaskRow.of(task, state(task, 1)))
            .end(outcomeOf(task))
            .put(account("parent", 1)));
    store.close();
    store = open("one");

    assertThat(load().tasks()).extracting(RecordedTask::task).containsExactly(task);
    assertThat(load().accounts()).containsExactly(account("parent", 1));
  }

  @Test
  void of_finished_tasks_the_newest_are_loaded_and_all_are_kept() {
    Changes.Builder changes = new Changes.Builder();
    for (int i = 1; i <= 5; i++) {
      changes.create(finished("bg_" + i, i));
    }
    Task live = SampleTasks.running("bg_live");
    save(changes.create(TaskRow.of(live, state(live, 1))));

    assertThat(load().tasks())
        .extracting(recorded -> recorded.task().id().value())
        .containsExactlyInAnyOrder("bg_5", "bg_4", "bg_3", "bg_live");
    assertThat(load().more()).isTrue();
    assertThat(count("sideline_task")).isEqualTo(6);
  }

  @Test
  void of_what_is_too_much_the_oldest_goes_when_it_is_opened() {
    JdbcTaskStore small = open("one", new KeptRows(3, 4, 1L << 40, FOR_EVER, CLOCK));
    fill(10);
    small.load().toCompletableFuture().join();

    assertThat(count("sideline_task")).isEqualTo(4);
    assertThat(count("sideline_ancestor")).isEqualTo(4);
    assertThat(small.page(Long.MAX_VALUE, 10).toCompletableFuture().join())
        .extracting(Task::number)
        .containsExactly(10L, 9L, 8L, 7L);
    small.close();
  }

  @Test
  void what_open_tasks_follow_on_is_loaded_however_old_it_is() {
    Changes.Builder changes = new Changes.Builder();
    for (int i = 1; i <= 5; i++) {
      add(changes, closed("bg_" + i, i, "parent"));
    }
    Task follower =
        Task.pending(
            new TaskId("bg_next"),
            List.of("parent"),
            SampleTasks.spec("next"),
            LaunchOptions.NONE,
            Provenance.following(List.of(new TaskId("bg_1")), new TaskId("bg_5")),
            null,
            0);
    save(changes.create(TaskRow.of(follower, state(follower, 1))));

    assertThat(load().tasks())
        .extracting(recorded -> recorded.task().id().value())
        .containsExactlyInAnyOrder("bg_next", "bg_5", "bg_4", "bg_3", "bg_1");
  }

  @Test
  void the_last_task_of_a_session_that_has_launched_an_open_one_is_loaded_however_old_it_is() {
    Changes.Builder changes = new Changes.Builder();
    add(changes, closed("bg_first", 1, "root").inSession("ses_upper"));
    add(changes, closed("bg_last", 2, "root").inSession("ses_upper"));
    add(changes, closed("bg_other", 3, "root").inSession("ses_other"));
    for (int i = 4; i <= 6; i++) {
      add(changes, closed("bg_" + i, i, "parent"));
    }
    Task open =
        Task.pending(
            new TaskId("bg_open"),
            List.of("ses_upper", "root"),
            SampleTasks.spec("open"),
            LaunchOptions.NONE,
            Provenance.LAUNCHED,
            null,
            0);
    save(changes.create(TaskRow.of(open, state(open, 1))));

    assertThat(load().tasks())
        .extracting(recorded -> recorded.task().id().value())
        .containsExactlyInAnyOrder("bg_open", "bg_6", "bg_5", "bg_4", "bg_last");
  }

  @Test
  void the_highest_number_is_known_of_what_is_not_loaded_too() {
    Changes.Builder changes = new Changes.Builder();
    for (int i = 1; i <= 5; i++) {
      add(changes, closed("bg_" + i, 6 - i, i, "parent"));
    }
    save(changes);

    assertThat(load().tasks()).extracting(recorded -> recorded.task().number()).doesNotContain(5L);
    assertThat(load().lastNumber()).isEqualTo(5);
  }

  @Test
  void of_what_is_too_long_the_oldest_goes() {
    fill(10);
    JdbcTaskStore small = open("one", new KeptRows(3, 1_000, 2_000, FOR_EVER, CLOCK));
    small.load().toCompletableFuture().join();

    assertThat(count("sideline_task")).isBetween(1, 9);
    assertThat(small.page(Long.MAX_VALUE, 1).toCompletableFuture().join())
        .extracting(Task::number)
        .containsExactly(10L);
    small.close();
  }

  @Test
  void what_was_kept_for_long_enough_goes_however_much_it_is() {
    fill(2 * RowPurge.AT_A_TIME);
    JdbcTaskStore shortLived =
        open(
            "one",
            new KeptRows(
                3, 100_000, 1L << 40, Duration.ofMillis(100), () -> 2L * RowPurge.AT_A_TIME + 100));
    shortLived.load().toCompletableFuture().join();

    assertThat(count("sideline_task")).isEqualTo(1);
    shortLived.close();
  }

  private void fill(int tasks) {
    Changes.Builder changes = new Changes.Builder();
    for (int i = 1; i <= tasks; i++) {
      add(changes, closed("bg_" + i, i, "parent"));
    }
    save(changes);
  }

  @Test
  void a_task_that_another_owner_has_taken_is_not_written_and_nothing_else_is()
      throws SQLException {
    Task mine = SampleTasks.running("bg_mine");
    Task taken = SampleTasks.running("bg_taken");
    save(
        new Changes.Builder()
            .create(TaskRow.of(mine, state(mine, 1)))
            .create(TaskRow.of(taken, state(taken, 1))));
    execute("UPDATE sideline_task SET owner = 'two' WHERE id = 'bg_taken'");
    Changes changes = new Changes.Builder().move(state(mine, 2)).move(state(taken, 2)).drain();

    assertThat(store().save(changes).toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join())
        .isEqualTo(new SaveResult.Fenced(Set.of(new TaskId("bg_taken"))));
    assertThat(load().tasks()).extracting(RecordedTask::version).containsExactly(1L);
  }

  @Test
  void a_state_goes_to_a_higher_version_alone() {
    Task running = SampleTasks.running("bg_a");
    save(new Changes.Builder().create(TaskRow.of(running, state(running, 5))));
    save(new Changes.Builder().move(state(running.withModel(null).withNumber(9), 4)));

    assertThat(load().tasks().get(0).version()).isEqualTo(5);
  }

  @Test
  void a_row_that_cannot_be_read_is_left_as_it_is_and_hides_no_other() throws SQLException {
    Task broken = SampleTasks.running("bg_broken");
    Task sound = SampleTasks.running("bg_sound");
    save(
        new Changes.Builder()
            .create(TaskRow.of(broken, state(broken, 1)))
            .create(TaskRow.of(sound, state(sound, 1))));
    execute("UPDATE sideline_task SET state = '{' WHERE id = 'bg_broken'");

    assertThat(load().tasks()).extracting(RecordedTask::task).containsExactly(sound);
    assertThat(count("sideline_task")).isEqualTo(2);
  }

  @Test
  void a_database_of_a_newer_version_is_refused_with_words() throws SQLException {
    store().load().toCompletableFuture().join();
    execute("INSERT INTO sideline_schema (version, checksum) VALUES (99, 'x')");

    assertThatThrownBy(() -> open("one"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("newer version (99)")
        .hasMessageContaining("another data directory");
  }

  @Test
  void a_database_with_tables_of_another_making_is_refused_with_words() throws SQLException {
    store().load().toCompletableFuture().join();
    execute("UPDATE sideline_schema SET checksum = 'x'");

    assertThatThrownBy(() -> open("one"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("script 1 was another");
  }

  @Test
  void of_what_breaks_off_in_the_middle_nothing_is_recorded_with_what_comes_next() {
    Task half = SampleTasks.running("bg_half");
    Task next = SampleTasks.running("bg_next");
    TaskStateRow state = state(half, 2);
    TaskStateRow broken =
        new TaskStateRow(
            state.task(),
            state.version(),
            null,
            state.session(),
            state.activation(),
            state.promptId(),
            state.model(),
            state.startedMillis(),
            state.settledMillis(),
            state.progress(),
            state.handling());
    Changes changes =
        new Changes.Builder().create(TaskRow.of(half, state(half, 1))).move(broken).drain();
    assertThat(store().save(changes).toCompletableFuture()).isCompletedExceptionally();
    save(new Changes.Builder().create(TaskRow.of(next, state(next, 1))));

    assertThat(load().tasks()).extracting(RecordedTask::task).containsExactly(next);
  }

  @Test
  void what_the_database_refuses_is_recorded_when_it_does_not_any_more() throws SQLException {
    Task task = SampleTasks.running("bg_a");
    Changes changes = new Changes.Builder().create(TaskRow.of(task, state(task, 1))).drain();
    store().load().toCompletableFuture().join();
    execute("ALTER TABLE sideline_task RENAME TO elsewhere");
    assertThat(store().save(changes).toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join())
        .isNotEqualTo(SaveResult.DONE);
    execute("ALTER TABLE elsewhere RENAME TO sideline_task");

    assertThat(store().save(changes).toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join())
        .isEqualTo(SaveResult.DONE);
    assertThat(load().tasks()).hasSize(1);
  }

  final void execute(String sql) throws SQLException {
    try (Connection connection = database().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private int count(String table) {
    try (Connection connection = database().getConnection();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
      rows.next();
      return rows.getInt(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
