package dev.sideline.host.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever Codex' configuration looks like, it is connected, and comes back to the byte. */
class OddCodexConfigurationsTest {

  @TempDir private Path folder;
  private ConnectedPrograms codex;
  private Path file;

  @BeforeEach
  void start() throws IOException {
    codex = new ConnectedPrograms(folder, new Codex());
    file = codex.project.resolve(".codex/config.toml");
    Files.createDirectories(file.getParent());
  }

  static Stream<String> texts() {
    return Stream.of(
        "",
        " \n\n",
        "# nothing yet",
        "model = \"x\"",
        "model = \"x\"\n\n\n",
        "\ufeffmodel = \"x\" # mine\r\n[features]\r\nhooks = true\r\n",
        "[mcp_servers.other]\ncommand = \"x\"\nargs = [\n\t\"a\", # one\n\t\"]\",\n]\n",
        "[mcp_servers]\n\n[mcp_servers.other]\ncommand = 'x'\n\n# behind it",
        "mcp_servers.other.command = \"x\"\n",
        "[mcp_servers]\nother = { command = \"x\" }\n",
        "[ mcp_servers . \"other\" ]\n\"command\" = '''\n[mcp_servers.sideline]\n'''\n",
        """
        text = \"""
        a \\\""" b # no comment
        [x]
        \"""\"
        [projects."/a b"]
        trust_level = "trusted"
        """,
        """
        # [mcp_servers.sideline]
        [[hooks.Stop]]
        [[hooks.Stop.hooks]]
        type = "command"
        command = "say"
        """,
        """
        [a]
        d = 1979-05-27T07:32:00Z

        [[b]]
        n = 0x1F
        [[b]]
        n = 1e3
        \tc = { d = [1, {e = 2}] }\
        """);
  }

