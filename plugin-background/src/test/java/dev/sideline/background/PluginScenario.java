package dev.sideline.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.AgentPlugin;
import dev.sideline.api.EndReason;
import dev.sideline.api.Message;
import dev.sideline.api.PluginEvent.TaskChanged;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.Reach;
import dev.sideline.api.Session;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.RecordingSessionClient;
import dev.sideline.api.testing.SessionCall;
import dev.sideline.api.testing.TestHost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;

/** The plugin in a host of its own, with a session {@code parent}, and the words to use it. */
public final class PluginScenario implements AutoCloseable {

  public static final String PARENT = "parent";

  /** Time passes in steps that the plugin does not take for a pause of its process. */
  private static final Duration STEP = Duration.ofSeconds(1);

  private static final JsonMapper JSON = new JsonMapper();

  public final TestHost host = new TestHost();
  public final RecordingSessionClient sessions = host.sessions();
  public final PluginHooks hooks;

  public PluginScenario(Map<String, String> settings) {
    this(settings, new BackgroundPlugin());
  }

  /** In a host whose sessions can be told in some way. */
  public PluginScenario(Reach reach) {
    sessions.reachAll(reach);
    hooks = host.activate(new BackgroundPlugin());
    sessions.addSession(PARENT);
  }

  public PluginScenario(Map<String, String> settings, AgentPlugin plugin) {
    settings.forEach(host::setting);
    hooks = host.activate(plugin);
    sessions.addSession(PARENT);
  }

  @Override
  public void close() {
    host.close();
  }

  // --- calls

  public CompletableFuture<ToolResult> begin(ToolCall call, String tool) {
    return hooks.tool(tool).call(call).toCompletableFuture();
  }

  public CompletableFuture<ToolResult> begin(String tool, String caller, String arguments) {
    return begin(ToolCall.of(caller, arguments), tool);
  }

  public ToolResult call(String tool, String caller, String arguments) {
    return answer(begin(tool, caller, arguments));
  }

  public static ToolResult answer(CompletableFuture<ToolResult> call) {
    return call.orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** Launches a task of {@link #PARENT}. */
  public String launch(String prompt) {
    return launch(PARENT, prompt);
  }

  public String launch(String caller, String prompt) {
    ToolResult launched =
        call(
            "background_task",
            caller,
            "{\"description\":\"a test\",\"agent\":\"worker\",\"prompt\":\"" + prompt + "\"}");
    assertThat(launched.error()).as(launched.text()).isFalse();
    return json(launched).path("task_id").asText();
  }

  /** Launches a task and waits until its session works. */
  public String launchAndAwait(String caller, String prompt) {
    String task = launch(caller, prompt);
    patiently().until(() -> hasChild(task) && sessions.working(child(task)));
    patiently().until(() -> states(task).contains("running"));
    return task;
  }

  /** The states that a task has moved to, with the reason once it has ended. */
  public List<String> states(String task) {
    return host.published().stream()
        .filter(TaskChanged.class::isInstance)
        .map(TaskChanged.class::cast)
        .filter(change -> change.taskId().equals(task))
        .map(PluginScenario::stateOf)
        .toList();
  }

  private static String stateOf(TaskChanged change) {
    EndReason reason = change.reason();
    return change.status().wireName() + (reason == null ? "" : ": " + reason.wireName());
  }

  public boolean hasChild(String task) {
    return sessions.sessions().stream().anyMatch(session -> isChild(session, task));
  }

  /** The session that a task runs in. */
  public String child(String task) {
    return sessions.sessions().stream()
        .filter(session -> isChild(session, task))
        .findFirst()
        .orElseThrow()
        .id();
  }

  private static boolean isChild(Session session, String task) {
    return session.metadata().containsValue(task);
  }

  /** A task as its parent is shown it. */
  public JsonNode task(String task) {
    ToolResult shown = call("background_output", PARENT, "{\"task_id\":\"" + task + "\"}");
    assertThat(shown.error()).as(shown.text()).isFalse();
    return json(shown).path("tasks").path(0);
  }

  public String status(String task) {
    return task(task).path("status").asText();
  }

  public void awaitStatus(String task, String status) {
    patiently().untilAsserted(() -> assertThat(status(task)).isEqualTo(status));
  }

  /** Lets time pass until a task has ended. */
  public JsonNode awaitEnd(String task) {
    patiently()
        .until(
            () -> {
              pass(Duration.ofSeconds(1));
              return task(task).has("reason");
            });
    return task(task);
  }

  public List<Message> notices() {
    return sessions.transcript(PARENT).stream()
        .filter(message -> message.text().startsWith("[Background tasks]"))
        .toList();
  }

  /** Lets time pass; what falls due is begun when this returns. */
  public void pass(Duration time) {
    Duration left = time;
    for (; left.compareTo(STEP) > 0; left = left.minus(STEP)) {
      host.clock().advance(STEP);
      lookAtTheTime();
    }
    host.clock().advance(left);
    lookAtTheTime();
    lookAtTheTime();
  }

  /**
   * Has the plugin take the time as it is, or as it was when this was called the last time: any
   * input does that.
   */
  private void lookAtTheTime() {
    assertThat(call("background_list", "nobody", "{}").error()).isFalse();
  }

  public <C extends SessionCall> int calls(Class<C> kind) {
    return sessions.calls(kind).size();
  }

  public static JsonNode json(ToolResult result) {
    return json(result.structured());
  }

  public static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  public static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5));
  }
}
