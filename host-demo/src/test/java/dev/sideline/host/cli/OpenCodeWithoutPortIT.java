package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.model.Reply;
import dev.sideline.host.model.ScriptedModelServer;
import dev.sideline.host.model.Turn;
import dev.sideline.host.opencode.OpenCodeOptions;
import dev.sideline.host.opencode.harness.OpenCodeBinary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenCode run in a way in which it listens on no port. */
@LeakCheck.OncePerClass // Connections to the model are kept for the next test.
class OpenCodeWithoutPortIT {

  @TempDir private static Path folder;
  private static ScriptedModelServer model;
  private static Path binary;

  @BeforeAll
  static void start() {
    binary = OpenCodeBinary.require();
    model = new ScriptedModelServer();
    model.whenAsked("the errand").reply(Reply.text("The errand is run."));
    // OpenCode asks for a title of the conversation as well, without tools.
    model
        .when(turn -> turn.lastUser().contains("run an errand") && !turn.toolNames().isEmpty())
        .reply(OpenCodeWithoutPortIT::launchAndWait);
  }

  @AfterAll
  static void stop() {
    model.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a password of OpenCode's own"})
  void its_agents_have_background_tasks_all_the_same(String password) throws Exception {
    Path project = Files.createTempDirectory(folder, "project");
    Files.writeString(project.resolve("opencode.json"), config());
    String data = "--data=" + HostJar.usedData(folder.resolve("data"));
    assertThat(HostJar.run(folder, "connect", "opencode", project.toString(), data).exitCode())
        .isZero();

    int before = model.turns().size();
    String said = openCodeRun(project, password, "run an errand");

    // What the parent's model is shown: the answer of the task, as the tool put it.
    assertThat(model.turns().stream().skip(before))
        .as(said)
        .anyMatch(OpenCodeWithoutPortIT::showsTheAnswer);
  }

  private static Reply launchAndWait(Turn turn) {
    return switch (turn.toolResults().size()) {
      case 0 ->
          Reply.tool(
              "sideline_background_task",
              "{\"agent\":\"general\",\"description\":\"Errand\",\"prompt\":\"the errand\"}");
      case 1 ->
          Reply.tool("sideline_background_output", "{\"wait\":\"all\",\"timeout_seconds\":60}");
      default -> Reply.text("done");
    };
  }

  private static boolean showsTheAnswer(Turn turn) {
    String messages = turn.body().path("messages").toString();
    return messages.contains("<task-output") && messages.contains("The errand is run.");
  }

  private static String config() {
    return """
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
        .formatted(model.url());
  }

  private static String openCodeRun(Path project, String password, String prompt)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", "");
    ProcessBuilder builder =
        new ProcessBuilder(binary.toString(), "run", prompt)
            .directory(project.toFile())
            .redirectInput(Files.createTempFile(folder, "in", "").toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().put("PWD", project.toString()); // It believes this more than the kernel.
    builder.environment().put("HOME", folder.resolve("home").toString());
    for (String kind : List.of("DATA", "CONFIG", "STATE", "CACHE")) {
      builder.environment().remove("XDG_" + kind + "_HOME");
    }
    builder.environment().put("OPENCODE_DISABLE_MODELS_FETCH", "1");
    builder.environment().put("OPENCODE_DISABLE_AUTOUPDATE", "1");
    if (!password.isEmpty()) {
      builder.environment().put(OpenCodeOptions.PASSWORD_VARIABLE, password);
    }
    Process process = builder.start();
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as(Files.readString(out)).isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return Files.readString(out);
  }
}