  @ParameterizedTest
  @MethodSource("texts")
  void it_is_connected_and_comes_back_to_the_byte(String text) throws IOException {
    Files.writeString(file, text);
    ObjectNode meant = TomlText.of(text).tree();
    Map<Path, String> before = codex.files();

    codex.connect();

    assertThat(codex.state()).isEqualTo(Connected.State.YES);
    assertThat(codex.connect()).isEmpty();
    assertThat(Files.readString(file)).startsWith(text);
    ObjectNode connected = meaning();
    assertThat(connected.at("/mcp_servers/sideline/required").asBoolean()).isTrue();
    assertThat(connected.at("/mcp_servers/sideline/args/2").asText()).isEqualTo("/x y/it's.jar");
    ((ObjectNode) connected.get("mcp_servers")).remove("sideline");
    CodexHooks.removeFrom(connected);
    if (!meant.has("mcp_servers")) {
      connected.remove("mcp_servers");
    }
    assertThat(connected).isEqualTo(meant);
    codex.disconnect();
    assertThat(codex.files()).isEqualTo(before);
    assertThat(codex.disconnect()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("texts")
  void it_comes_back_to_the_byte_though_the_command_has_changed_in_between(String text)
      throws IOException {
    Files.writeString(file, text);
    Map<Path, String> before = codex.files();
    ServerCommands moved = ConnectedPrograms.commands("/other \"jdk\"/java");

    codex.connect();
    codex.connect(moved);

    assertThat(meaning().at("/mcp_servers/sideline/command").asText())
        .isEqualTo("/other \"jdk\"/java");
    codex.disconnect();
    assertThat(codex.files()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("texts")
  void what_codex_adds_behind_it_stays_and_all_of_ours_goes(String text) throws IOException {
    Files.writeString(file, text);
    codex.connect();
    String connected = Files.readString(file);
    String lineBreak = connected.contains("\r\n") ? "\r\n" : "\n";
    String trust =
        "[projects.\"/p\"]\ntrust_level = \"trusted\"\n\n[hooks.state.\"x\"]\nh = \"1\"\n";
    String added = lineBreak + "# Codex'" + lineBreak + trust.replace("\n", lineBreak);
    Files.writeString(file, connected + added);

    codex.disconnect();

    assertThat(Files.readString(file))
        .startsWith(text)
        .endsWith(added)
        .doesNotContain("sideline\"]");
    assertThat(meaning().at("/mcp_servers/sideline").isMissingNode()).isTrue();
    assertThat(meaning().at("/projects/~1p/trust_level").asText()).isEqualTo("trusted");
    String lineAdded = text.isEmpty() || text.endsWith("\n") ? "" : lineBreak;
    assertThat(Files.readString(file)).isEqualTo(text + lineAdded + added);
  }

  @Test
  void all_tables_of_ours_go_wherever_they_stand_and_no_other() throws IOException {
    codex.connect();
    String ours = Files.readString(file);
    Files.writeString(
        file,
        """
        # top

        %s[mcp_servers.sideline.tools.background_cancel]
        approval_mode = "approve"

        # next
        [mcp_servers.sideliner]
        command = "x"
        """
            .formatted(ours));

    codex.disconnect();

    assertThat(Files.readString(file))
        .isEqualTo("# top\n\n# next\n[mcp_servers.sideliner]\ncommand = \"x\"\n");
  }

  @Test
  void the_hook_stands_where_those_of_others_stand() throws IOException {
    String mine = "[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ncommand = \"say\"\n";
    Files.writeString(file, mine);

    codex.connect();

    assertThat(meaning().at("/hooks/Stop/1/hooks/0/command").asText())
        .endsWith("hold --program codex --data /d");
    assertThat(codex.project.resolve(".codex/hooks.json")).doesNotExist();
    assertThat(codex.state()).isEqualTo(Connected.State.YES);
  }

  @Test
  void the_hook_goes_to_the_file_of_hooks_when_there_is_one() throws IOException {
    String mine = "[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ncommand = \"say\"\n";
    Files.writeString(file, mine);
    codex.connect();
    Path hooks = Files.writeString(codex.project.resolve(".codex/hooks.json"), "{}");

    codex.connect();

    assertThat(hooks).content().contains("hold --program codex");
    assertThat(file).content().startsWith(mine).doesNotContain("hold --program");
    codex.disconnect();
    assertThat(file).hasContent(mine);
    assertThat(hooks).hasContent("{}");
  }

  @Test
  void a_hook_that_somebody_has_put_among_others_is_found_there() throws IOException {
    String mine = "[[hooks.Stop]]\nmatcher = \"\"\n\n[[hooks.Stop.hooks]]\ncommand = \"say\"\n\n";
    Files.writeString(file, mine);
    codex.connect();
    String hook = "[[hooks.Stop.hooks]]\ncommand = \"x hold --program codex\"\n";
    Files.writeString(file, mine + hook + "[hooks.state.x]\nh = 1\n");

    codex.disconnect();

    assertThat(file).content().isEqualTo(mine + "[hooks.state.x]\nh = 1\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[hooks]\nStop = []\n", "hooks = { Stop = [] }\n"})
  void the_hook_has_a_file_where_it_cannot_stand_among_others(String text) throws IOException {
    Files.writeString(file, text);

    codex.connect();

    assertThat(codex.project.resolve(".codex/hooks.json")).exists();
    assertThat(codex.state()).isEqualTo(Connected.State.YES);
    codex.disconnect();
    assertThat(file).hasContent(text);
  }

  @Test
  void what_is_allowed_of_hooks_is_none() throws IOException {
    Files.writeString(file, "[hooks.state.\"x:stop:0:0\"]\ntrusted_hash = \"sha256:1\"\n");

    codex.connect();

    assertThat(codex.project.resolve(".codex/hooks.json")).exists();
  }

  @Test
  void without_what_was_kept_ours_goes_and_the_rest_stays() throws IOException {
    String text = "model = \"x\"\n\n[mcp_servers.other]\ncommand = \"x\"\n";
    Files.writeString(file, text);
    codex.connect();
    codex.loseWhatWasKept();

    codex.disconnect();

    assertThat(file).hasContent(text);
    assertThat(codex.project.resolve(".codex/hooks.json")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mcp_servers = { other = { command = \"x\" } }\n",
        "mcp_servers = {}\n",
        "mcp_servers = 1\n",
        "[[mcp_servers]]\ncommand = \"x\"\n",
        "[mcp_servers.sideline]\ncommand = \"mine\"\n",
        "[mcp_servers.sideline]\n[mcp_servers.sideline]\n",
        "a = 1\na = 2\n",
        "[broken\n",
      })
  void one_that_cannot_be_edited_is_named_and_nothing_is_changed(String text) throws IOException {
    Files.writeString(file, text);
    Map<Path, String> before = codex.files();

    assertThatThrownBy(codex::connect)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining(file.toString());

    assertThat(codex.files()).isEqualTo(before);
    assertThat(codex.state()).isEqualTo(Connected.State.REFUSED);
  }

  @Test
  void where_it_has_to_be_added_by_hand_the_text_is_told() throws IOException {
    Files.writeString(file, "mcp_servers = {}\n");

    assertThatThrownBy(codex::connect)
        .hasMessageContaining("by hand")
        .hasMessageContaining("[mcp_servers.sideline]\ncommand = \"/jdk/bin/java\"");
  }

  @Test
  void a_server_of_ours_that_was_written_inline_has_to_be_taken_out_by_hand() throws IOException {
    Files.writeString(
        file, "mcp_servers = { sideline = { command = \"x\", args = [\"--hold\"] } }\n");

    assertThatThrownBy(codex::disconnect)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("mcp_servers.sideline")
        .hasMessageContaining("by hand");
  }

  private ObjectNode meaning() throws IOException {
    return TomlText.of(Files.readString(file)).tree();
  }
}
