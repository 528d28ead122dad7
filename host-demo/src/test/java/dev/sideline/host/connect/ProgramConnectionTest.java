package dev.sideline.host.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.host.file.StableName;
import dev.sideline.host.file.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramConnectionTest {

  @TempDir private Path folder;

  static Stream<String> programs() {
    return AgentProgram.all().stream().map(AgentProgram::name);
  }

  /** A file of each program's that a project has, in which something can be in the way. */
  private static final String FILES =
      """
      claude | .mcp.json
      claude | .claude/settings.local.json
      codex  | .codex/config.toml
      codex  | .codex/hooks.json
      gemini | .gemini/settings.json
      qwen   | .qwen/settings.json
      """;

  @ParameterizedTest
  @MethodSource("programs")
  void an_empty_project_is_connected_and_empty_again_when_it_is_removed(String name)
      throws IOException {
    ConnectedPrograms it = with(name);
    Map<Path, String> before = it.files();

    assertThat(it.state()).isEqualTo(Connected.State.NO);
    List<FileChange> changes = it.connect();

    assertThat(changes)
        .isNotEmpty()
        .allSatisfy(change -> assertThat(change.kind()).isEqualTo(FileChange.Kind.MADE))
        .allSatisfy(change -> assertThat(change.lines()).allMatch(line -> line.startsWith("+ ")));
    assertThat(it.connect()).isEmpty();
    assertThat(it.disconnect())
        .hasSameSizeAs(changes)
        .allSatisfy(change -> assertThat(change.kind()).isEqualTo(FileChange.Kind.DELETED));
    assertThat(it.files()).isEqualTo(before);
    assertThat(it.data).isEmptyDirectory();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void the_users_own_configuration_is_connected_and_as_it_was_when_it_is_removed(String name)
      throws IOException {
    ConnectedPrograms it = with(name);
    Map<Path, String> before = it.files();
    ProgramConnection user = it.ofUser(Map.of());

    user.connect(it.named(ConnectedPrograms.COMMANDS));

    assertThat(it.state()).isEqualTo(Connected.State.NO);
    assertThat(user.look().state()).isEqualTo(Connected.State.YES);
    assertThat(user.look().server()).isEqualTo(ConnectedPrograms.COMMANDS.server());
    user.disconnect();
    assertThat(it.files()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "claude, CLAUDE_CONFIG_DIR, .claude.json",
    "codex, CODEX_HOME, config.toml",
    "gemini, GEMINI_CLI_HOME, .gemini/settings.json",
    "qwen, QWEN_HOME, settings.json"
  })
  void a_variable_of_the_program_says_where_the_users_own_configuration_is(
      String name, String variable, String file) throws IOException {
    ConnectedPrograms it = with(name);
    Path elsewhere = it.home.resolve("else where");

    it.ofUser(Map.of(variable, elsewhere.toString())).connect(it.named(ConnectedPrograms.COMMANDS));

    assertThat(elsewhere.resolve(file)).exists();
    assertThat(it.home).isDirectoryNotContaining(path -> !path.equals(elsewhere));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = FILES)
  void a_file_of_another_encoding_is_left_alone(String name, String file) throws IOException {
    ConnectedPrograms it = with(name);
    Files.write(made(it, file), new byte[] {'{', (byte) 0xff, '}'});
    assertRefused(it, file, "UTF-8");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = FILES)
  void a_file_that_is_far_too_large_is_left_alone(String name, String file) throws IOException {
    ConnectedPrograms it = with(name);
    Files.writeString(made(it, file), " ".repeat(2 << 20));
    assertRefused(it, file, "2,097,152 bytes");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = FILES)
  void a_folder_in_the_place_of_a_file_is_left_alone(String name, String file) throws IOException {
    ConnectedPrograms it = with(name);
    Files.createDirectory(made(it, file));
    assertRefused(it, file, "in the way");
  }

  @ParameterizedTest
  @ValueSource(strings = {"claude", "codex", "gemini", "qwen"})
  void a_file_in_the_place_of_a_folder_is_left_alone(String name) throws IOException {
    ConnectedPrograms it = with(name);
    Files.writeString(it.project.resolve("." + name), "a file");
    assertRefused(it, "." + name, "in the way");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = FILES)
  @DisabledOnOs(OS.WINDOWS)
  void a_read_only_file_is_left_alone(String name, String file) throws IOException {
    ConnectedPrograms it = with(name);
    Path there = Files.writeString(made(it, file), file.endsWith("toml") ? "" : "{}");
    Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("r--r--r--"));
    assertRefused(it, file, "read-only");
  }

  @ParameterizedTest
  @MethodSource("programs")
  @DisabledOnOs(OS.WINDOWS)
  void a_read_only_folder_is_left_alone(String name) throws IOException {
    ConnectedPrograms it = with(name);
    Files.setPosixFilePermissions(it.project, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assertRefused(it, "", "read-only");
    } finally {
      Files.setPosixFilePermissions(it.project, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = FILES)
  @DisabledOnOs(OS.WINDOWS)
  void a_link_out_of_the_project_is_not_followed(String name, String file) throws IOException {
    ConnectedPrograms it = with(name);
    Path elsewhere = Files.writeString(it.home.resolve("elsewhere"), "");
    Files.createSymbolicLink(made(it, file), elsewhere);
    assertRefused(it, file, elsewhere.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"claude", "codex", "gemini", "qwen"})
  @DisabledOnOs(OS.WINDOWS)
  void a_link_in_the_users_own_configuration_is_the_users_and_followed(String name)
      throws IOException {
    ConnectedPrograms it = with(name);
    Path kept = Files.createDirectory(folder.resolve("dotfiles"));
    Files.createSymbolicLink(it.home.resolve("." + name), kept);

    it.ofUser(Map.of()).connect(it.named(ConnectedPrograms.COMMANDS));
    assertThat(kept).isNotEmptyDirectory();
    it.ofUser(Map.of()).disconnect();

    assertThat(kept).isEmptyDirectory();
    assertThat(it.home.resolve("." + name)).isSymbolicLink();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = FILES)
  @DisabledOnOs(OS.WINDOWS)
  void a_file_keeps_its_permissions(String name, String file) throws IOException {
    ConnectedPrograms it = with(name);
    Path there = Files.writeString(made(it, file), file.endsWith("toml") ? "" : "{}");
    Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("rw-r-----"));

    it.connect();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(there)))
        .isEqualTo("rw-r-----");
    it.disconnect();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(there)))
        .isEqualTo("rw-r-----");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void what_files_were_is_kept_where_nobody_else_can_read_it() throws IOException {
    ConnectedPrograms it = with("gemini");
    Files.writeString(made(it, ".gemini/settings.json"), "{\"key\": \"secret\"}");

    it.connect();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(it.data)))
        .isEqualTo("rwx------");
    assertThat(it.kept())
        .singleElement()
        .satisfies(
            kept ->
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                    .isEqualTo("rw-------"));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void what_was_kept_where_others_can_write_is_not_given_back() throws IOException {
    ConnectedPrograms it = with("gemini");
    it.connect();
    Files.setPosixFilePermissions(it.data, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(it::disconnect)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("others");
  }

  @Test
  void what_was_kept_and_is_broken_is_as_good_as_lost() throws IOException {
    ConnectedPrograms it = with("gemini");
    Path file = Files.writeString(made(it, ".gemini/settings.json"), "{\"a\": 1}");
    it.connect();
    for (Path kept : it.kept()) {
      Files.writeString(kept, "{\"file\": 1");
    }

    it.disconnect();

    assertThat(JsoncText.of(Files.readString(file)).tree()).hasToString("{\"a\":1}");
  }

  @Test
  void a_file_that_was_deleted_in_between_does_not_come_back() throws IOException {
    ConnectedPrograms it = with("gemini");
    Path file = Files.writeString(made(it, ".gemini/settings.json"), "{\"a\": 1}");
    it.connect();
    Files.delete(file);

    assertThat(it.disconnect()).isEmpty();

    assertThat(file).doesNotExist();
    assertThat(it.data).isEmptyDirectory();
  }

  @Test
  void what_cannot_be_done_as_a_whole_is_not_done_at_all() throws IOException {
    ConnectedPrograms it = with("claude");
    Files.writeString(it.project.resolve(".mcp.json"), "{\"mcpServers\": {}}");
    Files.writeString(made(it, ".claude/settings.local.json"), "{\"hooks\": 1}");
    Map<Path, String> before = it.files();

    assertThatThrownBy(it::connect).isInstanceOf(ConnectException.class);

    assertThat(it.files()).isEqualTo(before);
    assertThat(it.data).doesNotExist();
  }

  @Test
  void what_cannot_be_done_to_the_end_is_taken_back() throws IOException {
    ConnectedPrograms it = with("claude");
    Path servers = Files.writeString(it.project.resolve(".mcp.json"), "{\"mcpServers\": {}}");
    Path settings = it.project.toRealPath().resolve(".claude/settings.local.json");
    Files.createDirectories(
        it.data.resolve(StableName.of(settings.toString()) + ".json/in the way"));
    WholeFile.createSecretFolder(it.data);
    Map<Path, String> before = it.files();

    assertThatThrownBy(it::connect).isInstanceOf(IOException.class);

    assertThat(servers).hasContent("{\"mcpServers\": {}}");
    assertThat(it.files()).isEqualTo(before);
    assertThat(it.kept()).hasSize(1);
  }

  @Test
  void words_that_were_in_a_list_before_are_the_users_and_stay() throws IOException {
    ConnectedPrograms it = with("claude");
    Path file = made(it, ".claude/settings.local.json");
    Files.writeString(file, "{\"permissions\": {\"allow\": [\"mcp__sideline\", \"Bash(ls)\"]}}");
    it.connect();
    Files.writeString(file, Files.readString(file).replace("Bash(ls)", "Bash(pwd)"));

    it.disconnect();

    assertThat(JsoncText.of(Files.readString(file)).tree())
        .hasToString("{\"permissions\":{\"allow\":[\"mcp__sideline\",\"Bash(pwd)\"]}}");
  }

  @Test
  void a_hook_that_somebody_has_put_among_others_is_found_there() throws IOException {
    ConnectedPrograms it = with("qwen");
    it.connect();
    Path file = it.project.resolve(".qwen/settings.json");
    JsonNode hook = JsoncText.of(Files.readString(file)).tree().at("/hooks/Stop/0/hooks/0");
    String mine = "{\"type\":\"command\",\"command\":\"say done\"}";
    Files.writeString(
        file, "{\"hooks\":{\"Stop\":[{\"hooks\":[" + hook + "," + mine + "," + hook + "]}]}}");

    it.connect();
    assertThat(JsoncText.of(Files.readString(file)).tree().at("/hooks/Stop/0/hooks")).hasSize(2);
    it.disconnect();

    assertThat(JsoncText.of(Files.readString(file)).tree().at("/hooks"))
        .hasToString("{\"Stop\":[{\"hooks\":[" + mine + "]}]}");
  }

  @ParameterizedTest
  @MethodSource("programs")
  void a_look_tells_what_is_started_and_whether_all_is_there(String name) throws IOException {
    ConnectedPrograms it = with(name);
    assertThat(it.ofProject().look().state()).isEqualTo(Connected.State.NO);
    assertThat(it.ofProject().look().files()).isNotEmpty();

    it.connect();

    Connected found = it.ofProject().look();
    assertThat(found.state()).isEqualTo(Connected.State.YES);
    assertThat(found.server()).isEqualTo(ConnectedPrograms.COMMANDS.server());
    assertThat(found.starts(Path.of("/jdk/bin/java"), Path.of(ConnectedPrograms.JAR))).isTrue();
    assertThat(found.starts(Path.of("/jdk/bin/java"), Path.of("/other.jar"))).isFalse();
    Path file = found.files().get(found.files().size() - 1);
    Files.writeString(file, Files.readString(file).replaceAll("Stop|AfterAgent", "Other"));
    assertThat(it.ofProject().look().state()).isEqualTo(Connected.State.OUTDATED);
  }

  @Test
  void a_change_is_told_line_by_line() throws IOException {
    ConnectedPrograms it = with("claude");
    Files.writeString(
        made(it, ".claude/settings.local.json"),
        """
        {
          "permissions": {
            "allow": [
              "Bash(ls)"
            ]
          },
          "a": 1
        }
        """);

    List<FileChange> changes = it.connect();

    assertThat(changes.get(1).kind()).isEqualTo(FileChange.Kind.CHANGED);
    assertThat(changes.get(1).lines())
        .contains(
            "-       \"Bash(ls)\"",
            "+       \"Bash(ls)\",",
            "+       \"mcp__sideline\"",
            "-   \"a\": 1",
            "+   \"a\": 1,")
        .noneMatch(line -> line.contains("permissions"));
  }

  @Test
  void the_hooks_command_is_one_word_after_the_other_for_a_shell() throws IOException {
    ConnectedPrograms it = with("gemini");
    it.connect();

    String command =
        JsoncText.of(Files.readString(it.project.resolve(".gemini/settings.json")))
            .tree()
            .at("/hooks/AfterAgent/0/hooks/0/command")
            .asText();

    assertThat(command)
        .isEqualTo(
            "LC_ALL=C.UTF-8 /jdk/bin/java '-Dx=\"y\"' -jar '/x y/it'\\''s.jar' hold --program"
                + " gemini --data /d");
  }

  private ConnectedPrograms with(String program) throws IOException {
    return new ConnectedPrograms(folder, ConnectedPrograms.program(program));
  }

  private static Path made(ConnectedPrograms it, String file) throws IOException {
    Path there = it.project.resolve(file);
    Files.createDirectories(there.getParent());
    return there;
  }

  private static void assertRefused(ConnectedPrograms it, String file, String why)
      throws IOException {
    Map<Path, String> before = it.files();

    assertThatThrownBy(it::connect)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining(it.project.resolve(file).toString())
        .hasMessageContaining(why);

    assertThat(it.files()).isEqualTo(before);
    assertThat(it.data).doesNotExist();
  }
}
