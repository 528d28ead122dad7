package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the built program says of a machine whose agent programs are shell scripts. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the stand-ins are shell scripts")
class DoctorIT {

  @TempDir private Path folder;
  private Path project = Path.of("");

  @BeforeEach
  void aMachine() throws IOException {
    folder = folder.toRealPath();
    project = Files.createDirectories(folder.resolve("project"));
    Files.createDirectories(folder.resolve("home"));
    program("claude", "echo '2.1.332 (Claude Code)'");
    program("codex", "echo WARNING: something >&2; echo codex-cli 0.171.0");
    program("opencode", "echo 1.18.33");
  }

  @Test
  void where_all_is_well_nothing_needs_doing_and_nothing_is_changed() throws IOException {
    HostJar.Outcome outcome = doctor();

    assertThat(outcome.exitCode()).as(outcome.out()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out().lines())
        .anyMatch(line -> line.matches("ok +sideline +\\S+, " + HostJar.JAR))
        .anyMatch(line -> line.matches("ok +java +\\d.*" + System.getProperty("java.home")))
        .anyMatch(line -> line.matches("note +data folder .* is made when it is needed"))
        .anyMatch(line -> line.matches("note +fast start +no archive yet; .*"))
        .anyMatch(line -> line.matches("ok +plugin +sideline-background .*/plugins"))
        .anyMatch(line -> line.matches("ok +claude +2\\.1\\.332, .*/claude"))
        .anyMatch(line -> line.matches("ok +codex +0\\.171\\.0, .*/codex"))
        .anyMatch(line -> line.matches("note +gemini +Gemini CLI is not on the path"))
        .anyMatch(line -> line.matches("ok +opencode +1\\.18\\.33, .*/opencode"))
        .noneMatch(line -> line.startsWith("todo"));
    assertThat(project).isEmptyDirectory();
    assertThat(folder.resolve("home")).isEmptyDirectory();
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void a_plugin_that_cannot_be_used_needs_something_done() throws IOException {
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    Files.writeString(plugins.resolve("broken.jar"), "no jar");

    HostJar.Outcome outcome = doctor("--plugins=" + plugins);

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.out().lines())
        .anyMatch(line -> line.matches("todo +plugin +.*/broken\\.jar: it is not a readable jar.*"))
        .anyMatch(line -> line.matches("todo +plugin +none offers a tool.*"));
  }

