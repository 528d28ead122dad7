package dev.sideline.host.embedded;

import static org.awaitility.Awaitility.await;

import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.host.embedded.store.StoreLimits;
import dev.sideline.host.process.ProcessTrees;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.core.ConditionFactory;

/** An embedded runtime with the agents of a test, and the words to use it. */
final class Sandbox implements AutoCloseable {

  private final EmbeddedRuntime runtime;
  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();
  private volatile Consumer<SessionEvent> listener = event -> {};

  Sandbox(Path directory, EmbeddedLimits limits, AgentDefinition... agents) {
    this(EmbeddedRuntime.create(List.of(agents), directory, limits, Clock.systemUTC()));
  }

  /** One whose sessions are recorded. */
  Sandbox(Path directory, TestDatabase database, AgentDefinition... agents) {
    this(directory, EmbeddedLimits.DEFAULT, StoreLimits.DEFAULT, database, agents);
  }

  Sandbox(
      Path directory,
      EmbeddedLimits limits,
      StoreLimits recorded,
      TestDatabase database,
      AgentDefinition... agents) {
    this(
        EmbeddedRuntime.create(
            Workplace.of(List.of(agents), directory),
            limits,
            Clock.systemUTC(),
            ProcessTrees.unwatched(),
            database.source(),
            recorded));
  }

  private Sandbox(EmbeddedRuntime runtime) {
    this.runtime = runtime;
    runtime.start(
        ScriptedCommands.sinkOf(
            event -> {
              events.add(event);
              listener.accept(event);
            }));
  }

  Sandbox(Path directory, AgentDefinition... agents) {
    this(directory, EmbeddedLimits.DEFAULT, agents);
  }

  /** An agent that is a shell script, in which {@code $0} is its prompt. */
  static AgentDefinition shell(String name, String script) {
    return AgentDefinition.of(name, "", List.of("sh", "-c", script, "{prompt}"));
  }

  SessionClient sessions() {
    return runtime.sessions();
  }

  EmbeddedRuntime runtime() {
    return runtime;
  }

  /** Has a listener told of events, on the thread of the sessions. */
  void onEvent(Consumer<SessionEvent> newListener) {
    listener = newListener;
  }

  List<SessionEvent> events() {
    return events;
  }

  Session session() {
    return answer(sessions().create(new NewSession(null, "session", null, Map.of())));
  }

  Prompt prompt(Session session, String agent, String text) {
    return prompt(session, agent, text, null);
  }

  Prompt prompt(Session session, String agent, String text, ModelRef model) {
    return new Prompt(
        session.id(), sessions().newMessageId(), text, agent, model, null, Set.of(), true, null);
  }

  /** Sends a prompt to a new session and waits for the answer. */
  Message run(String agent, String text) {
    Session session = session();
    answer(sessions().prompt(prompt(session, agent, text)));
    return finished(session);
  }

  /** Waits until a session is idle after a prompt. */
  Message finished(Session session) {
    patiently()
        .until(
            () ->
                newest(session).completedAt() != null
                    && !answer(sessions().statuses()).containsKey(session.id()));
    return newest(session);
  }

  Message newest(Session session) {
    return answer(sessions().messages(session.id(), 1)).get(0);
  }

  static ConditionFactory patiently() {
    return await()
        .pollInSameThread()
        .pollInterval(Duration.ofMillis(10))
        .atMost(Duration.ofSeconds(30));
  }

  static <T> T answer(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    runtime.close();
  }
}
