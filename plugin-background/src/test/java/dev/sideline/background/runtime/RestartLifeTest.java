package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.Prompt;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.api.testing.RecordingSessionClient;
import dev.sideline.api.testing.SessionCall;
import dev.sideline.api.testing.TestHost;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Changes.TaskRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.store.MemoryTaskStore;
import dev.sideline.background.store.SaveResult;
import dev.sideline.background.store.SqliteFile;
import dev.sideline.background.store.StoreException;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runtime begins with what the store holds. */
class RestartLifeTest {

  private static final Task RUNNING = SampleTasks.running("bg_a");

  private final TestHost host = new TestHost();
  private final RecordingSessionClient sessions = host.sessions();

  @AfterEach
  void end() {
    host.close();
  }

  @Test
  void a_task_that_has_ended_while_there_was_no_process_is_told_of() {
    sessions.addSession("parent");
    String session = sessions.addSession("ses_bg_a", "parent").id();
    sessions.prompt(Prompt.of(session, "msg_1", "the prompt")).toCompletableFuture().join();
    sessions.finish(session, "42");
    MemoryTaskStore store = new MemoryTaskStore();
    TaskRow row = TaskRow.of(RUNNING.withNumber(1), TaskStateRow.of(RUNNING, 1));
    store.save(new Changes.Builder().create(row).drain()).toCompletableFuture().join();
    try (BackgroundRuntime runtime =
        new BackgroundRuntime(host, SettingsReader.read(Map.of()), store)) {
      await()
          .untilAsserted(
              () ->
                  assertThat(sessions.calls(SessionCall.SendPrompt.class))
                      .extracting(call -> call.prompt().sessionId())
                      .contains("parent"));

      Task ended = shown(runtime, RUNNING.id());
      assertThat(ended.status()).isEqualTo(TaskStatus.COMPLETED);
      assertThat(ended.outcome().text()).isEqualTo("42");
    }
  }

  @Test
  void what_one_runtime_has_recorded_in_a_database_the_next_begins_with(@TempDir Path folder) {
    host.dataSource(SqliteFile.in(folder));
    sessions.addSession("parent");
    Settings settings = SettingsReader.read(Map.of());
    TaskId first;
    try (BackgroundRuntime runtime =
        new BackgroundRuntime(host, settings, TaskStores.of(host, settings))) {
      first = launch(runtime);
      await().until(() -> status(runtime, first) == TaskStatus.RUNNING);
    }
    try (BackgroundRuntime runtime =
        new BackgroundRuntime(host, settings, TaskStores.of(host, settings))) {
      assertThat(status(runtime, first)).isEqualTo(TaskStatus.RUNNING);
      finish(runtime, first, "42");
      await().until(() -> status(runtime, first) == TaskStatus.COMPLETED);
    }
    assertThat(sessions.calls(SessionCall.Create.class)).hasSize(1);
    assertThat(sessions.calls(SessionCall.Abort.class)).isEmpty();
  }

  @Test
  void what_leaves_memory_is_read_from_the_database(@TempDir Path folder) {
    host.dataSource(SqliteFile.in(folder));
    sessions.addSession("parent");
    Settings settings = SettingsReader.read(Map.of("retained_max_count", "1"));
    List<TaskId> tasks = new ArrayList<>();
    try (BackgroundRuntime runtime =
        new BackgroundRuntime(host, settings, TaskStores.of(host, settings))) {
      TaskOperator operator = new OperatorDesk(runtime);
      for (int i = 0; i < 3; i++) {
        TaskId task = launch(runtime);
        tasks.add(task);
        await().until(() -> status(runtime, task) == TaskStatus.RUNNING);
        finish(runtime, task, "answer " + i);
        await().until(() -> status(runtime, task) == TaskStatus.COMPLETED);
      }
      await().until(() -> join(operator.tasks()).size() == 1);

      assertThat(shown(runtime, tasks.get(0)).outcome().text()).isEqualTo("answer 0");
      TaskOperator.TaskPage first = join(operator.page(null, 2));
      TaskOperator.TaskPage second = join(operator.page(first.next(), 2));
      assertThat(Stream.concat(first.tasks().stream(), second.tasks().stream()))
          .extracting(TaskSnapshot::id)
          .containsExactly(tasks.get(2).value(), tasks.get(1).value(), tasks.get(0).value());
      assertThat(second.next()).isNull();
      TaskOperator.TaskReport report = join(operator.report(tasks.get(0).value())).orElseThrow();
      assertThat(report.output()).isEqualTo("answer 0");
      assertThat(report.prompt()).isNotEmpty();
      assertThat(join(operator.purge(Instant.now().plusSeconds(3_600)))).isEqualTo(3);
      assertThat(join(operator.page(null, 2)).tasks()).isEmpty();
    }
  }

