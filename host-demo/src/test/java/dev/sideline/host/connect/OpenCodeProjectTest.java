package dev.sideline.host.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenCodeProjectTest {

  private static final List<String> COMMAND = List.of("/jdk/bin/java", "-jar", "/x y/host.jar");

  @TempDir private Path home;
  private Path directory;
  private Path key;
  private OpenCodeProject project;

  @BeforeEach
  void start() throws IOException {
    directory = Files.createDirectory(home.resolve("project"));
    key = home.resolve("keys/project.key");
    project = new OpenCodeProject(directory, key, new Originals(home.resolve("connected")));
  }

  @Test
  void a_fresh_folder_gets_an_entry_a_plugin_file_and_a_key_elsewhere() throws IOException {
    project.connect(COMMAND);

    JsonNode entry = entry("opencode.json");
    assertThat(entry.path("type").asText()).isEqualTo("local");
    assertThat(entry.path("enabled").asBoolean()).isTrue();
    assertThat(entry.path("command").toString())
        .isEqualTo(
            "[\"/jdk/bin/java\",\"-jar\",\"/x y/host.jar\",\"--caller-key\",\"" + key + "\"]");
    assertThat(directory.resolve(".opencode/plugin/sideline.js"))
        .content()
        .contains("const SERVER = \"sideline\"", "const KEY_FILE = \"" + key + "\"")
        .doesNotContain("@");
    assertThat(key).exists();
    assertThat(directory.resolve(".opencode/plugin/sideline.js"))
        .content()
        .doesNotContain(Files.readString(key).strip());
  }

  @Test
  void connecting_twice_changes_nothing_more() throws IOException {
    project.connect(COMMAND);
    Map<Path, String> once = files();

    assertThat(project.connect(COMMAND)).isEmpty();
    assertThat(files()).isEqualTo(once);
  }

  @Test
  void connecting_again_brings_the_command_up_to_date_and_keeps_the_key() throws IOException {
    project.connect(COMMAND);
    String secret = Files.readString(key);

    project.connect(List.of("/other/java"));

    assertThat(entry("opencode.json").at("/command/0").asText()).isEqualTo("/other/java");
    assertThat(key).hasContent(secret.strip());
  }

  @Test
  void removing_leaves_a_fresh_folder_as_it_was() throws IOException {
    Map<Path, String> before = files();
    project.connect(COMMAND);

    assertThat(project.disconnect()).hasSize(3);

    assertThat(files()).isEqualTo(before);
    assertThat(directory.resolve(".opencode")).doesNotExist();
    assertThat(project.disconnect()).isEmpty();
  }

  @Test
  void what_is_in_an_existing_file_stays_and_comes_back_unchanged() throws IOException {
    String text =
        """
        {
          "$schema": "https://opencode.ai/config.json",
          "theme":   "dark",
          "mcp": { "other": { "type": "remote", "url": "http://127.0.0.1:1/mcp" } }
        }
        """;
    Files.writeString(directory.resolve("opencode.json"), text);

    project.connect(COMMAND);

    JsonNode config = new JsonMapper().readTree(directory.resolve("opencode.json").toFile());
    assertThat(config.path("theme").asText()).isEqualTo("dark");
    assertThat(config.at("/mcp/other/type").asText()).isEqualTo("remote");
    assertThat(config.at("/mcp/sideline/type").asText()).isEqualTo("local");

    project.disconnect();
    assertThat(Files.readString(directory.resolve("opencode.json"))).isEqualTo(text);
  }

  @Test
  void a_commented_file_keeps_its_comments() throws IOException {
    String text = "{\n  // my model\n  \"model\": \"a/b\", // cheap\n}\n";
    Files.writeString(directory.resolve("opencode.jsonc"), text);

    project.connect(COMMAND);

    assertThat(directory.resolve("opencode.json")).doesNotExist();
    assertThat(directory.resolve("opencode.jsonc"))
        .content()
        .contains("// my model", "// cheap", "\"sideline\"");

    project.disconnect();
    assertThat(Files.readString(directory.resolve("opencode.jsonc"))).isEqualTo(text);
  }

  @Test
  void a_file_with_a_byte_order_mark_keeps_it() throws IOException {
    String text = "\ufeff{\n  \"model\": \"a/b\"\n}\n";
    Files.writeString(directory.resolve("opencode.json"), text);

    project.connect(COMMAND);

    assertThat(directory.resolve("opencode.json"))
        .content()
        .startsWith("\ufeff{")
        .contains("a/b", "sideline");
    project.disconnect();
    assertThat(Files.readString(directory.resolve("opencode.json"))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "\ufeff", "// nothing yet", "/* nothing\n yet */\n"})
  void a_file_that_says_nothing_is_an_empty_object(String text) throws IOException {
    Files.writeString(directory.resolve("opencode.jsonc"), text);

    project.connect(COMMAND);

    assertThat(directory.resolve("opencode.jsonc")).content().startsWith(text).contains("sideline");
    project.disconnect();
    assertThat(Files.readString(directory.resolve("opencode.jsonc"))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{ }\r\n",
        "{\"mcp\":{}}",
        "{\r\n\t\"model\": \"a/b\", // mine\r\n\t\"mcp\": {\r\n\t},\r\n}\r\n",
        "/* head */ {\"mcp\": {\"other\": {\"type\": \"local\"},}} // foot",
      })
  void whatever_a_file_looks_like_it_comes_back_to_the_byte(String text) throws IOException {
    Path config = Files.writeString(directory.resolve("opencode.jsonc"), text);
    Map<Path, String> before = files();

    project.connect(COMMAND);
    project.connect(List.of("/other/java"));
    assertThat(project.look().state()).isEqualTo(Connected.State.YES);
    project.disconnect();

    assertThat(files()).isEqualTo(before);
    assertThat(project.look().state()).isEqualTo(Connected.State.NO);
    assertThat(config).exists();
  }

  @Test
  void what_is_changed_in_between_stays() throws IOException {
    Path config = Files.writeString(directory.resolve("opencode.json"), "{\"mcp\": {}}");
    project.connect(COMMAND);
    Files.writeString(config, Files.readString(config) + "// by hand\n");

    project.disconnect();

    assertThat(config).content().contains("// by hand", "\"mcp\"").doesNotContain("sideline");
  }

  @Test
  void what_is_no_text_is_left_alone_and_said_in_words() throws IOException {
    Files.write(directory.resolve("opencode.json"), new byte[] {'{', (byte) 0xff, '}'});

    assertThatThrownBy(() -> project.connect(COMMAND))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"opencode.json", ".opencode/plugin/sideline.js"})
  void what_is_far_too_large_is_left_alone_and_said_with_its_size(String name) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, " ".repeat(2 << 20));

    assertLeftAlone("2,097,152 bytes, which is more than 1 MiB");
  }

  @Test
  void a_connect_that_cannot_edit_the_configuration_leaves_nothing_behind() throws IOException {
    Files.writeString(directory.resolve("opencode.json"), "{\"mcp\": {\"a\": {}}, \"mcp\": {}}");
    Map<Path, String> before = files();

    assertThatThrownBy(() -> project.connect(COMMAND))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("by hand");

    assertThat(files()).isEqualTo(before);
    assertThat(directory.resolve(".opencode")).doesNotExist();
  }

  @Test
  void a_connect_that_fails_half_way_takes_back_what_it_has_written() throws IOException {
    Files.writeString(directory.resolve(".opencode"), "a file where a folder has to be");
    Map<Path, String> before = files();

    assertThatThrownBy(() -> project.connect(COMMAND)).isInstanceOf(IOException.class);

    assertThat(files()).isEqualTo(before);
    assertThat(key).doesNotExist();
  }

  @Test
  void a_key_that_agents_of_the_project_may_read_is_refused() throws IOException {
    Path kept = directory.resolve("data/callers/a.key");
    Path link = Files.createSymbolicLink(home.resolve("data"), directory);

    for (Path inside : List.of(kept, link.resolve("callers/a.key"))) {
      assertThatThrownBy(
              () ->
                  new OpenCodeProject(directory, inside, new Originals(home.resolve("connected")))
                      .connect(COMMAND))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("--data");
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void a_server_of_the_same_name_that_is_not_ours_is_left_alone() throws IOException {
    Files.writeString(
        directory.resolve("opencode.json"),
        "{\"mcp\":{\"sideline\":{\"type\":\"remote\",\"url\":\"http://x\"}}}");
    assertLeftAlone("opencode.json");
  }

  @Test
  void a_plugin_file_of_the_same_name_that_is_not_ours_is_left_alone() throws IOException {
    Files.createDirectories(directory.resolve(".opencode/plugin"));
    Files.writeString(directory.resolve(".opencode/plugin/sideline.js"), "export const X = 1\n");
    assertLeftAlone("sideline.js");
  }

  @Test
  void a_broken_configuration_is_left_alone() throws IOException {
    Files.writeString(directory.resolve("opencode.json"), "{\"mcp\": \n");
    assertLeftAlone("opencode.json");
  }

  @Test
  void a_configuration_whose_servers_are_no_object_is_left_alone() throws IOException {
    Files.writeString(directory.resolve("opencode.json"), "{\"mcp\": []}");
    assertLeftAlone("opencode.json");
  }

  private void assertLeftAlone(String named) throws IOException {
    Map<Path, String> before = files();

    assertThatThrownBy(() -> project.connect(COMMAND))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining(named);
    assertThatThrownBy(() -> project.disconnect()).isInstanceOf(ConnectException.class);

    assertThat(files()).isEqualTo(before);
  }

  private JsonNode entry(String file) throws IOException {
    return new JsonMapper().readTree(directory.resolve(file).toFile()).at("/mcp/sideline");
  }

  private Map<Path, String> files() throws IOException {
    Map<Path, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(home)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        found.put(file, Files.readString(file));
      }
    }
    return found;
  }
}
