package dev.sideline.host.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a JSON configuration looks like, it is connected, and comes back to the byte. */
class OddJsonConfigurationsTest {

  /** Each configuration file of a project that is JSON, and the event of the hook in it. */
  private static final List<List<String>> FILES =
      List.of(
          List.of("claude", ".mcp.json", ""),
          List.of("claude", ".claude/settings.local.json", "Stop"),
          List.of("codex", ".codex/hooks.json", "Stop"),
          List.of("gemini", ".gemini/settings.json", "AfterAgent"),
          List.of("qwen", ".qwen/settings.json", "Stop"));

  private static final List<String> TEXTS =
      List.of(
          "",
          " \n\n",
          "// nothing yet",
          "{}",
          "{}\n",
          "{ }\r\n",
          "{\n}",
          "\ufeff{\n  \"a\": 1\n}\n",
          "{\"a\":1}",
          "{\r\n    \"a\": [1, 2], // one\r\n    \"mcpServers\": {\r\n    }\r\n}\r\n",
          "{\n\t\"mcpServers\": {\n\t\t\"other\": {\"command\": \"x\"} // mine, no comma\n\t}\n}",
          "/* head */ {\"mcpServers\": {\"a\": {\"command\": \"x\"},},} // foot",
          "{\"mcpServers\":{},\"permissions\":{},\"hooks\":{}}",
          "{\"permissions\": {\"allow\": [\"Bash(ls)\"], \"deny\": []}, \"hooks\": {\"Stop\": []}}",
          """
          {
            "permissions": {
              "allow": [
                "Bash(ls)",
                // more
              ]
            }
          }\
          """,
          "{\"enabledMcpjsonServers\": [\"sideline\", \"b\"], \"permissions\": {\"allow\":"
              + " [\"mcp__sideline\"]}}",
          "{\"hooks\": {\"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"say\"}]}],"
              + " \"AfterAgent\": [{\"matcher\": \"*\", \"hooks\": []}]}, \"ä\": \"\\u00e4"
              + " \ud83d\ude00\"}");

  static Stream<Arguments> filesAndTexts() {
    return FILES.stream()
        .flatMap(file -> TEXTS.stream().map(text -> Arguments.of(file.get(0), file.get(1), text)));
  }

  /** Those of the files that have the most in them. */
  static Stream<Arguments> fullFilesAndTexts() {
    return filesAndTexts()
        .filter(file -> file.get()[1].toString().matches(".claude/.*|.gemini/.*"));
  }

  @TempDir private Path folder;

