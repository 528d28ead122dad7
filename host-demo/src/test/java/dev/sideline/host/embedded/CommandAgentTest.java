package dev.sideline.host.embedded;

import static dev.sideline.host.embedded.Sandbox.answer;
import static dev.sideline.host.embedded.Sandbox.patiently;
import static dev.sideline.host.embedded.Sandbox.shell;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.ToolUse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reaches a command, and what comes back. */
class CommandAgentTest {

  /** Prints its last argument, or its input, with nothing added. */
  private static final AgentDefinition BY_ARGUMENT =
      AgentDefinition.of("argument", "", List.of("sh", "-c", "printf %s \"$1\"", "--", "{prompt}"));

  private static final AgentDefinition BY_INPUT = AgentDefinition.of("input", "", List.of("cat"));

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "$(touch owned) `touch owned` ; touch owned | & > owned < /dev/null && || # ! ~ * ? [a]"
            + " {b}",
        "'single' \"double\" \\ back\\slash %s %n $HOME ${PATH}",
        "-n --help -rf /",
        "line one\nline two\r\n\n\ttabbed\n",
        "{session} {prompt} {model} $1 \\1",
        " leading and trailing "
      })
  void a_prompt_reaches_the_command_unchanged(String prompt) {
    try (Sandbox sandbox = new Sandbox(directory, BY_ARGUMENT, BY_INPUT)) {
      assertThat(sandbox.run("argument", prompt).text()).isEqualTo(prompt);
      assertThat(sandbox.run("input", prompt).text()).isEqualTo(prompt);
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void any_text_reaches_the_command_on_its_input() {
    String prompt = "naïve 漢字 \uD83D\uDE00 \u0000 nul \u202E";
    try (Sandbox sandbox = new Sandbox(directory, BY_INPUT)) {
      assertThat(sandbox.run("input", prompt).text()).isEqualTo(prompt);
    }
  }

  @Test
  void a_prompt_that_the_command_never_reads_holds_nothing_up() {
    AgentDefinition deaf = AgentDefinition.of("deaf", "", List.of("echo", "not listening"));
    try (Sandbox sandbox = new Sandbox(directory, deaf)) {
      assertThat(sandbox.run("deaf", "x".repeat(1_000_000)).text()).isEqualTo("not listening\n");
    }
  }

  @Test
  void a_command_with_the_prompt_among_its_arguments_finds_its_input_empty() {
    AgentDefinition reader = shell("reader", "cat; echo done with \"$0\"");
    try (Sandbox sandbox = new Sandbox(directory, reader)) {
      assertThat(sandbox.run("reader", "it").text()).isEqualTo("done with it\n");
    }
  }

  @Test
  void session_model_and_environment_reach_the_command() {
    AgentDefinition agent =
        new AgentDefinition(
            "agent",
            "",
            List.of(
                "sh",
                "-c",
                "echo $0 $1 $2 $SIDELINE_SESSION $EXTRA; pwd -P",
                "{session}",
                "--model={model}",
                "{provider}"),
            null,
            Map.of("EXTRA", "more"),
            ModelRef.parse("acme/usual"),
            false,
            false);
    try (Sandbox sandbox = new Sandbox(directory, agent)) {
      Session session = sandbox.session();
      answer(
          sandbox
              .sessions()
              .prompt(sandbox.prompt(session, "agent", "go", ModelRef.parse("acme/big/one"))));
      assertThat(sandbox.finished(session).text().lines())
          .first()
          .isEqualTo(session.id() + " --model=big/one acme " + session.id() + " more");
      assertThat(sandbox.finished(session).model()).isEqualTo(ModelRef.parse("acme/big/one"));
      assertThat(sandbox.run("agent", "go").text()).contains("--model=usual acme");
    }
  }

  @Test
  void a_command_runs_in_the_directory_of_its_session_unless_it_has_its_own() throws IOException {
    Path own = Files.createDirectory(directory.resolve("own"));
    AgentDefinition here = shell("here", "pwd -P");
    AgentDefinition there =
        new AgentDefinition("there", "", here.command(), own, Map.of(), null, false, false);
    try (Sandbox sandbox = new Sandbox(directory, here, there)) {
      assertThat(sandbox.run("here", "").text().strip())
          .isEqualTo(directory.toRealPath().toString());
      assertThat(sandbox.run("there", "").text().strip()).isEqualTo(own.toRealPath().toString());
    }
  }

  @Test
  void an_exit_code_is_a_failure_with_what_was_said_on_stderr() {
    AgentDefinition failing = shell("failing", "echo half an answer; echo 'paper jam' >&2; exit 3");
    try (Sandbox sandbox = new Sandbox(directory, failing)) {
      Message answer = sandbox.run("failing", "print");

      assertThat(answer.text()).isEqualTo("half an answer\n");
      assertThat(answer.failure().message()).contains("'failing'", "exit code 3", "paper jam");
      assertThat(sandbox.events())
          .anyMatch(
              event ->
                  event instanceof SessionEvent.Failed failed
                      && failed.failure().equals(answer.failure()));
    }
  }

  @Test
  void of_a_flood_the_end_is_kept() {
    // 40 million bytes, which no pipe holds and nobody should keep.
    AgentDefinition flood = shell("flood", "yes 0123456789 | head -c 40000000; echo; echo THE END");
    EmbeddedLimits limits = limits(10_000);
    try (Sandbox sandbox = new Sandbox(directory, limits, flood)) {
      String text = sandbox.run("flood", "").text();

      assertThat(text)
          .hasSizeLessThan(10_200)
          .endsWith(
              "\nTHE END\n\n[The command has written more than is kept: the first 39,990,009"
                  + " characters of this are missing.]\n");
    }
  }

  @Test
  void a_flood_on_stderr_holds_nothing_up() {
    AgentDefinition flood =
        shell("flood", "yes complaint | head -c 5000000 >&2; echo fine; exit 1");
    try (Sandbox sandbox = new Sandbox(directory, flood)) {
      Message answer = sandbox.run("flood", "");

      assertThat(answer.text()).isEqualTo("fine\n");
      assertThat(answer.failure().message()).hasSizeLessThan(5_000).contains("complaint");
    }
  }

  @Test
  void what_is_no_utf_8_is_replaced() throws IOException {
    byte[] bytes = {'a', (byte) 0xFF, 'b', (byte) 0xC3, (byte) 0xA9, (byte) 0xE6, (byte) 0xBC};
    Path file = Files.write(directory.resolve("bytes"), bytes);
    AgentDefinition agent = AgentDefinition.of("agent", "", List.of("cat", file.toString()));
    try (Sandbox sandbox = new Sandbox(directory, agent)) {
      assertThat(sandbox.run("agent", "").text()).isEqualTo("a\uFFFDbé\uFFFD");
    }
  }

  @Test
  void tool_lines_count_as_tool_calls_where_the_agent_says_so() {
    List<String> command = List.of("printf", "::tool read\nhello\n::tool write x\nworld");
    AgentDefinition plain = AgentDefinition.of("plain", "", command);
    AgentDefinition telling =
        new AgentDefinition("telling", "", command, null, Map.of(), null, true, false);
    try (Sandbox sandbox = new Sandbox(directory, plain, telling)) {
      assertThat(sandbox.run("plain", "").text()).startsWith("::tool read\n");
      Message answer = sandbox.run("telling", "");

      assertThat(answer.text()).isEqualTo("hello\nworld");
      assertThat(answer.toolUses()).extracting(ToolUse::tool).containsExactly("read", "write x");
      assertThat(answer.toolUses()).allMatch(use -> use.state() == ToolUse.State.COMPLETED);
      assertThat(sandbox.events())
          .filteredOn(SessionEvent.PartUpdated.class::isInstance)
          .map(event -> ((SessionEvent.PartUpdated) event).toolUse())
          .contains(answer.toolUses().get(0), answer.toolUses().get(1));
    }
  }

  @Test
  void what_is_written_can_be_read_while_the_command_goes_on() {
    AgentDefinition slow =
        shell("slow", "echo first; while [ ! -e go-on ]; do sleep 0.02; done; echo second");
    try (Sandbox sandbox = new Sandbox(directory, slow)) {
      Session session = sandbox.session();
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "slow", "")));
      patiently().until(() -> sandbox.newest(session).text().equals("first\n"));
      assertThat(sandbox.newest(session).completedAt()).isNull();
      patiently()
          .until(
              () -> sandbox.events().stream().anyMatch(SessionEvent.PartUpdated.class::isInstance));
      write(directory.resolve("go-on"));

      assertThat(sandbox.finished(session).text()).isEqualTo("first\nsecond\n");
    }
  }

  @Test
  void a_program_that_is_not_there_is_named() {
    AgentDefinition absent = AgentDefinition.of("absent", "", List.of("no-such-program", "-p"));
    try (Sandbox sandbox = new Sandbox(directory, absent)) {
      assertThat(sandbox.run("absent", "go").failure().message())
          .contains("'absent'", "no program 'no-such-program'", "PATH");
    }
  }

  @Test
  void a_script_whose_first_line_ends_as_on_windows_is_told_from_one_that_is_not_there()
      throws IOException {
    script("crlf.sh", "#!/bin/sh\r\necho hi\r\n");
    try (Sandbox sandbox = new Sandbox(directory, program("./crlf.sh"))) {
      assertThat(sandbox.run("program", "").failure().message())
          .contains("the first line of './crlf.sh' ends as on Windows")
          .contains("save it with line ends of LF")
          .doesNotContain("there is no program './crlf.sh'");
    }
  }

  @Test
  void a_script_whose_interpreter_is_missing_names_it() throws IOException {
    script("lost.sh", "#! /opt/no/such/shell -x\necho hi\n");
    try (Sandbox sandbox = new Sandbox(directory, program("./lost.sh"))) {
      assertThat(sandbox.run("program", "").failure().message())
          .contains("the first line of './lost.sh' names '/opt/no/such/shell'")
          .contains("there is no such program");
    }
  }

  private void script(String name, String content) throws IOException {
    Path file = Files.writeString(directory.resolve(name), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private static AgentDefinition program(String program) {
    return AgentDefinition.of("program", "", List.of(program, "{prompt}"));
  }

  @Test
  void a_command_that_answers_on_its_standard_error_alone_has_that_shown() {
    AgentDefinition quiet = shell("quiet", "echo no quota left >&2");
    AgentDefinition chatty = shell("chatty", "echo loading >&2; echo 42");
    try (Sandbox sandbox = new Sandbox(directory, quiet, chatty)) {
      Message answer = sandbox.run("quiet", "");

      assertThat(answer.failure()).isNull();
      assertThat(answer.text())
          .isEqualTo(
              "[The command gave no answer. On its standard error it said:]\nno quota left\n");
      assertThat(sandbox.run("chatty", "").text()).isEqualTo("42\n");
    }
  }

  @Test
  void a_command_is_told_the_directory_that_it_runs_in() {
    try (Sandbox sandbox =
        new Sandbox(directory, AgentDefinition.of("env", "", List.of("env", "A={prompt}")))) {
      assertThat(sandbox.run("env", "x").text().lines()).contains("PWD=" + directory);
    }
  }

  @Test
  void a_program_that_may_not_be_executed_is_named() throws IOException {
    Path file = Files.writeString(directory.resolve("notes.txt"), "no program");
    AgentDefinition agent = AgentDefinition.of("agent", "", List.of(file.toString()));
    try (Sandbox sandbox = new Sandbox(directory, agent)) {
      assertThat(sandbox.run("agent", "go").failure().message())
          .contains("notes.txt", "permission denied");
    }
  }

  @Test
  void a_directory_that_is_gone_is_named() {
    AgentDefinition agent =
        new AgentDefinition(
            "agent", "", List.of("pwd"), directory.resolve("gone"), Map.of(), null, false, false);
    try (Sandbox sandbox = new Sandbox(directory, agent)) {
      assertThat(sandbox.run("agent", "go").failure().message()).contains("no directory", "gone");
    }
  }

  @Test
  void a_prompt_that_no_argument_can_hold_is_refused_with_the_way_out() {
    try (Sandbox sandbox = new Sandbox(directory, BY_ARGUMENT)) {
      assertThat(sandbox.run("argument", "x".repeat(131_072)).failure().message())
          .contains("131,072 bytes", "standard input");
      assertThat(sandbox.run("argument", "a\0b").failure().message())
          .contains("NUL", "standard input");
      assertThat(sandbox.run("argument", "x".repeat(131_071)).text()).hasSize(131_071);
    }
  }

  /** Under a locale such as C, the JDK would write question marks. */
  @Test
  void a_prompt_arrives_whole_or_is_refused_whatever_the_locale() {
    try (Sandbox sandbox = new Sandbox(directory, BY_ARGUMENT)) {
      Message answer = sandbox.run("argument", "naïve 漢字");

      if (answer.failure() == null) {
        assertThat(answer.text()).isEqualTo("naïve 漢字");
      } else {
        assertThat(answer.failure().message()).contains("LC_ALL=C.UTF-8", "standard input");
      }
    }
  }

  @Test
  void arguments_that_are_too_long_together_are_refused_with_the_way_out() {
    String[] command = new String[40];
    Arrays.fill(command, "{prompt}");
    command[0] = "true";
    AgentDefinition greedy = AgentDefinition.of("greedy", "", List.of(command));
    try (Sandbox sandbox = new Sandbox(directory, greedy)) {
      assertThat(sandbox.run("greedy", "x".repeat(120_000)).failure().message())
          .contains("longer than the system allows", "standard input");
    }
  }

  @Test
  void a_prompt_that_a_program_would_take_for_an_option_is_refused() {
    AgentDefinition bare = AgentDefinition.of("bare", "", List.of("echo", "{prompt}"));
    AgentDefinition safe =
        AgentDefinition.of("safe", "", List.of("printf", "%s", "--", "{prompt}"));
    AgentDefinition inside = AgentDefinition.of("inside", "", List.of("echo", "--text={prompt}"));
    try (Sandbox sandbox = new Sandbox(directory, bare, safe, inside)) {
      assertThat(sandbox.run("bare", "--version").failure().message())
          .contains("begins with '-'", "\"--\" before {prompt}", "standard input");
      assertThat(sandbox.run("bare", "no option").text()).contains("no option");
      assertThat(sandbox.run("safe", "--version").text()).contains("--version");
      assertThat(sandbox.run("inside", "-x").text()).contains("--text=-x");
    }
  }

  @Test
  void no_prompt_is_left_in_a_file() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try (Sandbox sandbox = new Sandbox(directory, BY_INPUT)) {
      sandbox.run("input", "a secret");
      try (var files = Files.newDirectoryStream(temporary, "sideline-prompt*")) {
        assertThat(files).isEmpty();
      }
    }
  }

  private static EmbeddedLimits limits(int answerCharacters) {
    EmbeddedLimits usual = EmbeddedLimits.DEFAULT;
    return new EmbeddedLimits(
        usual.sessions(),
        usual.messagesPerSession(),
        usual.keptCharacters(),
        usual.promptCharacters(),
        answerCharacters,
        usual.processes(),
        usual.stopGrace());
  }

  private static void write(Path file) {
    try {
      Files.write(file, "".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
