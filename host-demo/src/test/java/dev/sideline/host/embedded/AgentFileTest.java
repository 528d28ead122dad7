package dev.sideline.host.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.ModelRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentFileTest {

  @TempDir private Path directory;

  @Test
  void every_field_is_read() throws IOException {
    List<AgentDefinition> agents =
        read(
            """
            {"settings": {"background": {"max_running": 3}},
             "agents": {
              "claude": {
                "description": "Works on code",
                "command": ["claude", "-p", "--model={model}", "--", "{prompt}"],
                "prompt": "argument",
                "directory": "../project",
                "environment": {"NO_COLOR": "1"},
                "keep_environment": ["CODEX_*"],
                "model": "anthropic/sonnet",
                "tool_lines": true,
                "asks": true},
              "gemini": {"command": ["gemini"]}}}
            """);

    assertThat(agents)
        .containsExactly(
            new AgentDefinition(
                "claude",
                "Works on code",
                List.of("claude", "-p", "--model={model}", "--", "{prompt}"),
                directory.resolveSibling("project"),
                Map.of("NO_COLOR", "1"),
                Set.of("CODEX_*"),
                ModelRef.parse("anthropic/sonnet"),
                true,
                true),
            AgentDefinition.of("gemini", "", List.of("gemini")));
  }

  @Test
  void a_file_need_not_have_agents() throws IOException {
    assertThat(read("{\"settings\": {}}")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "                                            | the file must be an object, got nothing",
        "{\"agents\": {                              | not valid JSON at line 1",
        "{} {}                                       | not valid JSON",
        "{'agents': {}}                              | not valid JSON",
        "[]                                          | the file must be an object, got []",
        "{\"agent\": {}}                | unknown field 'agent'; allowed are agents, owner,"
            + " settings",
        "{\"agents\": []}                            | agents must be an object, got []",
        "{\"agents\": {}, \"agents\": {}}            | Duplicate field 'agents'",
        "{\"agents\": {\"a\": {}}}                   | agents.a.command is missing",
        "{\"agents\": {\"a\": []}}                   | agents.a must be an object, got []",
        "{\"agents\": {\"a\": {\"command\": \"ls\"}}} | agents.a.command must be a list of texts",
        "{\"agents\": {\"a\": {\"command\": []}}}    | agents.a.command must be a list of texts",
        "{\"agents\": {\"a\": {\"command\": [1]}}}   | agents.a.command[0] must be a text, got 1",
        "{\"agents\": {\"a\": {\"command\": [\" \"]}}} | agents.a: the command of an agent begins",
        "{\"agents\": {\"a\": {\"command\": [\"{prompt}\"]}}} | the program itself has no"
            + " placeholder",
        "{\"agents\": {\"a b\": {\"command\": [\"ls\"]}}} | an agent's name is 1 to 64 letters",
        "{\"agents\": {\"a\": {\"command\": [\"ls\"], \"cmd\": 1}}} | agents.a has an unknown field"
            + " 'cmd'; allowed are asks, command, description, directory",
        "{\"agents\": {\"a\": {\"command\": [\"ls\"], \"prompt\": \"file\"}}} | agents.a.prompt"
            + " must be 'argument' or 'stdin', got 'file'",
        "{\"agents\": {\"a\": {\"command\": [\"ls\"], \"prompt\": \"argument\"}}} | needs an"
            + " element with {prompt}",
        "{\"agents\": {\"a\": {\"command\": [\"ls\", \"{prompt}\"], \"prompt\": \"stdin\"}}} |"
            + " leave one of them out",
        "{\"agents\": {\"a\": {\"command\": [\"ls\"], \"directory\": 3}}} | agents.a.directory must"
            + " be a text, got 3",
        "{\"agents\": {\"a\": {\"command\": [\"ls\"], \"description\": null}}} |"
            + " agents.a.description must be a text, got null",
        "{\"agents\": {\"a\": {\"command\": [\"ls\"], \"environment\": {\"K\": 3}}}} |"
            + " agents.a.environment.K must be a text, got 3",
        "{\"agents\": {\"a\": {\"command\": [\"ls\"], \"environment\": {\"A=B\": \"\"}}}} | no"
            + " variable can be named 'A=B'",
        "{\"agents\": {\"a\": {\"command\": [\"ls\"], \"model\": \"sonnet\"}}} | agents.a.model:"
            + " model must be PROVIDER/MODEL, got 'sonnet'",
        "{\"agents\": {\"a\": {\"command\": [\"ls\"], \"tool_lines\": \"yes\"}}} |"
            + " agents.a.tool_lines must be true or false",
        "{\"agents\": {\"a\": {\"command\": [\"ls\", \"\\u0000\"]}}} | agents.a.command[1] must not"
            + " have a NUL",
      })
  void what_is_not_valid_is_refused_by_name(String json, String complaint) throws IOException {
    Path file = Files.writeString(directory.resolve("agents.json"), json == null ? "" : json);

    assertThatThrownBy(() -> AgentFile.read(file))
        .isInstanceOf(AgentFileException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(complaint);
  }

  @Test
  void a_file_that_is_not_there_is_named() {
    Path file = directory.resolve("absent.json");

    assertThatThrownBy(() -> EmbeddedRuntime.open(file))
        .isInstanceOf(AgentFileException.class)
        .hasMessage(file + ": there is no such file");
  }

  @Test
  void depth_and_size_are_bounded() throws IOException {
    Path deep = Files.writeString(directory.resolve("deep.json"), "[".repeat(100_000));
    Path large = Files.writeString(directory.resolve("large.json"), " ".repeat(2 << 20) + "{}");

    assertThatThrownBy(() -> AgentFile.read(deep)).isInstanceOf(AgentFileException.class);
    assertThatThrownBy(() -> AgentFile.read(large))
        .hasMessageContainingAll(large.toString(), "2,097,154 bytes", "more than 1 MiB");
  }

  private List<AgentDefinition> read(String json) throws IOException {
    return AgentFile.read(Files.writeString(directory.resolve("agents.json"), json));
  }
}
