package dev.sideline.host.embedded;

import static dev.sideline.host.embedded.Sandbox.answer;
import static dev.sideline.host.embedded.Sandbox.patiently;
import static dev.sideline.host.embedded.Sandbox.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.AgentInfo;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several clients of one runtime, each with agents, an environment and a directory of its own. */
class WorkplaceTest {

  private static final AgentDefinition TEA = shell("tea", "echo \"tea for $WHO in $PWD\"");
  private static final AgentDefinition COFFEE = shell("coffee", "echo \"coffee for $WHO\"");

  @TempDir private Path folder;
  private Path left;
  private Path right;

  @BeforeEach
  void makeFolders() throws Exception {
    left = Files.createDirectory(folder.resolve("left")).toRealPath();
    right = Files.createDirectory(folder.resolve("right")).toRealPath();
  }

  @Test
  void each_client_has_its_own_agents_environment_and_directory() {
    try (Sandbox sandbox = new Sandbox(folder)) {
      SessionClient one = sandbox.runtime().sessions(workplace(left, "Ann", TEA));
      SessionClient other = sandbox.runtime().sessions(workplace(right, "Ben", TEA, COFFEE));
      Session ofOne = create(one, null);
      Session ofOther = create(other, null);

      assertThat(ask(sandbox, ofOne, "tea")).isEqualTo("tea for Ann in " + left + "\n");
      assertThat(ask(sandbox, ofOther, "tea")).isEqualTo("tea for Ben in " + right + "\n");
      assertThat(agents(sandbox, ofOne)).containsExactly("tea");
      assertThat(agents(sandbox, ofOther)).containsExactly("tea", "coffee");
      assertThat(one.knownAgents()).extracting(AgentInfo::name).containsExactly("tea");
      assertThatThrownBy(() -> ask(sandbox, ofOne, "coffee"))
          .hasMessageContaining("no agent 'coffee'; there are tea");
    }
  }

  @Test
  void what_is_created_under_a_session_is_of_its_workplace_whoever_creates_it() {
    try (Sandbox sandbox = new Sandbox(folder)) {
      SessionClient one = sandbox.runtime().sessions(workplace(left, "Ann", TEA));
      Session child = create(sandbox.sessions(), create(one, null).id());
      Session grandchild = create(sandbox.sessions(), child.id());

      assertThat(ask(sandbox, grandchild, "tea")).isEqualTo("tea for Ann in " + left + "\n");
    }
  }

  @Test
  void who_goes_on_with_a_conversation_brings_its_workplace_for_all_of_its_sessions() {
    try (Sandbox sandbox = new Sandbox(folder)) {
      Session mine = create(sandbox.runtime().sessions(workplace(left, "Ann", TEA)), null);
      Session below = create(sandbox.sessions(), mine.id());
      answer(sandbox.runtime().attach(below.id(), workplace(right, "Ben", TEA, COFFEE)));

      assertThat(ask(sandbox, mine, "coffee")).isEqualTo("coffee for Ben\n");
      assertThat(ask(sandbox, below, "tea")).isEqualTo("tea for Ben in " + left + "\n");
      assertThatThrownBy(() -> answer(sandbox.runtime().attach("ses_0", workplace(left, "x"))))
          .hasMessageContaining("no session 'ses_0'");
    }
  }

  @Test
  void an_agent_that_its_client_no_longer_has_ends_the_turn_that_waits_for_it() throws Exception {
    AgentDefinition gated =
        shell("gated", "while [ ! -e '" + folder.resolve("gate") + "' ]; do sleep 0.02; done");
    try (Sandbox sandbox = new Sandbox(folder)) {
      Session mine = create(sandbox.runtime().sessions(workplace(left, "Ann", gated)), null);
      answer(sandbox.sessions().prompt(sandbox.prompt(mine, "gated", "one")));
      answer(sandbox.sessions().prompt(sandbox.prompt(mine, "gated", "two")));
      answer(sandbox.runtime().attach(mine.id(), workplace(left, "Ann", TEA)));
      Files.createFile(folder.resolve("gate"));

      patiently().until(() -> answer(sandbox.sessions().statuses()).isEmpty());
      Message last = sandbox.newest(mine);
      assertThat(last.failure()).isNotNull();
      assertThat(last.failure().message()).isEqualTo("there is no agent 'gated'; there are tea");
      assertThat(ask(sandbox, mine, "tea")).contains("tea for Ann");
    }
  }

  @Test
  void a_program_is_looked_for_on_the_path_of_the_client() throws Exception {
    Path program = Files.writeString(left.resolve("greet"), "#!/bin/sh\necho \"from the left\"\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    AgentDefinition greet = AgentDefinition.of("greet", "", List.of("greet"));
    try (Sandbox sandbox = new Sandbox(folder)) {
      Workplace with =
          Workplace.of(List.of(greet), left)
              .withEnvironment(Map.of("PATH", left + ":" + System.getenv("PATH")));
      Workplace without =
          Workplace.of(List.of(greet), left).withEnvironment(Map.of("PATH", right.toString()));

      assertThat(ask(sandbox, create(sandbox.runtime().sessions(with), null), "greet"))
          .isEqualTo("from the left\n");
      Session lost = create(sandbox.runtime().sessions(without), null);
      ask(sandbox, lost, "greet");
      assertThat(sandbox.newest(lost).failure()).isNotNull();
      assertThat(sandbox.newest(lost).failure().message())
          .contains("there is no program 'greet' on the PATH of the client");
    }
  }

  @Test
  void a_workplace_tells_nobody_its_environment() {
    assertThat(workplace(left, "secret-name", TEA).toString())
        .contains("tea")
        .doesNotContain("secret-name");
  }

  private static Workplace workplace(Path directory, String who, AgentDefinition... agents) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("WHO", who);
    return Workplace.of(List.of(agents), directory).withEnvironment(environment);
  }

  private static Session create(SessionClient sessions, String parent) {
    return answer(sessions.create(new NewSession(parent, "session", null, Map.of())));
  }

  private static List<String> agents(Sandbox sandbox, Session session) {
    return answer(sandbox.sessions().agents(session.id())).agents().stream()
        .map(AgentInfo::name)
        .toList();
  }

  private static String ask(Sandbox sandbox, Session session, String agent) {
    String messageId = sandbox.sessions().newMessageId();
    Prompt prompt = Prompt.of(session.id(), messageId, "go").withAgent(agent);
    answer(sandbox.sessions().prompt(prompt));
    return sandbox.finished(session).text();
  }
}
