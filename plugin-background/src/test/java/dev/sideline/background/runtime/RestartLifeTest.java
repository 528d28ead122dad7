package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.CancelSignal;
import dev.sideline.api.Prompt;
import dev.sideline.api.testing.RecordingSessionClient;
import dev.sideline.api.testing.SessionCall;
import dev.sideline.api.testing.TestHost;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Changes.TaskRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.store.MemoryTaskStore;
import dev.sideline.background.store.SaveResult;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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

      Answer.Shown shown =
          (Answer.Shown)
              runtime
                  .ask(
                      call -> new Input.Output(call, "parent", List.of("bg_a"), WaitMode.NONE, 0),
                      CancelSignal.NEVER)
                  .orTimeout(30, TimeUnit.SECONDS)
                  .join();
      assertThat(shown.tasks().get(0).task().status()).isEqualTo(TaskStatus.COMPLETED);
      assertThat(shown.tasks().get(0).task().outcome().text()).isEqualTo("42");
    }
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
