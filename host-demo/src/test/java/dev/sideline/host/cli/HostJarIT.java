package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of the built program. */
class HostJarIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String SLOW =
      "{\"agent\":\"slow\",\"description\":\"Work\",\"prompt\":\"60\"}";

  @TempDir private Path folder;
  private String data = "";

  @BeforeEach
  void keepDataHere() {
    data = "--data=" + folder.resolve("data");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "demo --help",
        "tools --help",
        "call --help",
        "mcp --help",
        "doctor --help",
        "connect --help",
        "connect opencode --help",
        "connect claude --help",
        "connect codex --help",
        "connect gemini --help",
        "connect qwen --help"
      })
  void every_command_explains_itself(String line) throws IOException {
    HostJar.Outcome outcome = HostJar.run(folder, line.split(" ", -1));

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).contains("Usage: sideline", "--plugins", "Exit codes");
    assertThat(outcome.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "frob | 'frob'",
        "tools --frob | --frob",
        "tools --runtime x | 'x' is not allowed; use embedded or opencode",
        "tools --opencode-url x | 'x' is not an address",
        "tools --config nowhere.json | nowhere.json",
        "call | TOOL",
        "call frob | no tool 'frob'; there are background_task",
        "call background_list {x | JSON is not valid",
        "call background_list [] | must be an object",
        "call background_list {\"a\":1,\"a\":2} | Duplicate",
        "connect | opencode",
        "connect frob | frob",
        "connect opencode nowhere | 'nowhere'",
        "connect claude nowhere | 'nowhere'",
        "connect codex --user . | --user",
        "connect gemini . . | Unmatched",
        "connect qwen --wake | --wake",
        "connect qwen --config nowhere.json | nowhere.json",
        "demo --runtime opencode | embedded",
      })
  void wrong_usage_is_named_and_has_exit_code_2(String line, String named) throws IOException {
    HostJar.Outcome outcome = HostJar.run(folder, line.split(" ", -1));

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err()).contains(named).doesNotContain("\tat ");
    assertThat(outcome.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{ | not valid",
        "{\"agent\":{}} | agent",
        "{\"settings\":[]} | settings must be an object",
        "{\"settings\":{\"x\":{\"a\":{}}}} | settings.x.a must be a text",
      })
  void a_wrong_configuration_is_named_and_has_exit_code_2(String json, String named)
      throws IOException {
    Path file = Files.writeString(folder.resolve("c.json"), json);

    HostJar.Outcome outcome = HostJar.run(folder, "tools", "--config", file.toString());

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err()).contains("c.json", named).doesNotContain("\tat ");
  }

  @Test
  void a_folder_without_plugins_is_a_failure_that_names_it() throws IOException {
    HostJar.Outcome outcome = HostJar.run(folder, "tools", "--plugins", folder.toString());

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err()).contains(folder.toString()).doesNotContain("\tat ");
  }

  @Test
  void jars_of_the_working_directory_are_not_loaded() throws IOException {
    Path program =
        Files.copy(
            HostJar.JAR, Files.createDirectory(folder.resolve("program")).resolve("host.jar"));
    Path clone = Files.createDirectories(folder.resolve("clone/plugins")).getParent();
    Files.copy(
        HostJar.JAR.resolveSibling("plugins").resolve("sideline-plugin-background.jar"),
        clone.resolve("plugins/planted.jar"));

    HostJar.Outcome outcome = HostJar.run(clone, HostJar.commandOf(program, "tools"));

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains(program.resolveSibling("plugins") + " offers");
  }

  @Test
  void a_data_folder_that_cannot_be_made_hinders_nobody_who_does_not_need_it() throws IOException {
    Path inTheWay = Files.writeString(folder.resolve("file"), "");

    HostJar.Outcome called =
        HostJar.run(folder, "call", "--data=" + inTheWay.resolve("data"), "background_list");
    HostJar.Outcome connected =
        HostJar.run(folder, "connect", "opencode", "--data=" + inTheWay.resolve("data"));

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(connected.exitCode()).isEqualTo(1);
    assertThat(connected.err()).contains(inTheWay.toString()).doesNotContain("Exception");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void a_configuration_may_come_from_a_pipe_and_have_a_byte_order_mark() throws IOException {
    Files.writeString(
        folder.resolve("c.json"),
        "\ufeff{\"agents\":{\"mine\":{\"command\":[\"cat\"]}},"
            + "\"settings\":{\"sideline-background\":{\"max_depth\":1}}}");
    List<String> words = new ArrayList<>(List.of("sh", "-c", "cat c.json | \"$@\"", "sh"));
    words.addAll(
        HostJar.command(
            "call",
            data,
            "--wait",
            "--config=/dev/stdin",
            "background_task",
            "{\"agent\":\"mine\",\"description\":\"d\",\"prompt\":\"p\"}"));

    HostJar.Outcome outcome = HostJar.run(folder, words);

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("(mine): completed");
  }

  @Test
  void tools_are_printed_as_json_and_nothing_else_is() throws IOException {
    HostJar.Outcome outcome = HostJar.run(folder, "tools");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).isEmpty();
    JsonNode tools = JSON.readTree(outcome.out());
    assertThat(tools.findValuesAsText("name"))
        .contains("background_task", "background_output", "background_cancel", "background_list");
    assertThat(tools.get(0).at("/inputSchema/type").asText()).isEqualTo("object");
    assertThat(tools.get(0).at("/annotations/readOnlyHint").isBoolean()).isTrue();
  }

  @Test
  void a_call_prints_the_tools_answer() throws IOException {
    HostJar.Outcome outcome = HostJar.run(folder, "call", data, "background_list");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).isEqualTo("You have no background tasks." + System.lineSeparator());
  }

  @Test
  void a_refused_call_prints_why_and_has_exit_code_1() throws IOException {
    HostJar.Outcome outcome =
        HostJar.run(folder, "call", data, "--json", "background_list", "{\"limit\":0}");

    assertThat(outcome.exitCode()).isEqualTo(1);
    JsonNode answer = JSON.readTree(outcome.out());
    assertThat(answer.path("error").asBoolean()).isTrue();
    assertThat(answer.path("text").asText()).contains("'limit'");
  }

  @Test
  void a_call_that_waits_stays_until_the_notice_has_come_and_prints_the_answer()
      throws IOException {
    HostJar.Outcome outcome =
        HostJar.runWithInput(
            folder,
            "{\"agent\":\"echo\",\"description\":\"Say h\u00fc\",\"prompt\":\"h\u00fc\"}",
            "call",
            data,
            "--wait",
            "background_task",
            "-");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .contains(
            "Launched background task bg_", "\"Say h\u00fc\" (echo): completed", "<task-output");
  }

  @Test
  void an_answer_is_checked_against_the_schema_that_a_call_gives() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("c.json"),
            "{\"agents\":{\"counts\":{\"command\":[\"echo\",\"{\\\"rooms\\\":4}\"]}}}");

    HostJar.Outcome outcome =
        HostJar.run(
            folder,
            "call",
            data,
            "--config=" + config,
            "--wait",
            "background_task",
            "{\"agent\":\"counts\",\"description\":\"d\",\"prompt\":\"p\","
                + "\"result_schema\":{\"type\":\"object\","
                + "\"properties\":{\"rooms\":{\"type\":\"integer\"}}}}");

    assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).contains("completed", "{\"rooms\":4}");
  }

  @Test
  void a_call_that_waits_has_exit_code_1_if_the_task_has_failed() throws IOException {
    HostJar.Outcome outcome =
        HostJar.run(
            folder,
            "call",
            data,
            "--wait",
            "background_task",
            "{\"agent\":\"fail\",\"description\":\"d\",\"prompt\":\"p\"}");

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).contains("failed: its session reported an error");
  }

  @Test
  void a_call_that_waits_does_not_wait_for_a_notice_that_was_not_wanted() throws IOException {
    HostJar.Outcome outcome =
        HostJar.run(
            folder,
            "call",
            data,
            "--wait",
            "background_task",
            "{\"agent\":\"echo\",\"description\":\"d\",\"prompt\":\"p\",\"notify\":\"silent\"}");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).contains("<task-output").doesNotContain("[Background tasks]");
  }

  @Test
  void what_a_client_calls_itself_makes_no_line_of_the_log() throws IOException {
    HostJar.Outcome outcome =
        HostJar.runWithInput(
            folder,
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
                + "\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{"
                + "\"name\":\"x\\r12:00:00.000 ERROR \\u001b[2J\\n12:00:00.000 ERROR fake\","
                + "\"version\":\"1\"}}}\n",
            "-v",
            "mcp",
            data);

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).contains("ERROR fake").doesNotContain("\r", "\u001b");
    assertThat(outcome.err().lines()).noneMatch(line -> line.startsWith("12:00:00.000"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void what_a_task_prints_commands_no_terminal(boolean json) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("c.json"),
            "{\"agents\":{\"loud\":{\"command\":[\"printf\","
                + "\"\\\\033]0;owned\\\\007\\\\302\\\\2332J \\\\342\\\\200\\\\256gnp.exe\"]}}}");
    List<String> words =
        new ArrayList<>(List.of("call", data, "--wait", "--config=" + config, "background_task"));
    words.add("{\"agent\":\"loud\",\"description\":\"d\\u001b[31m\",\"prompt\":\"p\"}");
    if (json) {
      words.add("--json");
    }

    HostJar.Outcome outcome = HostJar.run(folder, words.toArray(new String[0]));

    assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
    assertThat(outcome.out())
        .containsIgnoringCase("\\u001b]0;owned\\u0007\\u009b2J \\u202egnp.exe")
        .doesNotContain("\u001b", "\u0007", "\u009b", "\u202e");
  }

  @ParameterizedTest
  @CsvSource({", 1", "C.UTF-8, 0"})
  @DisabledOnOs({OS.WINDOWS, OS.MAC})
  void a_folder_that_the_locale_cannot_name_is_said_with_what_to_do(String locale, int code)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("sh", "-c"));
    words.add("d=$(printf '\\320\\277'); mkdir \"$d\" && cd \"$d\" && exec env -i \"$@\"");
    words.addAll(List.of("sh", "PATH=" + System.getenv("PATH")));
    if (locale != null) {
      words.add("LC_ALL=" + locale);
    }
    words.addAll(HostJar.command("tools"));

    HostJar.Outcome outcome = HostJar.run(folder, words);

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(code);
    if (code != 0) {
      assertThat(outcome.err()).contains("working directory", "LC_ALL=C.UTF-8");
    }
  }

  @Test
  void what_connect_writes_starts_a_server_that_says_nothing_but_the_protocol_on_its_output()
      throws IOException {
    HostJar.usedData(folder.resolve("data"));
    Path project = Files.createDirectory(folder.resolve("project"));
    assertThat(HostJar.run(folder, "connect", "opencode", "project", data).exitCode()).isZero();
    JsonNode entry = JSON.readTree(project.resolve("opencode.json").toFile()).at("/mcp/sideline");
    List<String> words =
        new ArrayList<>(
            List.of("env", "JAVA_TOOL_OPTIONS=-Xlog:gc*,class+load -XX:+PrintCommandLineFlags"));
    entry
        .path("environment")
        .properties()
        .forEach(named -> words.add(named.getKey() + "=" + named.getValue().asText()));
    entry.path("command").forEach(word -> words.add(word.asText()));

    HostJar.Outcome outcome =
        HostJar.runWithInput(
            folder,
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
                + "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
                + "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}\n",
            words);

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(words).contains("LC_ALL=C.UTF-8");
    assertThat(outcome.out().lines()).allMatch(line -> line.startsWith("{\"jsonrpc\""));
    assertThat(outcome.err()).contains("-XX:+PrintCommandLineFlags");
  }

  @Test
  void what_connect_writes_starts_from_an_archive_of_classes() throws IOException {
    Path project = Files.createDirectory(folder.resolve("project"));
    HostJar.Outcome connected = HostJar.run(folder, "connect", "opencode", "project", data);
    assertThat(connected.exitCode()).isZero();
    assertThat(connected.err()).isEmpty();
    List<String> words = new ArrayList<>();
    JSON.readTree(project.resolve("opencode.json").toFile())
        .at("/mcp/sideline/command")
        .forEach(word -> words.add(word.asText()));
    // A JVM that has to use the archive refuses to start without it.
    words.set(words.indexOf("-Xshare:auto"), "-Xshare:on");

    HostJar.Outcome started = HostJar.runWithInput(folder, "", words);

    assertThat(started.exitCode()).as(started.err()).isZero();
    words.replaceAll(word -> word.replaceFirst("^(-XX:SharedArchiveFile=.*)\\.jsa$", "$1.none"));
    assertThat(HostJar.runWithInput(folder, "", words).exitCode()).isNotZero();
    words.set(words.indexOf("-Xshare:on"), "-Xshare:auto");
    HostJar.Outcome without = HostJar.runWithInput(folder, "", words);
    assertThat(without.exitCode()).as(without.err()).isZero();
    assertThat(without.out()).isEmpty();
  }

  @Test
  void connect_goes_on_where_no_archive_can_be_made() throws IOException {
    Files.writeString(Files.createDirectory(folder.resolve("data")).resolve("startup"), "");

    assertThat(connectedWithoutArchive()).doesNotContain("\tat ");
  }

  @Test
  void an_archive_that_others_could_have_written_is_not_used() throws IOException {
    Path startup = Files.createDirectories(folder.resolve("data").resolve("startup"));
    Files.setPosixFilePermissions(startup, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThat(connectedWithoutArchive()).contains("can be written by others");
  }

  /** What it says to that. */
  private String connectedWithoutArchive() throws IOException {
    Path project = Files.createDirectory(folder.resolve("project"));

    HostJar.Outcome connected = HostJar.run(folder, "connect", "opencode", "project", data);

    assertThat(connected.exitCode()).isZero();
    assertThat(connected.err()).contains("will start more slowly");
    assertThat(project.resolve("opencode.json"))
        .content()
        .contains("sideline")
        .doesNotContain("SharedArchiveFile");
    return connected.err();
  }

  @Test
  void settings_and_agents_come_from_the_configuration() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("c.json"),
            "{\"agents\":{\"mine\":{\"command\":[\"cat\"]}},"
                + "\"settings\":{\"sideline-background\":{\"max_depth\":1}}}");

    HostJar.Outcome outcome =
        HostJar.run(
            folder,
            "call",
            data,
            "--wait",
            "background_task",
            "{\"agent\":\"mine\",\"description\":\"d\",\"prompt\":\"p\"}",
            "--config=" + config);

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("(mine): completed");
  }

  @Test
  void the_tour_ends_by_itself() throws IOException {
    HostJar.Outcome outcome = HostJar.run(folder);

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .contains("background_task(survey", "completed", "failed", "cancelled")
        .contains("All of your background tasks have ended", "every process ended")
        .doesNotContain("\u001b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"call", "mcp"})
  void told_to_end_it_leaves_no_process_behind(String command) throws Exception {
    Process process =
        command.equals("call")
            ? start("call", data, "--wait", "background_task", SLOW)
            : start("mcp", data);
    if (command.equals("mcp")) {
      process
          .outputWriter()
          .append(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
                  + "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
                  + "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}\n"
                  + "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n"
                  + "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{"
                  + "\"name\":\"background_task\",\"arguments\":"
                  + SLOW
                  + "}}\n")
          .flush();
    }
    List<ProcessHandle> agents =
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> process.descendants().toList(), found -> !found.isEmpty());

    process.destroy();

    assertThat(process.waitFor(25, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    await().until(() -> agents.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void the_mcp_server_ends_with_its_clients_end_and_its_tasks_with_it() throws Exception {
    Process process = start("mcp", data);

    process.outputWriter().close();

    assertThat(process.waitFor(25, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void connecting_and_removing_leaves_a_project_as_it_was() throws IOException {
    HostJar.usedData(folder.resolve("data"));
    Path project = Files.createDirectory(folder.resolve("project"));
    Files.writeString(project.resolve("opencode.jsonc"), "{\n  // mine\n  \"model\": \"a/b\"\n}\n");

    assertThat(HostJar.run(folder, "connect", "opencode", "project", data).exitCode()).isZero();
    assertThat(project.resolve("opencode.jsonc"))
        .content()
        .contains("// mine", "sideline-host.jar", "\"--caller-key\"");
    assertThat(HostJar.run(folder, "connect", "opencode", "project", data).out())
        .contains("up to date");
    assertThat(HostJar.run(folder, "connect", "opencode", "--remove", "project", data).exitCode())
        .isZero();

    assertThat(project.resolve("opencode.jsonc"))
        .hasContent("{\n  // mine\n  \"model\": \"a/b\"\n}\n");
    assertThat(project.resolve(".opencode")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "claude, .mcp.json, tool",
    "codex, .codex/config.toml, socket",
    "gemini, .gemini/settings.json, socket",
    "qwen, .qwen/settings.json, socket"
  })
  void connecting_a_program_tells_what_it_writes_and_what_is_next_and_can_be_taken_back(
      String program, String file, String hold) throws IOException {
    HostJar.usedData(folder.resolve("data"));
    Path project = Files.createDirectory(folder.resolve("the project"));

    HostJar.Outcome connected = HostJar.run(folder, "connect", program, "the project", data);

    assertThat(connected.exitCode()).as(connected.err()).isZero();
    assertThat(connected.out())
        .contains("made " + project.resolve(file), "sideline-host.jar", "Start " + program);
    assertThat(project.resolve(file)).content().contains("\"--hold\"", "\"" + hold + "\"");
    assertThat(HostJar.run(folder, "connect", program, "the project", data).out())
        .contains("up to date");
    HostJar.Outcome removed =
        HostJar.run(folder, "connect", program, "--remove", "the project", data);
    assertThat(removed.exitCode()).isZero();
    assertThat(removed.out()).contains("deleted " + project.resolve(file));
    assertThat(project).isEmptyDirectory();
  }

  @Test
  void connecting_codex_has_its_threads_woken_if_that_is_asked_for() throws IOException {
    HostJar.usedData(folder.resolve("data"));
    Path project = Files.createDirectory(folder.resolve("project"));

    assertThat(HostJar.run(folder, "connect", "codex", "--wake", "project", data).exitCode())
        .isZero();

    assertThat(project.resolve(".codex/config.toml"))
        .content()
        .contains("  \"--wake\",\n", "env_vars = [\"CODEX_HOME\"]\n");
  }

  private Process start(String... arguments) throws IOException {
    return new ProcessBuilder(HostJar.command(arguments))
        .directory(folder.toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
