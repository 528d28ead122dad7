package dev.sideline.host.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.model.Reply;
import dev.sideline.host.opencode.OpenCodeRuntime;
import dev.sideline.host.opencode.harness.RealOpenCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process that owns the tasks is killed again and again, at any moment, while others launch,
 * stop and tell them. What it had answered holds.
 */
@LeakCheck.OncePerClass
class KilledOwnerOnOpenCodeIT {

  @RegisterExtension static final RealOpenCode opencode = RealOpenCode.server();

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KILLS = Integer.getInteger("sideline.kills", 6);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Pattern TASK_ID = Pattern.compile("\\bbg_[A-Za-z0-9]+");

  private final Random random = new Random(Long.getLong("sideline.seed", System.nanoTime()));

  @Test
  void no_launch_that_was_answered_is_lost_or_done_twice_and_each_parent_is_told_once(
      @TempDir Path folder) throws IOException {
    try (OpenCodeRuntime runtime = OpenCodeRuntime.connect(opencode.options())) {
      SessionClient sessions = runtime.sessions();
      opencode.model().whenAsked("job").reply(Reply.text("done"));
      List<String> parents = List.of(newSession(sessions), newSession(sessions));
      Map<String, String> launched = new ConcurrentSkipListMap<>();
      Path database = folder.resolve("tasks.db");
      for (int kill = 0; kill < KILLS; kill++) {
        try (OwnerProcess owner = new OwnerProcess(opencode, database)) {
          for (int i = 0; i < 4; i++) {
            String parent = parents.get(random.nextInt(parents.size()));
            var unused =
                owner
                    .call(parent, "background_task", launch("job " + kill + "." + i))
                    .thenAccept(answer -> launched.put(taskOf(answer), parent));
          }
          // Some are killed before they answer, some while sessions are created, some later.
          pause(random.nextInt(kill % 2 == 0 ? 300 : 3_000));
          owner.kill();
        }
      }
      assertThat(launched).isNotEmpty();
      try (OwnerProcess owner = new OwnerProcess(opencode, database)) {
        for (Map.Entry<String, String> task : launched.entrySet()) {
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(200))
              .untilAsserted(
                  () ->
                      assertThat(status(owner, task.getValue(), task.getKey()))
                          .isEqualTo("completed"));
        }
        for (String parent : parents) {
          List<String> own =
              launched.keySet().stream().filter(id -> launched.get(id).equals(parent)).toList();
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(200))
              .untilAsserted(() -> assertThat(announced(sessions, parent)).containsAll(own));
          assertThat(announced(sessions, parent)).doesNotHaveDuplicates();
          for (String task : own) {
            assertThat(childrenFor(sessions, parent, task)).as(task).hasSize(1);
          }
        }
      }
    }
  }

  private static ObjectNode launch(String prompt) {
    return JSON.createObjectNode()
        .put("description", "something to do")
        .put("agent", RealOpenCode.WORKER)
        .put("prompt", prompt)
        .put("notify", "all");
  }

  private static String taskOf(JsonNode launch) {
    Matcher id = TASK_ID.matcher(launch.path("text").asText());
    assertThat(id.find()).as("a task id in: %s", launch).isTrue();
    return id.group();
  }

  /** As a list shows it, which is not the same as to read its result. */
  private static String status(OwnerProcess owner, String parent, String task) {
    JsonNode answer =
        owner
            .call(parent, "background_list", JSON.createObjectNode().put("limit", 100))
            .orTimeout(60, TimeUnit.SECONDS)
            .join();
    try {
      for (JsonNode listed : JSON.readTree(answer.path("structured").asText()).path("tasks")) {
        if (listed.path("task_id").asText().equals(task)) {
          return listed.path("status").asText();
        }
      }
      return "not there";
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + answer, e);
    }
  }

  /** The tasks that are told of in a session's messages, as often as they are. */
  private static List<String> announced(SessionClient sessions, String parent) {
    List<String> told = new ArrayList<>();
    for (Message message : get(sessions.messages(parent, 500))) {
      if (message.role() == Message.Role.USER && message.text().contains("[Background tasks]")) {
        List<String> inMessage = new ArrayList<>();
        Matcher id = TASK_ID.matcher(message.text());
        while (id.find()) {
          if (!inMessage.contains(id.group())) {
            inMessage.add(id.group());
          }
        }
        told.addAll(inMessage);
      }
    }
    return told;
  }

  private static List<Session> childrenFor(SessionClient sessions, String parent, String task) {
    return get(sessions.children(parent)).stream()
        .filter(child -> child.metadata().containsValue(task))
        .toList();
  }

  private static String newSession(SessionClient sessions) {
    return get(sessions.create(new NewSession(null, "a parent", null, Map.of()))).id();
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(90, TimeUnit.SECONDS).join();
  }

  /** When it is killed does not matter: any moment will do. */
  private static void pause(int millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