  @Test
  void what_a_deleted_session_had_launched_goes_from_the_database(@TempDir Path folder) {
    host.dataSource(SqliteFile.in(folder));
    sessions.addSession("parent");
    sessions.addSession("other");
    Settings settings = SettingsReader.read(Map.of("retained_max_count", "1"));
    try (BackgroundRuntime runtime =
        new BackgroundRuntime(host, settings, TaskStores.of(host, settings))) {
      TaskOperator operator = new OperatorDesk(runtime);
      List<TaskId> tasks = new ArrayList<>();
      for (String parent : List.of("parent", "other")) {
        Answer.Launched launched = (Answer.Launched) RuntimeCalls.launch(runtime, parent);
        TaskId task = launched.task().task().id();
        await().until(() -> seen(operator, task).status() == dev.sideline.api.TaskStatus.RUNNING);
        String session = seen(operator, task).childSessionId();
        sessions.finish(session, "42");
        runtime.onEvent(new SessionEvent.Idle(session));
        await().until(() -> seen(operator, task).status() == dev.sideline.api.TaskStatus.COMPLETED);
        tasks.add(task);
      }
      await().until(() -> !runtime.observes("parent"));
      await().until(() -> join(operator.page(null, 9)).tasks().size() == 2);
      runtime.onEvent(new SessionEvent.Deleted("parent"));

      await()
          .untilAsserted(
              () ->
                  assertThat(join(operator.page(null, 9)).tasks())
                      .extracting(TaskSnapshot::id)
                      .containsExactly(tasks.get(1).value()));
    }
  }

  private static TaskSnapshot seen(TaskOperator operator, TaskId task) {
    return join(operator.task(task.value())).orElseThrow();
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private void finish(BackgroundRuntime runtime, TaskId task, String text) {
    String session = shown(runtime, task).session();
    sessions.finish(session, text);
    runtime.onEvent(new SessionEvent.Idle(session));
  }

  @Test
  void a_page_that_cannot_be_is_refused_with_words() {
    try (BackgroundRuntime runtime =
        new BackgroundRuntime(host, SettingsReader.read(Map.of()), new MemoryTaskStore())) {
      TaskOperator operator = new OperatorDesk(runtime);

      assertThatThrownBy(() -> operator.page(null, 0)).hasMessageContaining("1 to 1000");
      assertThatThrownBy(() -> operator.page("x", 1)).hasMessageContaining("'x'");
    }
  }

  @Test
  void what_only_the_record_has_is_said_to_be_unreadable_while_that_is() {
    sessions.addSession("parent");
    BrokenReads store = new BrokenReads();
    try (BackgroundRuntime runtime =
        new BackgroundRuntime(host, SettingsReader.read(Map.of()), store)) {
      Answer answer =
          RuntimeCalls.ask(
              runtime, call -> new Input.Output(call, "parent", List.of("bg_x"), WaitMode.NONE, 0));

      assertThat(answer)
          .isEqualTo(
              new Answer.RecordUnreadable("an error of Sideline's own, which its log describes"));
    }
  }

  /** One whose finished tasks cannot be read. */
  private static final class BrokenReads implements TaskStore {

    @Override
    public CompletionStage<SaveResult> save(Changes changes) {
      return CompletableFuture.completedStage(SaveResult.DONE);
    }

    @Override
    public CompletionStage<Recorded> load() {
      return CompletableFuture.completedStage(
          new Recorded(List.of(), List.of(), List.of(), List.of(), List.of(), true, 0));
    }

    @Override
    public boolean isDurable() {
      return true;
    }

    @Override
    public CompletionStage<Lookup.Found> find(Lookup lookup) {
      return CompletableFuture.failedStage(new IllegalStateException("the disk is broken"));
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  @Test
  void a_database_that_cannot_be_opened_is_refused_and_leaves_no_thread(@TempDir Path folder)
      throws IOException {
    Files.writeString(folder.resolve("tasks.db"), "this is no database at all".repeat(100));
    host.dataSource(SqliteFile.in(folder));

    assertThatThrownBy(() -> TaskStores.of(host, SettingsReader.read(Map.of())))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("the file is no record of tasks");
  }

  private static TaskId launch(BackgroundRuntime runtime) {
    return ((Answer.Launched) RuntimeCalls.launch(runtime)).task().task().id();
  }

  private static TaskStatus status(BackgroundRuntime runtime, TaskId task) {
    return shown(runtime, task).status();
  }

  private static Task shown(BackgroundRuntime runtime, TaskId task) {
    Answer answer =
        RuntimeCalls.ask(
            runtime,
            call -> new Input.Output(call, "parent", List.of(task.value()), WaitMode.NONE, 0));
    return ((Answer.Shown) answer).tasks().get(0).task();
  }

  @Test
  void a_store_that_cannot_be_read_is_not_taken_for_an_empty_one() {
    assertThatThrownBy(
            () -> new BackgroundRuntime(host, SettingsReader.read(Map.of()), new UnreadableStore()))
        .hasRootCauseMessage("the disk is broken");
  }

  private static final class UnreadableStore implements TaskStore {

    @Override
    public CompletionStage<SaveResult> save(Changes changes) {
      return CompletableFuture.completedStage(SaveResult.DONE);
    }

    @Override
    public CompletionStage<Recorded> load() {
      return CompletableFuture.failedStage(new IllegalStateException("the disk is broken"));
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