  @ParameterizedTest
  @MethodSource("filesAndTexts")
  void it_is_connected_and_comes_back_to_the_byte(String program, String name, String text)
      throws IOException {
    ConnectedPrograms it = with(program, name, text);
    JsonNode meantBefore = meaning(it, name);
    Map<Path, String> before = it.files();

    it.connect();

    assertThat(it.state()).isEqualTo(Connected.State.YES);
    assertThat(it.connect()).isEmpty();
    assertAllIsStillThere(meantBefore, meaning(it, name));
    it.disconnect();
    assertThat(it.files()).isEqualTo(before);
    assertThat(it.disconnect()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("fullFilesAndTexts")
  void it_comes_back_to_the_byte_though_the_command_has_changed_in_between(
      String program, String name, String text) throws IOException {
    ConnectedPrograms it = with(program, name, text);
    Map<Path, String> before = it.files();
    ServerCommands moved = ConnectedPrograms.commands("/other jdk/java");

    it.connect();
    if (!name.startsWith(".claude")) { // Where no command is written.
      assertThat(it.connect(moved)).isNotEmpty();
      assertThat(Files.readString(it.project.resolve(name))).contains("/other jdk/java");
    }

    it.disconnect();
    assertThat(it.files()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("fullFilesAndTexts")
  void what_is_added_in_between_stays_and_all_of_ours_goes(String program, String name, String text)
      throws IOException {
    ConnectedPrograms it = with(program, name, text);
    JsonNode before = meaning(it, name);
    it.connect();
    Path file = it.project.resolve(name);
    String connected = Files.readString(file);
    int brace = connected.indexOf('{', connected.indexOf("*/") + 1);
    String added = "\n  \"added\": {\"by\": \"hand\"}";
    Files.writeString(
        file,
        connected.substring(0, brace + 1)
            + added
            + ", // by hand\n"
            + connected.substring(brace + 1));

    it.disconnect();

    assertThat(Files.readString(file)).contains(added, "// by hand");
    JsonNode left = JsoncText.of(Files.readString(file)).tree().without("added");
    assertThat(left).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("fullFilesAndTexts")
  void what_is_added_in_between_two_connects_stays(String program, String name, String text)
      throws IOException {
    ConnectedPrograms it = with(program, name, text);
    it.connect();
    Path file = it.project.resolve(name);
    Files.writeString(file, Files.readString(file) + "\n// by hand\n");

    it.connect(ConnectedPrograms.commands("/other jdk/java"));
    it.disconnect();

    assertThat(Files.readString(file)).endsWith("\n// by hand\n").doesNotContain("/other jdk");
  }

  @ParameterizedTest
  @MethodSource("fullFilesAndTexts")
  void without_what_was_kept_ours_goes_and_the_rest_means_the_same(
      String program, String name, String text) throws IOException {
    ConnectedPrograms it = with(program, name, text);
    JsonNode before = meaning(it, name);
    it.connect();
    it.loseWhatWasKept();

    it.disconnect();

    assertThat(it.state()).isEqualTo(Connected.State.NO);
    if (Files.exists(it.project.resolve(name))) {
      JsonNode after = meaning(it, name);
      after.fieldNames().forEachRemaining(member -> assertThat(before.has(member)).isTrue());
      assertThat(after.at("/mcpServers/other")).isEqualTo(before.at("/mcpServers/other"));
      assertThat(after.path("a")).isEqualTo(before.path("a"));
    } else {
      assertThat(before).isEmpty();
    }
  }

  static Stream<Arguments> filesAndWrongTexts() {
    return FILES.stream()
        .flatMap(
            file ->
                Stream.of(
                        "[]",
                        "{",
                        "null",
                        "{\"mcpServers\": [], \"hooks\": []}",
                        "{\"mcpServers\": {\"sideline\": {\"command\": \"mine\"}}, \"hooks\":"
                            + " {\"Stop\": {}, \"AfterAgent\": 1}}",
                        "{\"mcpServers\": {\"a\": {}}, \"mcpServers\": {}, \"hooks\": {\"Stop\":"
                            + " []}, \"hooks\": {\"AfterAgent\": []}}")
                    .map(text -> Arguments.of(file.get(0), file.get(1), text)));
  }

  @ParameterizedTest
  @MethodSource("filesAndWrongTexts")
  void one_that_cannot_be_edited_is_named_and_nothing_is_changed(
      String program, String name, String text) throws IOException {
    ConnectedPrograms it = with(program, name, text);
    Map<Path, String> before = it.files();

    assertThatThrownBy(it::connect)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining(it.project.resolve(name).toString());

    assertThat(it.files()).isEqualTo(before);
    assertThat(it.state()).isEqualTo(Connected.State.REFUSED);
  }

  private ConnectedPrograms with(String program, String name, String text) throws IOException {
    ConnectedPrograms it = new ConnectedPrograms(folder, ConnectedPrograms.program(program));
    Path file = it.project.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    return it;
  }

  private static JsonNode meaning(ConnectedPrograms it, String name) throws IOException {
    return JsoncText.of(Files.readString(it.project.resolve(name))).tree();
  }

  /** Each member is still there, and each element, in their order. */
  private static void assertAllIsStillThere(JsonNode before, JsonNode after) {
    if (!before.isContainerNode()) {
      assertThat(after).isEqualTo(before);
    } else if (before.isArray()) {
      for (int i = 0; i < before.size(); i++) {
        assertAllIsStillThere(before.get(i), after.path(i));
      }
    } else {
      for (Map.Entry<String, JsonNode> member : before.properties()) {
        assertAllIsStillThere(member.getValue(), after.path(member.getKey()));
      }
    }
  }
}
