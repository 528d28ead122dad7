package dev.sideline.host.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChildEnvironmentTest {

  private static final Path HERE = Path.of("here").toAbsolutePath();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CLAUDECODE",
        "CLAUDE_CODE_SESSION_ID",
        "CLAUDE_CODE_ENTRYPOINT",
        "CLAUDE_CODE_SSE_PORT",
        "CLAUDE_CODE_MESSAGING_SOCKET",
        "CLAUDE_CODE_MESSAGING_TOKEN",
        "CODEX_THREAD_ID",
        "CODEX_SANDBOX",
        "GEMINI_CLI",
        "OPENCODE",
        "OPENCODE_PASSWORD",
        "OPENCODE_SERVER_PASSWORD",
        "OPENCODE_SERVER_USERNAME",
        "SIDELINE_OPENCODE_URL",
        "SIDELINE_SECRET"
      })
  void what_marks_or_opens_the_session_of_the_host_stays_with_it(String name) {
    assertThat(prepared(List.of(), Map.of(), name)).doesNotContainKey(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PATH",
        "HOME",
        "ANTHROPIC_API_KEY",
        "OPENAI_API_KEY",
        "CLAUDE_CONFIG_DIR",
        "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
        "CLAUDE_CODE_OAUTH_TOKEN",
        "CODEX_HOME",
        "GEMINI_API_KEY",
        "OPENCODE_CONFIG",
        "SIDELINE_RUN"
      })
  void what_programs_need_wherever_they_run_goes_on(String name) {
    assertThat(prepared(List.of(), Map.of(), name)).containsEntry(name, "1");
  }

  @Test
  void what_outlives_its_starter_bears_no_mark() {
    Map<String, String> environment = new HashMap<>(Map.of("SIDELINE_RUN", "a/b", "PATH", "/bin"));

    ChildEnvironment.unmark(environment);

    assertThat(environment).containsOnlyKeys("PATH");
  }

  @Test
  void what_the_operator_wants_to_be_kept_is_kept() {
    assertThat(
            prepared(
                List.of("CODEX_*", "CLAUDECODE"),
                Map.of(),
                "CODEX_SANDBOX",
                "CLAUDECODE",
                "CLAUDE_CODE_SESSION_ID"))
        .containsKeys("CODEX_SANDBOX", "CLAUDECODE")
        .doesNotContainKey("CLAUDE_CODE_SESSION_ID");
  }

  @Test
  void what_an_agent_is_given_goes_before_all_else() {
    assertThat(prepared(List.of(), Map.of("CLAUDECODE", "own", "PWD", "/own"), "CLAUDECODE"))
        .containsEntry("CLAUDECODE", "own")
        .containsEntry("PWD", "/own");
  }

  @Test
  void the_working_directory_is_that_of_the_process_and_not_the_hosts() {
    assertThat(prepared(List.of(), Map.of(), "PWD", "OLDPWD"))
        .containsEntry("PWD", HERE.toString())
        .doesNotContainKey("OLDPWD");
  }

  private static Map<String, String> prepared(
      List<String> kept, Map<String, String> own, String... names) {
    Map<String, String> environment =
        new HashMap<>(Stream.of(names).collect(Collectors.toMap(name -> name, name -> "1")));
    ChildEnvironment.prepare(environment, HERE, kept, own);
    return environment;
  }
}
