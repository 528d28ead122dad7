package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.model.Gate;
import dev.sideline.host.model.ScriptedModelServer;
import dev.sideline.host.opencode.harness.OpenCodeBinary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** An OpenCode server that an owner starts for those who name none. */
@LeakCheck.OncePerClass // Connections to the model are kept for the next test.
@EnabledOnOs(OS.LINUX)
class StartedServerIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String LAUNCH =
      "{\"agent\":\"general\",\"description\":\"Errand\",\"prompt\":\"the errand\"}";

  @TempDir private Path root;
  private final ScriptedModelServer model = new ScriptedModelServer();
  private Path binary;
  private Path data;
  private Path project;
  private Path settings;

  @BeforeEach
  void makeTheProject() throws IOException {
    binary = OpenCodeBinary.require();
    data = HostJar.usedData(root.resolve("data"));
    project = Files.createDirectory(root.resolve("project")).toRealPath();
    settings =
        Files.writeString(
            root.resolve("settings.json"),
            "{\"settings\":{\"sideline-background\":{\"lost_seconds\":5}}}");
    Files.writeString(
        project.resolve("opencode.json"),
        """
        {
          "model": "fake/fake",
          "small_model": "fake/fake",
          "provider": {
            "fake": {
              "npm": "@ai-sdk/openai-compatible",
              "options": {"apiKey": "x", "baseURL": "%s"},
              "models": {"fake": {"limit": {"context": 100000, "output": 4096}}}
            }
          }
        }
        """
            .formatted(model.url()));
  }

  @AfterEach
  void endAll() throws IOException {
    OwnerProcesses.end(data);
    model.close();
  }

  @Test
  void it_outlives_the_client_and_is_there_again_when_it_or_its_owner_was_killed()
      throws Exception {
    Gate gate = model.whenAsked("the errand").hold("It is ", "run.");

    // The command goes, its task stays.
    HostJar.Outcome launched = run("call", "background_task", LAUNCH);
    assertThat(launched.exitCode()).as(launched.err()).isZero();
    gate.awaitReached();
    ProcessHandle server = server().orElseThrow();
    JsonNode task = theTask();

    // The server is killed: the owner starts it again, and the task goes on there.
    server.descendants().forEach(ProcessHandle::destroyForcibly);
    server.destroyForcibly();
    gate.open(); // Whoever asks again is answered at once.
    await().atMost(PATIENCE).until(() -> theTask().path("status").asText().equals("completed"));
    ProcessHandle second = server().orElseThrow();
    assertThat(second).isNotEqualTo(server);

    // The owner is killed: nothing of it stays, and the next client in the folder brings all back.
    OwnerProcesses.of(data).destroyForcibly();
    await().atMost(PATIENCE).until(() -> !second.isAlive());
    HostJar.Outcome read =
        run("call", "--session", task.path("parent_session").asText(), "background_list", "{}");
    assertThat(read.exitCode()).as(read.err()).isZero();
    assertThat(read.out()).contains(task.path("task_id").asText(), "completed");
    assertThat(server()).isPresent();
  }

  /** The server among what the owner has started. */
  private Optional<ProcessHandle> server() {
    return OwnerProcesses.of(data)
        .descendants()
        .filter(process -> process.info().command().filter(binary.toString()::equals).isPresent())
        .findFirst();
  }

  private JsonNode theTask() throws IOException {
    HostJar.Outcome listed = run("tasks", "list", "--json");
    assertThat(listed.exitCode()).as(listed.err()).isZero();
    return JSON.readTree(listed.out()).path(0);
  }

  private HostJar.Outcome run(String... words) throws IOException {
    List<String> command = new ArrayList<>(HostJar.ownedCommand(words));
    command.addAll(List.of("--data=" + data, "--config=" + settings, "--runtime=opencode"));
    return HostJar.run(project, command, builder -> adapt(builder.environment()));
  }

  private void adapt(Map<String, String> environment) {
    environment.put("PATH", binary.getParent() + ":" + environment.get("PATH"));
    environment.put("HOME", root.resolve("home").toString());
    for (String kind : List.of("DATA", "CONFIG", "STATE", "CACHE")) {
      environment.put("XDG_" + kind + "_HOME", root.resolve("home").resolve(kind).toString());
    }
    environment.put("OPENCODE_DISABLE_MODELS_FETCH", "1");
    environment.put("OPENCODE_DISABLE_AUTOUPDATE", "1");
    environment.put("OPENCODE_DISABLE_LSP_DOWNLOAD", "1");
  }
}
