package dev.sideline.host.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.Message;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.host.embedded.EmbeddedRuntime;
import dev.sideline.host.record.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process that owns tasks whose agents are commands is killed again and again, at any moment,
 * while others launch, tell and cancel them: with it end the commands, and what it had answered
 * holds.
 */
class KilledOwnerOnCommandsIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KILLS = Integer.getInteger("sideline.kills", 6);
  private static final int MAX_RUNNING = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern TASK_ID = Pattern.compile("\\bbg_[A-Za-z0-9]+");
  private static final Set<String> ENDED =
      Set.of("completed: ok", "cancelled: cancelled", "failed: lost");

  @TempDir private Path folder;

  private final long seed = Long.getLong("sideline.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Map<String, String> launched = new ConcurrentSkipListMap<>();
  private final Set<String> cancelled = ConcurrentHashMap.newKeySet();

  @Test
  void no_task_is_lost_or_run_twice_and_each_parent_is_told_once() throws Exception {
    List<String> parents = new ArrayList<>();
    try (OwnerProcess owner = OwnerProcess.onCommands(folder)) {
      parents.add(text(owner.call("", "session", JSON.createObjectNode())));
      parents.add(text(owner.call("", "session", JSON.createObjectNode())));
    }
    for (int kill = 0; kill < KILLS; kill++) {
      try (OwnerProcess owner = OwnerProcess.onCommands(folder)) {
        use(owner, parents, kill);
        // Some are killed before they answer, some while sessions are created, some later.
        TimeUnit.MILLISECONDS.sleep(random.nextInt(kill % 2 == 0 ? 300 : 2_000));
        owner.kill();
      }
    }
    assertThat(launched).as("seed " + seed).isNotEmpty();
    Map<String, String> statuses = awaitEnds(parents);
    try (DataDirectory data = RecordingCommandOwner.data(folder);
        EmbeddedRuntime runtime = RecordingCommandOwner.runtime(folder, data)) {
      check(runtime.sessions(), parents, statuses);
    }
    assertThat(lines("runs")).as("seed " + seed).isNotEmpty().doesNotHaveDuplicates();
    assertThat(lines("levels"))
        .as("how many ran at once, seed " + seed)
        .allMatch(level -> Integer.parseInt(level) >= 1 && Integer.parseInt(level) <= MAX_RUNNING);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(commands()).isEmpty());
  }

  private void use(OwnerProcess owner, List<String> parents, int kill) {
    for (int i = 0; i < 5; i++) {
      String parent = parents.get(random.nextInt(parents.size()));
      String number = kill + "." + i;
      boolean cancel = random.nextInt(5) == 0;
      boolean tell = random.nextInt(3) == 0;
      var unused =
          owner
              .call(parent, "background_task", launch("do job " + number))
              .thenAccept(
                  answer -> {
                    String task = taskOf(answer);
                    launched.put(task, parent);
                    if (tell) {
                      var unusedSend =
                          owner.call(parent, "background_send", send(task, "do more " + number));
                    }
                    if (cancel) {
                      cancelled.add(task);
                      var unusedCancel = owner.call(parent, "background_cancel", task(task));
                    }
                  });
    }
  }

  /** Waits until all have ended and all is told; tells how they have ended. */
  private Map<String, String> awaitEnds(List<String> parents) {
    Map<String, String> statuses = new TreeMap<>();
    try (OwnerProcess owner = OwnerProcess.onCommands(folder)) {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(300))
          .untilAsserted(
              () -> {
                statuses.clear();
                parents.forEach(parent -> statuses.putAll(statuses(owner, parent)));
                assertThat(statuses).as("seed " + seed).containsKeys(keys());
                assertThat(statuses.values()).as("seed " + seed).isSubsetOf(ENDED);
              });
    }
    return statuses;
  }

  private String[] keys() {
    return launched.keySet().toArray(new String[0]);
  }

  private void check(SessionClient sessions, List<String> parents, Map<String, String> statuses) {
    for (String parent : parents) {
      List<String> told = announced(sessions, parent);
      assertThat(told).as("told, seed " + seed).doesNotHaveDuplicates();
      List<Session> children = get(sessions.children(parent));
      for (Map.Entry<String, String> task : launched.entrySet()) {
        if (!task.getValue().equals(parent)) {
          continue;
        }
        if (!cancelled.contains(task.getKey())) {
          assertThat(told).as("told, seed " + seed + ", " + statuses).contains(task.getKey());
        }
        assertThat(children)
            .as("seed " + seed + ", " + task)
            .filteredOn(child -> child.metadata().containsValue(task.getKey()))
            .hasSizeLessThanOrEqualTo(1)
            .hasSizeGreaterThanOrEqualTo(
                statuses.get(task.getKey()).startsWith("completed") ? 1 : 0);
      }
    }
  }

  private static ObjectNode launch(String prompt) {
    return JSON.createObjectNode()
        .put("description", "something to do")
        .put("agent", "worker")
        .put("prompt", prompt)
        .put("notify", "all");
  }

  private static ObjectNode send(String task, String message) {
    return task(task).put("message", message);
  }

  private static ObjectNode task(String task) {
    return JSON.createObjectNode().put("task_id", task);
  }

  private static String taskOf(JsonNode launch) {
    Matcher id = TASK_ID.matcher(launch.path("text").asText());
    assertThat(id.find()).as("a task id in: %s", launch).isTrue();
    return id.group();
  }

  private static Map<String, String> statuses(OwnerProcess owner, String parent) {
    JsonNode answer =
        get(owner.call(parent, "background_list", JSON.createObjectNode().put("limit", 100)));
    Map<String, String> statuses = new TreeMap<>();
    try {
      for (JsonNode task : JSON.readTree(answer.path("structured").asText()).path("tasks")) {
        statuses.put(
            task.path("task_id").asText(),
            task.path("status").asText() + ": " + task.path("reason").asText());
      }
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + answer, e);
    }
    return statuses;
  }

  /** The tasks that are told of in a session's messages, as often as they are. */
  private static List<String> announced(SessionClient sessions, String parent) {
    List<String> told = new ArrayList<>();
    for (Message message : get(sessions.messages(parent, 1_000))) {
      if (message.text().contains("[Background tasks]")) {
        TASK_ID
            .matcher(message.text())
            .results()
            .map(found -> found.group())
            .distinct()
            .forEach(told::add);
      }
    }
    return told;
  }

  private List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(folder.toString()))
        .forEach(process -> commands.add(process.info().commandLine().orElse("")));
    return commands;
  }

  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(folder.resolve(file));
  }

  private static String text(CompletableFuture<JsonNode> call) {
    return get(call).path("text").asText();
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
