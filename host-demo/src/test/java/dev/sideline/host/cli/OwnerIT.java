package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.record.DataDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Commands and tool servers that one owner of a data folder carries out. */
@DisabledOnOs(OS.WINDOWS)
class OwnerIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern TASK = Pattern.compile("bg_[a-z2-7]{26}");
  private static final Duration BOUND = Duration.ofMinutes(1);

  @TempDir private Path folder;
  private Path data;
  private final List<McpProcess> clients = new ArrayList<>();
  private final List<Process> owners = new ArrayList<>();

  @BeforeEach
  void keepDataHere() throws IOException {
    data = HostJar.usedData(folder.resolve("data"));
  }

  @AfterEach
  void endAll() throws IOException {
    clients.forEach(client -> client.process().destroyForcibly());
    OwnerProcesses.end(data);
    owners.forEach(Process::destroyForcibly);
  }

  @Test
  void a_task_outlives_the_command_that_launched_it() throws IOException {
    HostJar.Outcome launched = call("background_task", task("slow", "Work", "2"));
    assertThat(launched.exitCode()).as(launched.err()).isZero();
    ProcessHandle owner = OwnerProcesses.of(data);

    HostJar.Outcome status = run("serve", "--status");

    assertThat(status.out())
        .contains("process  " + owner.pid(), "clients  0", "tasks    1 at work");
    await()
        .atMost(BOUND)
        .untilAsserted(() -> assertThat(run("serve", "--status").out()).contains("0 at work"));
    assertThat(OwnerProcesses.of(data)).isEqualTo(owner);
  }

  @Test
  void a_call_that_waits_is_answered_as_in_a_process_of_its_own() throws IOException {
    HostJar.Outcome waited = call("--wait", "background_task", task("echo", "Say", "said it"));

    assertThat(waited.exitCode()).as(waited.err()).isZero();
    assertThat(waited.err()).isEmpty();
    assertThat(waited.out())
        .contains("All of your background tasks have ended", "(echo): completed", "said it");
    assertThat(call("background_list", "{]").exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(call("--wait", "background_task", task("fail", "Fail", "x")).exitCode())
        .isEqualTo(ExitCodes.FAILED);
  }

  @Test
  void a_call_waits_for_no_tasks_but_its_own() throws IOException {
    assertThat(call("background_task", task("slow", "Be long", "600")).exitCode()).isZero();

    HostJar.Outcome waited = call("--wait", "background_task", task("echo", "Say", "said it"));

    assertThat(waited.exitCode()).as(waited.err()).isZero();
    String session =
        JSON.readTree(run("tasks", "list", "--json").out()).at("/0/parent_session").asText();
    HostJar.Outcome again = call("--wait", "--session", session, "background_list");
    assertThat(again.out()).contains("Say", "completed").doesNotContain("Be long");
    assertThat(again.err()).isEmpty();
    assertThat(run("serve", "--status").out()).contains("1 at work");
  }

  @Test
  void a_command_has_the_folder_and_the_environment_of_its_own_client() throws IOException {
    Files.writeString(
        folder.resolve("mine.json"),
        "{\"agents\":{\"mine\":{\"command\":[\"sh\",\"-c\",\"pwd; echo mark=$MARK\"]}}}");
    Path first = Files.createDirectory(folder.resolve("first")).toRealPath();
    Path second = Files.createDirectory(folder.resolve("second")).toRealPath();

    assertThat(waitedIn(first, "one").out()).contains(first.toString(), "mark=one");
    assertThat(waitedIn(second, "two").out()).contains(second.toString(), "mark=two");
    assertThat(run("call", "background_task", task("mine", "d", "p")).out())
        .doesNotContain("Launched");
  }

  private HostJar.Outcome waitedIn(Path place, String mark) throws IOException {
    List<String> words =
        HostJar.ownedCommand(
            "call",
            "--data=" + data,
            "--config=../mine.json",
            "--wait",
            "background_task",
            task("mine", "d", "p"));
    return HostJar.run(place, words, builder -> builder.environment().put("MARK", mark));
  }

  @Test
  void a_tool_server_outlives_its_owner_and_nothing_is_done_twice() throws IOException {
    McpProcess client = client("t");
    String before = launch(client, "slow", "Be before", "1");
    int waits = client.call("background_output", JSON.createObjectNode().put("wait", "all"));
    ProcessHandle first = OwnerProcesses.of(data);

    first.destroyForcibly();
    int launches = client.call("background_task", arguments("echo", "Be after", "after it"));

    List<JsonNode> answers = client.answers(List.of(waits, launches));
    assertThat(answers).hasSize(2);
    assertThat(OwnerProcesses.of(data)).isNotEqualTo(first);
    String listed = client.text("background_list", JSON.createObjectNode());
    assertThat(listed).contains(before, "Be before", "Be after");
    assertThat(ids(listed)).hasSize(2);
  }

  @Test
  void a_tool_server_finds_its_owner_again_that_was_told_to_end() throws IOException {
    McpProcess client = client("t");
    String task = launch(client, "echo", "Be first", "the word");
    await().atMost(BOUND).until(() -> list(client).contains("completed"));

    OwnerProcesses.end(data);

    ObjectNode which = JSON.createObjectNode().put("task_id", task);
    assertThat(client.text("background_output", which)).contains("the word");
  }

  @Test
  void two_clients_have_trees_of_their_own_and_one_limit() throws IOException {
    Path settings =
        Files.writeString(
            folder.resolve("one.json"),
            "{\"settings\":{\"sideline-background\":{\"max_running\":1}}}");
    McpProcess one = client("t", "--config=" + settings);
    McpProcess other = client("t", "--config=" + settings);
    launch(one, "slow", "Mine", "600");
    await().atMost(BOUND).until(() -> list(one).contains("running"));

    launch(other, "echo", "Yours", "x");

    assertThat(list(other)).contains("Yours", "pending").doesNotContain("Mine");
    assertThat(list(one)).contains("Mine").doesNotContain("Yours");
    one.text("background_cancel", JSON.createObjectNode().put("all", true));
    await().atMost(BOUND).until(() -> list(other).contains("completed"));
  }

  @Test
  void a_conversation_that_is_resumed_finds_its_tasks() throws IOException {
    McpProcess first = conversation("c-1");
    launch(first, "slow", "Go on", "2");
    first.process().destroyForcibly();

    McpProcess again = conversation("c-1");
    McpProcess another = conversation("c-2");

    assertThat(list(again)).contains("Go on");
    assertThat(list(another)).doesNotContain("Go on");
    await().atMost(BOUND).until(() -> list(again).contains("completed"));
    OwnerProcesses.of(data).destroyForcibly();
    assertThat(list(conversation("c-1"))).contains("Go on", "completed");
  }

  @Test
  void the_tasks_of_one_that_cannot_be_resumed_are_stopped() throws IOException {
    Path settings =
        Files.writeString(folder.resolve("s.json"), "{\"owner\":{\"client_gone_seconds\":0}}");
    McpProcess nameless = client("t", "--config=" + settings);
    launch(nameless, "slow", "Go on", "600");
    await().atMost(BOUND).until(() -> run("serve", "--status").out().contains("1 at work"));

    nameless.process().destroyForcibly();

    await().atMost(BOUND).until(() -> run("serve", "--status").out().contains("0 at work"));
  }

  @Test
  void a_second_owner_is_refused_with_the_number_of_the_first() throws IOException {
    serve();

    HostJar.Outcome second = run("serve");

    assertThat(second.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(second.err()).contains("process " + OwnerProcesses.of(data).pid());
  }

  @Test
  void one_that_has_nothing_to_do_ends() throws IOException {
    serve("--idle-exit=1");

    OwnerProcesses.awaitEnd(data);

    assertThat(run("serve", "--status").out()).contains("there is no owner");
  }

  @Test
  void clients_that_come_at_once_start_one() throws IOException {
    List<Process> calls = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      calls.add(
          new ProcessBuilder(HostJar.ownedCommand("call", "--data=" + data, "background_list"))
              .redirectErrorStream(true)
              .start());
    }

    for (Process call : calls) {
      assertThat(new String(call.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("You have no background tasks");
      assertThat(call.onExit().join().exitValue()).isZero();
    }
    assertThat(DataDirectory.owner(data)).isPresent();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void an_owner_that_the_command_of_a_task_has_started_outlives_that_task() throws IOException {
    String call =
        String.join(" ", HostJar.ownedCommand("call", "--data=" + data, "background_list"));
    ObjectNode agents = JSON.createObjectNode();
    agents
        .putObject("agents")
        .putObject("starter")
        .putArray("command")
        .add("sh")
        .add("-c")
        .add(call + " && exec sleep 600");
    Path config = Files.writeString(folder.resolve("starter.json"), agents.toString());
    McpProcess standalone =
        McpProcess.start(folder, "--data=" + folder.resolve("another"), "--config=" + config);
    clients.add(standalone);
    String task = launch(standalone, "starter", "Start one", "p");
    await().atMost(BOUND).until(() -> DataDirectory.owner(data).isPresent());
    await().atMost(BOUND).until(() -> run("serve", "--status").out().contains("clients  0"));
    ProcessHandle owner = OwnerProcesses.of(data);

    standalone.text("background_cancel", JSON.createObjectNode().put("task_id", task));
    await().atMost(BOUND).until(() -> list(standalone).contains("cancelled"));
    standalone.process().outputWriter().close();
    await().atMost(BOUND).until(() -> !standalone.process().isAlive());

    assertThat(run("serve", "--status").out()).contains("process  " + owner.pid());
    Path process = Path.of("/proc", Long.toString(owner.pid()));
    assertThat(Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1))
        .doesNotContain("SIDELINE_RUN");
    assertThat(Files.readString(process.resolve("limits")))
        .containsPattern("Max file locks +unlimited");
  }

  @Test
  void the_tour_is_given_by_the_owner_too() throws IOException {
    HostJar.Outcome tour = run("demo");

    assertThat(tour.exitCode()).as(tour.err()).isZero();
    assertThat(tour.out()).contains("All of your background tasks have ended", "The owner");
  }

  private void serve(String... options) throws IOException {
    List<String> words = HostJar.ownedCommand("serve", "--data=" + data);
    words.addAll(List.of(options));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    owners.add(process);
    assertThat(process.inputReader().readLine()).startsWith("Serving " + data);
  }

  private McpProcess client(String name, String... options) throws IOException {
    return client(name, builder -> {}, options);
  }

  private McpProcess conversation(String id) throws IOException {
    return client(
        "claude-code", builder -> builder.environment().put("CLAUDE_CODE_SESSION_ID", id));
  }

  private McpProcess client(String name, Consumer<ProcessBuilder> change, String... options)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("--data=" + data));
    words.addAll(List.of(options));
    McpProcess client = McpProcess.startOwned(name, folder, change, words.toArray(new String[0]));
    clients.add(client);
    return client;
  }

  private HostJar.Outcome call(String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of("call"));
    all.addAll(List.of(words));
    return run(all.toArray(new String[0]));
  }

  private HostJar.Outcome run(String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--data=" + data);
    return HostJar.runOwned(folder, all.toArray(new String[0]));
  }

  private static String list(McpProcess client) throws IOException {
    return client.text("background_list", JSON.createObjectNode());
  }

  private static String launch(McpProcess client, String agent, String description, String prompt)
      throws IOException {
    String launched = client.text("background_task", arguments(agent, description, prompt));
    return ids(launched).get(0);
  }

  private static List<String> ids(String text) {
    Matcher matcher = TASK.matcher(text);
    List<String> ids = new ArrayList<>();
    while (matcher.find()) {
      ids.add(matcher.group());
    }
    return ids.stream().distinct().toList();
  }

  private static ObjectNode arguments(String agent, String description, String prompt) {
    return JSON.createObjectNode()
        .put("agent", agent)
        .put("description", description)
        .put("prompt", prompt);
  }

  private static String task(String agent, String description, String prompt) {
    return arguments(agent, description, prompt).toString();
  }
}
