package dev.sideline.host.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.SessionClient;
import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.cli.HostJar;
import dev.sideline.host.cli.OwnerProcesses;
import dev.sideline.host.model.Gate;
import dev.sideline.host.model.Reply;
import dev.sideline.host.model.Turn;
import dev.sideline.host.opencode.OpenCodeRuntime;
import dev.sideline.host.opencode.harness.RealOpenCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agents of a real OpenCode server launch tasks, by way of an owner that is killed again and again,
 * as the server is at times, and both at once. What an agent was answered holds.
 */
@LeakCheck.OncePerClass
class KilledOwnerOfOpenCodeIT {

  @RegisterExtension static final RealOpenCode opencode = RealOpenCode.server();

  private static final JsonMapper JSON = new JsonMapper();
  private static final int KILLS = Integer.getInteger("sideline.kills", 5);
  private static final int MAX_RUNNING = 2;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Pattern LAUNCH = Pattern.compile("launch number (\\d+)\\.");
  private static final Pattern LAUNCHED =
      Pattern.compile("Launched background task (bg_[a-z2-7]{26})\\.");
  private static final Pattern TOLD = Pattern.compile("(?m)^- (bg_[a-z2-7]{26}) \"");

  @TempDir private Path root;
  private final long seed = Long.getLong("sideline.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<String> parents = new ArrayList<>();
  private final Map<String, String> asked = new HashMap<>();
  private Path data;
  private Path project;
  private OpenCodeRuntime runtime;
  private int number;

  @BeforeEach
  void connect() throws IOException {
    data = HostJar.usedData(root.resolve("data"));
    Path settings =
        Files.writeString(
            root.resolve("two.json"),
            "{\"settings\":{\"sideline-background\":{\"max_running\":"
                + MAX_RUNNING
                + ",\"lost_seconds\":5}}}");
    project = opencode.newProject("killed");
    HostJar.Outcome connected =
        HostJar.runOwned(
            root,
            "connect",
            "opencode",
            project.toString(),
            "--data=" + data,
            "--config=" + settings);
    assertThat(connected.exitCode()).as(connected.err()).isZero();
    runtime = OpenCodeRuntime.connect(opencode.options());
    opencode.open(project);
    opencode.model().when(turn -> true).reply(this::answer);
    for (int i = 0; i < 3; i++) {
      NewSession parent = new NewSession(null, "a parent", project.toString(), Map.of());
      parents.add(get(runtime.sessions().create(parent)).id());
    }
  }

  @AfterEach
  void endAll() throws IOException {
    opencode.model().reset();
    timer.shutdownNow();
    runtime.close();
    OwnerProcesses.end(data);
  }

  /** One who is asked to launch something does, and one who works takes a while. */
  private Reply answer(Turn turn) {
    Matcher launch = LAUNCH.matcher(turn.lastUser());
    if (turn.tool("background_task").isPresent() && launch.find()) {
      return turn.toolResults().isEmpty()
          ? Reply.tool(
              "sideline_background_task",
              JSON.createObjectNode()
                  .put("description", "job " + launch.group(1))
                  .put("prompt", "errand number " + launch.group(1) + ".")
                  .put("agent", RealOpenCode.WORKER)
                  .toString())
          : Reply.text("It is launched.");
    }
    if (!turn.lastUser().contains("errand") && !turn.lastUser().contains("broken off")) {
      return Reply.text("Noted.");
    }
    Gate gate = new Gate();
    var unused = timer.schedule(gate::open, random.nextInt(1_500), TimeUnit.MILLISECONDS);
    return Reply.text("The work ").thenWait(gate).thenText("is done.");
  }

  @Test
  void what_an_agent_was_answered_holds_whatever_is_killed() throws Exception {
    promptThoseAtRest();
    awaitAnswers(); // Until then, its server has not even offered them the tools.
    Set<Integer> atWork = new HashSet<>();
    var unused = timer.scheduleWithFixedDelay(() -> look(atWork), 100, 100, TimeUnit.MILLISECONDS);
    for (int kill = 0; kill < KILLS; kill++) {
      promptThoseAtRest();
      boolean server = kill % 5 == 4;
      if (!server || random.nextBoolean()) {
        ProcessHandle owner = OwnerProcesses.await(data);
        pause(random.nextInt(kill % 3 == 0 ? 600 : 3_000));
        OwnerProcesses.kill(owner);
      }
      if (server) {
        opencode.kill();
        asked.clear(); // It may never have been written down.
        opencode.restart();
        opencode.open(project);
      }
    }
    promptThoseAtRest();
    awaitAnswers();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> assertThat(OwnerProcesses.status(data)).contains("0 at work, 0 waiting"));
    verify();
    assertThat(atWork).as("how many worked at once").allMatch(level -> level <= MAX_RUNNING);
  }

