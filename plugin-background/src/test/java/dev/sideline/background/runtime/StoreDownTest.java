package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.testing.RecordingSessionClient;
import dev.sideline.api.testing.SessionCall;
import dev.sideline.api.testing.TestHost;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.store.MemoryTaskStore;
import dev.sideline.background.store.SaveResult;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** While the store is down, nothing is promised, and people can still look and stop. */
class StoreDownTest {

  private final FailingStore store = new FailingStore();
  private final TestHost host = new TestHost();
  private final RecordingSessionClient sessions = host.sessions();
  private final BackgroundRuntime runtime =
      new BackgroundRuntime(
          host, SettingsReader.read(Map.of("max_launches_per_parent", "2")), store);

  StoreDownTest() {
    sessions.addSession("parent");
  }

  @AfterEach
  void end() {
    store.down = false;
    runtime.close();
    host.close();
  }

  @Test
  void tasks_are_listed_and_stopped_and_launches_are_refused_and_leave_nothing() {
    TaskId task = ((Answer.Launched) launch()).task().task().id();
    await().until(() -> status() == TaskStatus.RUNNING);
    store.down = true;
    long created = sessions.calls(SessionCall.Create.class).size();

    assertThat(launch()).isInstanceOf(Answer.NotRecorded.class);
    assertThat(launch()).isInstanceOf(Answer.NotRecorded.class);
    assertThat(list().total()).isEqualTo(1);
    Answer cancelled =
        ask(call -> new Input.Cancel(call, "parent", List.of(task.value()), "not needed"));

    assertThat(((Answer.CancelEnded) cancelled).stopped()).hasSize(1);
    assertThat(sessions.calls(SessionCall.Abort.class)).hasSize(1);
    assertThat(sessions.calls(SessionCall.Create.class)).hasSize((int) created);
    store.down = false;
    // One was launched of the two that may be.
    await()
        .until(
            () -> {
              host.clock().advance(Duration.ofSeconds(1));
              return launch() instanceof Answer.Launched;
            });
    assertThat(launch()).isInstanceOf(Answer.LimitReached.class);
  }

  private TaskStatus status() {
    return list().tasks().get(0).task().status();
  }

  private Answer.Listed list() {
    return (Answer.Listed) ask(call -> new Input.ListTasks(call, "parent", null, 10));
  }

  private Answer launch() {
    return RuntimeCalls.launch(runtime);
  }

  private Answer ask(LongFunction<Input> input) {
    return RuntimeCalls.ask(runtime, input);
  }

  /** A store that records in memory, unless it is down. */
  private static final class FailingStore implements TaskStore {

    private final MemoryTaskStore memory = new MemoryTaskStore();
    private volatile boolean down;

    @Override
    public CompletionStage<SaveResult> save(Changes changes) {
      return down
          ? CompletableFuture.failedFuture(new IllegalStateException("disk full"))
          : memory.save(changes);
    }

    @Override
    public CompletionStage<Recorded> load() {
      return memory.load();
    }

    @Override
    public void close() {
      memory.close();
    }
  }
}
