package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The owner of a data folder is killed again and again, at any moment, while several clients
 * launch, stop, tell and read tasks. What any of them was answered holds.
 */
@EnabledOnOs(OS.LINUX) // Which processes are at work is read from /proc.
class KilledOwnerIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int KILLS = Integer.getInteger("sideline.kills", 10);
  private static final int FROZEN_SECONDS = Integer.getInteger("sideline.frozen", 3);
  private static final int MAX_RUNNING = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Set<String> ENDED = Set.of("completed", "failed", "cancelled", "lost");

  /**
   * Notes what it was told and how many are at work with it, and works for a while. A process is
   * known by its id and when it began, as an id is given to another sooner or later.
   */
  private static final String JOB =
      """
      told=$(cat) || exit 1
      cut -d ' ' -f 22 "/proc/$$/stat" > "$1/running/$$"
      level=0
      for other in "$1"/running/*; do
        case $(cut -d ' ' -f 3,22 "/proc/${other##*/}/stat" 2> /dev/null) in
          "Z "*) ;;
          *" $(cat "$other" 2> /dev/null)") level=$((level + 1)) ;;
        esac
      done
      echo "$level" >> "$1/levels"
      echo "$told" | grep . >> "$1/runs"
      sleep "$(($$ % 2)).$(($$ % 10))"
      rm "$1/running/$$"
      echo "done: $told"
      """;

  @TempDir private Path folder;
  private final long seed = Long.getLong("sideline.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final AtomicBoolean over = new AtomicBoolean();
  private final List<ClientUnderLoad> clients = new ArrayList<>();
  private final Map<String, String> called = new LinkedHashMap<>();
  private List<JsonNode> exported = List.of();
  private Path data;
  private Path config;

  @BeforeEach
  void setUp() throws IOException {
    data = HostJar.usedData(folder.resolve("data"));
    Files.createDirectory(folder.resolve("running"));
    Path job = Files.writeString(folder.resolve("job.sh"), JOB);
    config =
        Files.writeString(
            folder.resolve("load.json"),
            """
            {"settings": {"sideline-background": {"max_running": %d}},
             "agents": {"job": {"command": ["sh", "%s", "%s"]}}}
            """
                .formatted(MAX_RUNNING, job, folder));
  }

  @AfterEach
  void endAll() throws IOException {
    over.set(true);
    clients.forEach(client -> client.process().destroyForcibly());
    OwnerProcesses.end(data);
  }

  @Test
  void what_was_answered_holds_however_often_the_owner_is_killed() throws Exception {
    List<CompletableFuture<?>> work = startClients();
    work.add(CompletableFuture.runAsync(this::callCommands, KilledOwnerIT::inNewThread));
    for (int kill = 0; kill < KILLS; kill++) {
      ProcessHandle owner = OwnerProcesses.await(data);
      // Some are killed while they begin, some while tasks end, some in the middle of much.
      TimeUnit.MILLISECONDS.sleep(random.nextInt(kill % 3 == 0 ? 400 : 3_000));
      OwnerProcesses.kill(owner);
    }
    finish(work);
    verify();
  }

  @Test
  void an_owner_that_stood_still_goes_on_as_if_it_had_not() throws Exception {
    List<CompletableFuture<?>> work = startClients();
    for (int i = 0; i < 2; i++) {
      ProcessHandle owner = OwnerProcesses.await(data);
      TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(1_000));
      signal("STOP", owner);
      TimeUnit.SECONDS.sleep(FROZEN_SECONDS);
      signal("CONT", owner);
      assertThat(OwnerProcesses.await(data)).isEqualTo(owner);
    }
    finish(work);
    verify();
  }

  @Test
  void a_command_outlasts_owners_that_are_killed_as_they_begin() throws Exception {
    CompletableFuture<HostJar.Outcome> called =
        CompletableFuture.supplyAsync(() -> launch("only"), KilledOwnerIT::inNewThread);
    for (int kill = 0; kill < 5; kill++) {
      OwnerProcesses.kill(OwnerProcesses.await(data));
    }
    HostJar.Outcome outcome = called.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).containsPattern(ClientUnderLoad.LAUNCHED);
  }

  private List<CompletableFuture<?>> startClients() throws IOException {
    List<CompletableFuture<?>> work = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ClientUnderLoad client =
          ClientUnderLoad.start(
              "c" + i, folder, new Random(seed + i), over, "--data=" + data, "--config=" + config);
      clients.add(client);
      work.add(CompletableFuture.runAsync(client, KilledOwnerIT::inNewThread));
    }
    return work;
  }

  private static void inNewThread(Runnable work) {
    new Thread(work, "client").start();
  }

  /** Launches by commands, one after the other, each of which comes and goes. */
  private void callCommands() {
    for (int number = 0; !over.get(); number++) {
      pause();
      String description = "call." + number;
      Matcher launched = ClientUnderLoad.LAUNCHED.matcher(launch(description).out());
      if (launched.find()) {
        called.put(description, launched.group(1));
      }
    }
  }

  private HostJar.Outcome launch(String description) {
    try {
      return HostJar.runOwned(
          folder,
          "call",
          "--data=" + data,
          "--config=" + config,
          "background_task",
          JSON.createObjectNode()
              .put("agent", "job")
              .put("description", description)
              .put("prompt", description)
              .toString());
    } catch (IOException e) {
      throw new AssertionError(description, e);
    }
  }

  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(2); // Those that come must not be more than those that can be done.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void signal(String signal, ProcessHandle process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Lets the clients end what they are about, and waits until all is done and told. */
  private void finish(List<CompletableFuture<?>> work) throws Exception {
    over.set(true);
    for (CompletableFuture<?> one : work) {
      one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .until(() -> OwnerProcesses.status(data).contains("0 at work, 0 waiting"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(toldInMessages()).containsAll(called.values()));
    for (ClientUnderLoad client : clients) {
      client.list();
    }
    exported = OwnerProcesses.exportedTasks(data);
    clients.forEach(client -> client.process().destroyForcibly());
    OwnerProcesses.end(data);
  }

  private void verify() throws Exception {
    Map<String, JsonNode> tasks = byDescription();
    tasks.values().forEach(this::checkAnswer);
    assertThat(ofChildSessions())
        .as("sessions of a task, seed " + seed)
        .isNotEmpty()
        .doesNotHaveDuplicates();
    for (ClientUnderLoad client : clients) {
      checkKnown(client.launched(), tasks);
      checkTold(client);
      assertThat(client.stopped())
          .as("stopped, seed " + seed)
          .allMatch(id -> !status(id, tasks).equals("failed"));
    }
    checkKnown(called, tasks);
    assertThat(toldInMessages())
        .as("told of, seed " + seed)
        .containsAll(called.values())
        .doesNotHaveDuplicates();
    assertThat(lines("runs")).as("what ran, seed " + seed).isNotEmpty().doesNotHaveDuplicates();
    assertThat(lines("levels"))
        .as("how many ran at once, seed " + seed)
        .allMatch(level -> Integer.parseInt(level) >= 1 && Integer.parseInt(level) <= MAX_RUNNING);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(processes()).isEmpty());
  }

  /** By description, each of which was launched at most once. */
  private Map<String, JsonNode> byDescription() {
    Map<String, JsonNode> tasks = new HashMap<>();
    for (JsonNode task : exported) {
      JsonNode before = tasks.put(task.path("description").asText(), task);
      assertThat(before).as("launched twice, seed " + seed).isNull();
    }
    return tasks;
  }

  /** An agent was told nothing but its prompt, and what clients have sent it. */
  private void checkAnswer(JsonNode task) {
    assertThat(task.path("status").asText()).as("seed " + seed).isIn(ENDED);
    if (task.path("status").asText().equals("completed")) {
      assertThat(task.path("output").asText().strip())
          .as("seed " + seed)
          .matches("done:(\\s+(c\\d|call)\\.\\d+)+");
    }
  }

  private void checkKnown(Map<String, String> launched, Map<String, JsonNode> tasks) {
    launched.forEach(
        (description, id) -> {
          assertThat(tasks).as("launched, seed " + seed).containsKey(description);
          assertThat(tasks.get(description).path("task_id").asText()).isEqualTo(id);
        });
  }

  /**
   * Whoever is told in answers is told of what it has not stopped itself or seen. Of one it may be
   * told again if nobody knows whether the answer of an owner that was killed has reached it.
   */
  private void checkTold(ClientUnderLoad client) {
    Set<String> known = new HashSet<>(client.told());
    known.addAll(client.stopped());
    known.addAll(client.shown());
    assertThat(known).as("told of, seed " + seed).containsAll(client.launched().values());
  }

  private static String status(String id, Map<String, JsonNode> tasks) {
    return tasks.values().stream()
        .filter(task -> task.path("task_id").asText().equals(id))
        .map(task -> task.path("status").asText())
        .findFirst()
        .orElse("not there");
  }

  /** The tasks of all sessions of tasks. */
  private List<String> ofChildSessions() throws SQLException, IOException {
    List<String> tasks = new ArrayList<>();
    for (String about : column("SELECT about FROM sideline_session WHERE parent IS NOT NULL")) {
      tasks.add(JSON.readTree(about).at("/metadata/sideline.task").asText());
    }
    return tasks;
  }

  /** The tasks of whose ends sessions were told in messages. */
  private List<String> toldInMessages() throws SQLException, IOException {
    List<String> told = new ArrayList<>();
    for (String message : column("SELECT message FROM sideline_session_message")) {
      String text = JSON.readTree(message).path("text").asText();
      if (text.startsWith("[Background tasks]")) {
        ClientUnderLoad.TOLD.matcher(text).results().forEach(one -> told.add(one.group(1)));
      }
    }
    return told;
  }

  private List<String> column(String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    String url = "jdbc:sqlite:" + data.resolve("sessions.db");
    try (Connection database = DriverManager.getConnection(url);
        Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(folder.resolve(file));
  }

  private List<String> processes() {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(command -> command.contains(folder.toString()))
        .toList();
  }
}