  /** Until all have answered the newest that they were asked. */
  private void awaitAnswers() {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> parents.stream().allMatch(this::hasAnswered));
  }

  /**
   * One that was just asked is not busy yet, nor has it a new message: its status does not tell.
   */
  private boolean hasAnswered(String parent) {
    List<Message> messages = get(runtime.sessions().messages(parent, 1_000));
    String question = asked.get(parent);
    return messages.stream()
            .map(Message::id)
            .anyMatch(id -> question == null || id.equals(question))
        && "stop".equals(messages.get(0).finish());
  }

  /** Those who are answering get nothing more, for a model answers the newest message alone. */
  private void promptThoseAtRest() {
    SessionClient sessions = runtime.sessions();
    Set<String> busy = get(sessions.statuses()).keySet();
    for (String parent : parents) {
      if (!busy.contains(parent)) {
        asked.put(parent, sessions.newMessageId());
        get(
            sessions.prompt(
                new Prompt(
                    parent,
                    asked.get(parent),
                    "launch number " + ++number + ".",
                    RealOpenCode.WORKER,
                    null,
                    null,
                    Set.of(),
                    true,
                    null)));
      }
    }
  }

  private void look(Set<Integer> atWork) {
    try {
      Set<String> busy = new HashSet<>(get(runtime.sessions().statuses()).keySet());
      parents.forEach(busy::remove);
      atWork.add(busy.size());
    } catch (CompletionException e) {
      // It has been killed.
    }
  }

  private void verify() throws IOException {
    List<JsonNode> tasks = OwnerProcesses.exportedTasks(data);
    assertThat(tasks)
        .as("launched twice, seed " + seed)
        .extracting(task -> task.path("description").asText())
        .doesNotHaveDuplicates();
    Set<String> known = new HashSet<>();
    for (JsonNode task : tasks) {
      known.add(task.path("task_id").asText());
      assertThat(task.path("status").asText())
          .as(() -> "seed " + seed + ": " + task)
          .isEqualTo("completed");
    }
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> assertThat(told(true)).as("told of, seed " + seed).containsAll(known));
    assertThat(told(true)).as("told once, seed " + seed).doesNotHaveDuplicates();
    assertThat(told(false)).as("told once, seed " + seed).doesNotHaveDuplicates();
    assertThat(known).as("answered, seed " + seed).isNotEmpty().containsAll(answered());
    for (String parent : parents) {
      assertThat(get(runtime.sessions().children(parent)))
          .as("sessions of a task, seed " + seed)
          .extracting(child -> String.join(" ", child.metadata().values()))
          .doesNotHaveDuplicates();
    }
  }

  /**
   * The tasks that parents were told of.
   *
   * @param all where they were told that all have ended, which tells again of those that were told
   *     one by one
   */
  private List<String> told(boolean all) {
    return messages()
        .filter(message -> message.role() == Message.Role.USER)
        .map(Message::text)
        .filter(text -> text.contains("] All of your") == all)
        .flatMap(text -> TOLD.matcher(text).results().map(one -> one.group(1)))
        .toList();
  }

  /** The tasks whose launch was confirmed to an agent. */
  private List<String> answered() {
    return messages()
        .flatMap(message -> message.toolUses().stream())
        .flatMap(use -> LAUNCHED.matcher(use.result()).results().map(one -> one.group(1)))
        .toList();
  }

  private Stream<Message> messages() {
    return parents.stream()
        .flatMap(parent -> get(runtime.sessions().messages(parent, 1_000)).stream());
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** When it is killed does not matter: any moment will do. */
  private static void pause(int millis) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
  }
}