  @Test
  void a_configuration_that_is_wrong_needs_something_done() throws IOException {
    Path config = Files.writeString(folder.resolve("c.json"), "{");

    HostJar.Outcome outcome = doctor("--config=" + config);

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.out())
        .containsPattern("(?m)^todo +configuration +--config.*c\\.json.*not valid");
  }

  @Test
  void a_data_folder_that_cannot_be_had_needs_something_done() throws IOException {
    Path inTheWay = Files.writeString(folder.resolve("file"), "");

    HostJar.Outcome outcome = doctor("--data=" + inTheWay.resolve("data"));

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.out()).containsPattern("(?m)^todo +data folder .*/file is no folder");
  }

  @Test
  void an_archive_is_told_of_with_what_became_of_it() throws IOException {
    ClassArchive archive =
        new ClassArchive(
            folder.resolve("data/startup"), HostJar.JAR, Path.of(System.getProperty("java.home")));
    assertThat(HostJar.run(folder, "startup", data()).exitCode()).isZero();
    assertThat(doctor().out()).containsPattern("(?m)^ok +fast start +" + archive.file());

    Files.writeString(archive.note(), "of another");
    assertThat(doctor().out()).containsPattern("(?m)^note +fast start .*makes it anew");

    assertThat(HostJar.run(folder, "startup", data()).exitCode()).isZero();
    Files.delete(archive.file());
    HostJar.Outcome failed = doctor();
    assertThat(failed.out())
        .containsPattern("(?m)^todo +fast start .*delete " + archive.note() + " to have it tried");

    Files.setPosixFilePermissions(archive.folder(), PosixFilePermissions.fromString("rwxrwxrwx"));
    HostJar.Outcome open = doctor();
    assertThat(open.exitCode()).isEqualTo(1);
    assertThat(open.out()).containsPattern("(?m)^todo +fast start .*can be written by others");
  }

  @Test
  void programs_are_asked_at_once_bounded_and_without_a_trace() throws IOException {
    Path pids = folder.resolve("pids");
    program("gemini", "echo $$ >>" + pids + "; sleep 300 & echo $! >>" + pids + "; wait");
    program("qwen", "echo $$ >>" + pids + "; exec sleep 300");
    program("claude", "printf '\\033[2J\\n'; exit 3");
    program("codex", "printf '\\033]0;title\\007 9.9.9-\\033[31mred\\n'");
    program("opencode", "echo 2.0.21");

    HostJar.Outcome outcome = doctor();

    assertThat(outcome.exitCode()).as(outcome.out()).isZero();
    assertThat(outcome.out().lines())
        .anyMatch(line -> line.matches("note +gemini +.*did not end within 10 s"))
        .anyMatch(line -> line.matches("note +qwen +.*did not end within 10 s"))
        .anyMatch(line -> line.matches("note +claude +.*ended with exit code 3"))
        .anyMatch(line -> line.matches("ok +codex +9\\.9\\.9, .*"))
        .anyMatch(
            line -> line.matches("note +opencode .*OpenCode 2 \\(2\\.0\\.21\\).*What works.*"))
        .noneMatch(line -> line.contains("\u001b"));
    for (String pid : Files.readAllLines(pids)) {
      await()
          .until(
              () -> ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isEmpty());
    }
  }

  @Test
  void what_connect_has_written_is_told_of_and_whether_it_still_starts_something()
      throws IOException {
    assertThat(doctor().out().lines())
        .anyMatch(line -> line.matches("note +claude +not connected here; 'sideline connect .*"))
        .noneMatch(line -> line.matches("note +qwen +not connected.*"));
    HostJar.usedData(folder.resolve("data"));
    connect("claude");
    connect("codex", "--user");
    connect("opencode");

    HostJar.Outcome well = doctor();
    assertThat(well.exitCode()).as(well.out()).isZero();
    assertThat(well.out().lines())
        .anyMatch(line -> line.matches("ok +claude +connected in this folder: .*/\\.mcp\\.json.*"))
        .anyMatch(line -> line.matches("ok +codex +connected for you: .*/config\\.toml.*"))
        .anyMatch(line -> line.matches("ok +opencode +connected in this folder: .*"));

    Files.delete(project.resolve(".claude/settings.local.json"));
    Path codex = folder.resolve("home/.codex/config.toml");
    Files.writeString(
        codex, Files.readString(codex).replace(HostJar.JAR + "\"", folder + "/gone.jar\""));
    HostJar.Outcome ill = doctor();
    assertThat(ill.exitCode()).isEqualTo(1);
    assertThat(ill.out().lines())
        .anyMatch(line -> line.matches("todo +claude .*; run 'sideline connect claude' again"))
        .anyMatch(line -> line.matches("todo +codex .*run 'sideline connect codex --user' again"));
  }

  @Test
  void what_is_somebody_elses_is_no_fault() throws IOException {
    Files.writeString(
        project.resolve(".mcp.json"),
        "{\"mcpServers\":{\"sideline\":{\"command\":\"mine\",\"args\":[]}}}");

    HostJar.Outcome outcome = doctor();

    assertThat(outcome.exitCode()).as(outcome.out()).isZero();
    assertThat(outcome.out()).containsPattern("(?m)^note +claude +cannot be connected in this");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/api/info | {\"version\":\"2.0.21\",\"pid\":1} | todo | it is OpenCode 2 (2.0.21)",
        "/global/health | {\"healthy\":true,\"version\":\"1.18.33\"} | ok | 1.18.33, http",
        "/none | {} | todo | no OpenCode server",
      })
  void a_server_that_is_named_is_told_of(String path, String json, String mark, String words)
      throws IOException {
    try (MockWebServer server = new MockWebServer()) {
      server.setDispatcher(
          new mockwebserver3.Dispatcher() {
            @Override
            public MockResponse dispatch(mockwebserver3.RecordedRequest request) {
              boolean asked = path.equals(request.getTarget());
              return new MockResponse.Builder()
                  .addHeader("Content-Type", asked ? "application/json" : "text/html")
                  .body(asked ? json : "<html></html>")
                  .build();
            }
          });
      server.start(InetAddress.getLoopbackAddress(), 0);

      HostJar.Outcome outcome =
          doctor("--json", "--opencode-url=http://127.0.0.1:" + server.getPort());

      assertThat(outcome.exitCode()).isEqualTo(mark.equals("ok") ? 0 : 1);
      JsonNode last = null;
      for (JsonNode finding : new JsonMapper().readTree(outcome.out())) {
        last = finding;
      }
      assertThat(last).isNotNull();
      assertThat(last.path("what").asText()).isEqualTo("opencode server");
      assertThat(last.path("mark").asText()).isEqualTo(mark);
      assertThat(last.path("words").asText()).contains(words);
    }
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.createDirectories(folder.resolve("bin")).resolve(name);
    Files.writeString(file, "#!/bin/sh\nPATH=/usr/bin:/bin\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private String data() {
    return "--data=" + folder.resolve("data");
  }

  private void connect(String... words) throws IOException {
    HostJar.Outcome outcome = run("connect", words);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
  }

  private HostJar.Outcome doctor(String... options) throws IOException {
    return run("doctor", options);
  }

  private HostJar.Outcome run(String command, String... options) throws IOException {
    List<String> words = new ArrayList<>(HostJar.command(command));
    words.addAll(List.of(options));
    if (Stream.of(options).noneMatch(option -> option.startsWith("--data"))) {
      words.add(data());
    }
    Path outputs = Files.createDirectories(folder.resolve("outputs"));
    return HostJar.run(
        outputs,
        words,
        builder -> {
          builder.directory(project.toFile());
          builder.environment().put("PATH", folder.resolve("bin").toString());
          builder.environment().put("HOME", folder.resolve("home").toString());
          for (String elsewhere :
              List.of(
                  CommonOptions.OPENCODE_URL_VARIABLE,
                  "CLAUDE_CONFIG_DIR",
                  "CODEX_HOME",
                  "GEMINI_CLI_HOME",
                  "QWEN_HOME")) {
            builder.environment().remove(elsewhere);
          }
        });
  }
}
