package dev.sideline.host.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionClient;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.host.SessionRuntime;
import dev.sideline.host.plugin.PluginHost;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A host with the built plugin in it, and short ways to do what agents do. */
final class TaskHost implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Not the prompt: it stands in notices, which the rules for prompts are not for. */
  private static final String DESCRIPTION = "something to do";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Set<String> OVER = Set.of("completed", "failed", "cancelled");
  private static final Path PLUGINS = Path.of("target", "plugins");

  private final SessionRuntime runtime;
  private final PluginHost plugins;
  private final List<PluginEvent> published = new CopyOnWriteArrayList<>();

  /** Loads the plugin over a runtime, which is closed with this host. */
  TaskHost(SessionRuntime runtime, Map<String, String> settings) {
    this.runtime = runtime;
    this.plugins =
        new PluginHost(
            PLUGINS,
            runtime.sessions(),
            Map.of("sideline-background", settings),
            null,
            Clock.systemUTC(),
            published::add);
    assertThat(plugins.problems()).isEmpty();
    runtime.start(plugins.events());
  }

  @Override
  public void close() {
    plugins.close();
    runtime.close();
  }

  SessionClient sessions() {
    return runtime.sessions();
  }

  /** A session of its own, for a parent. */
  String newParent() {
    return get(sessions().create(new NewSession(null, "a parent", null, Map.of()))).id();
  }

  /** Launches a task and returns its id. */
  String launch(String parent, String agent, String prompt) {
    return launch(parent, agent, prompt, "{}");
  }

  /**
   * Launches a task with further arguments and returns its id.
   *
   * @param more a JSON object
   */
  String launch(String parent, String agent, String prompt, String more) {
    ToolResult launched =
        call(parent, "background_task", launchArguments(agent, prompt, more).toString());
    return structured(launched).path("task_id").asText();
  }

  static ObjectNode launchArguments(String agent, String prompt, String more) {
    return object(more).put("description", DESCRIPTION).put("agent", agent).put("prompt", prompt);
  }

  /** Sends a message to a task, or answers what it asks; returns what has become of it. */
  String send(String parent, String arguments) {
    return structured(call(parent, "background_send", arguments)).path("result").asText();
  }

  /** Answers what a task asks with a word. */
  String reply(String parent, JsonNode request, String reply) {
    return send(
        parent,
        JSON.createObjectNode()
            .put("request_id", request.path("request_id").asText())
            .put("reply", reply)
            .toString());
  }

  /** Waits for a task to ask something. */
  JsonNode awaitRequest(String parent, String task) {
    await().atMost(PATIENCE).until(() -> !task(parent, task).path("requests").isEmpty());
    return task(parent, task).path("requests").path(0);
  }

  private static ObjectNode object(String json) {
    try {
      return (ObjectNode) JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + json, e);
    }
  }

  /**
   * Waits for a task to end, as an agent does, and returns it as JSON. Who has read a result is not
   * told of it any more: wait for notices before.
   */
  JsonNode awaitEnd(String parent, String task) {
    JsonNode shown = wait(parent, task);
    while (!OVER.contains(shown.path("status").asText())) {
      // It is being stopped, or asks something: an agent that wants the end waits again.
      shown = wait(parent, task);
    }
    return shown;
  }

  private JsonNode wait(String parent, String task) {
    JsonNode shown = structured(get(beginWait(parent, task)));
    assertThat(shown.path("waited_in_vain").asBoolean()).as("waited in vain: %s", shown).isFalse();
    return shown.path("tasks").path(0);
  }

  /** Begins to wait for a task to end: what happens after this, happens during the wait. */
  CompletionStage<ToolResult> beginWait(String parent, String task) {
    return callLater(
        parent,
        "background_output",
        "{\"task_id\":\"" + task + "\",\"wait\":\"all\",\"timeout_seconds\":60}");
  }

  /** A task as it is now. */
  JsonNode task(String parent, String task) {
    return structured(call(parent, "background_output", "{\"task_id\":\"" + task + "\"}"))
        .path("tasks")
        .path(0);
  }

  void awaitStatus(String parent, String task, String status) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(task(parent, task).path("status").asText()).isEqualTo(status));
  }

  /** The child session of a task, once it has one. */
  String childOf(String parent, String task) {
    await().atMost(PATIENCE).until(() -> task(parent, task).hasNonNull("session_id"));
    return task(parent, task).path("session_id").asText();
  }

  ToolResult call(String caller, String tool, String arguments) {
    return get(callLater(caller, tool, arguments));
  }

  CompletionStage<ToolResult> callLater(String caller, String tool, String arguments) {
    for (Tool candidate : plugins.tools()) {
      if (candidate.spec().name().equals(tool)) {
        return candidate.call(ToolCall.of(caller, arguments));
      }
    }
    throw new AssertionError("no tool " + tool);
  }

  static JsonNode structured(ToolResult result) {
    assertThat(result.error()).as(result.text()).isFalse();
    try {
      return JSON.readTree(result.structured());
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + result.structured(), e);
    }
  }

  /** The notices in a session's messages, oldest first. */
  List<Message> notices(String parent) {
    List<Message> newestFirst = get(sessions().messages(parent, 100));
    CopyOnWriteArrayList<Message> notices = new CopyOnWriteArrayList<>();
    for (Message message : newestFirst) {
      if (message.role() == Message.Role.USER && message.text().contains("[Background tasks]")) {
        notices.add(0, message);
      }
    }
    return notices;
  }

  /** Waits for a session to have so many notices, and returns them. */
  List<Message> awaitNotices(String parent, int count) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(notices(parent)).hasSizeGreaterThanOrEqualTo(count));
    return notices(parent);
  }

  /** Waits for the host to have been told that a task has gone through these states. */
  void awaitStates(String task, String... states) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(published(PluginEvent.TaskChanged.class))
                    .filteredOn(change -> change.taskId().equals(task))
                    .extracting(change -> change.status().wireName())
                    .containsExactly(states));
  }

  /** What the plugin has published of one kind, in order. */
  <E extends PluginEvent> List<E> published(Class<E> kind) {
    return published.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  static <T extends @Nullable Object> T get(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    return future.orTimeout(90, TimeUnit.SECONDS).join();
  }
}
