package dev.sideline.host.embedded;

import static dev.sideline.host.embedded.Sandbox.answer;
import static dev.sideline.host.embedded.Sandbox.patiently;
import static dev.sideline.host.embedded.Sandbox.shell;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A command ends with all that it has started. Every process of these writes its id to a file. */
class CommandTreeTest {

  /**
   * Ignores SIGTERM, and has a child, a grandchild and an orphan that do so too. The orphan's
   * parent ends at once.
   */
  private static final String STUBBORN =
      """
      trap '' TERM
      echo $$ > pid.root
      sh -c 'trap "" TERM; echo $$ > pid.child
        sh -c "trap \\"\\" TERM; echo \\$\\$ > pid.grandchild; while :; do sleep 1; done" &
        while :; do sleep 1; done' &
      ( setsid sh -c 'trap "" TERM; echo $$ > pid.orphan; while :; do sleep 1; done' & )
      echo started
      while :; do sleep 1; done
      """;

  @TempDir private Path directory;

  @Test
  @EnabledOnOs(OS.LINUX)
  void an_abort_ends_a_tree_that_ignores_sigterm_with_its_orphans() {
    try (Sandbox sandbox = sandbox(Duration.ofMillis(300), shell("stubborn", STUBBORN))) {
      Session session = sandbox.session();
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "stubborn", "")));
      List<ProcessHandle> tree = processes("root", "child", "grandchild", "orphan");
      assertThat(tree).allMatch(ProcessHandle::isAlive);
      answer(sandbox.sessions().abort(session.id()));
      Message cut = sandbox.finished(session);

      assertThat(cut.failure()).matches(Failure::aborted);
      assertThat(cut.text()).isEqualTo("started\n");
      assertThat(tree).noneMatch(CommandTreeTest::runs);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void a_delete_is_answered_when_nothing_runs_any_more() {
    try (Sandbox sandbox = sandbox(Duration.ofMillis(300), shell("stubborn", STUBBORN))) {
      Session session = sandbox.session();
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "stubborn", "")));
      List<ProcessHandle> tree = processes("root", "child", "grandchild", "orphan");
      answer(sandbox.sessions().delete(session.id()));

      assertThat(tree).noneMatch(CommandTreeTest::runs);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void closing_the_runtime_ends_all_trees() {
    List<ProcessHandle> tree;
    try (Sandbox sandbox = sandbox(Duration.ofMillis(300), shell("stubborn", STUBBORN))) {
      answer(sandbox.sessions().prompt(sandbox.prompt(sandbox.session(), "stubborn", "")));
      tree = processes("root", "child", "grandchild", "orphan");
    }
    assertThat(tree).noneMatch(CommandTreeTest::runs);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void what_a_command_leaves_running_ends_with_it() {
    AgentDefinition leaving =
        shell(
            "leaving",
            """
            ( setsid sh -c 'echo $$ > pid.left; sleep 1000' & )
            while [ ! -s pid.left ]; do sleep 0.02; done
            echo bye
            """);
    try (Sandbox sandbox = new Sandbox(directory, leaving)) {
      Message answer = sandbox.run("leaving", "");

      assertThat(answer.text()).isEqualTo("bye\n");
      assertThat(answer.failure()).isNull();
      assertThat(processes("left")).noneMatch(CommandTreeTest::runs);
    }
  }

  @Test
  void a_command_that_handles_sigterm_may_finish_what_it_writes() {
    AgentDefinition polite =
        shell("polite", "trap 'echo saved; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
    try (Sandbox sandbox = new Sandbox(directory, polite)) {
      Session session = sandbox.session();
      answer(sandbox.sessions().prompt(sandbox.prompt(session, "polite", "")));
      patiently().until(() -> sandbox.newest(session).text().equals("ready\n"));
      answer(sandbox.sessions().abort(session.id()));

      assertThat(sandbox.finished(session).text()).isEqualTo("ready\nsaved\n");
    }
  }

  @Test
  void two_hundred_sessions_work_at_once_without_a_thread_for_each() throws Exception {
    // Two hundred that look for something again and again would be a load of their own.
    Path gate = directory.resolve("gate");
    assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor()).isZero();
    AgentDefinition waiting = shell("waiting", "echo begun; read word < gate; echo done");
    try (Sandbox sandbox = new Sandbox(directory, waiting)) {
      List<Session> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        Session session = sandbox.session();
        answer(sandbox.sessions().prompt(sandbox.prompt(session, "waiting", "")));
        all.add(session);
      }
      patiently()
          .until(() -> all.stream().allMatch(s -> sandbox.newest(s).text().equals("begun\n")));
      assertThat(answer(sandbox.sessions().statuses())).hasSize(200);
      assertThat(threadsOfThisRuntime()).hasSize(3);
      try (OutputStream open = Files.newOutputStream(gate)) {
        open.write("on\n".repeat(all.size()).getBytes(StandardCharsets.UTF_8));

        assertThat(all).allSatisfy(s -> assertThat(sandbox.finished(s).text()).endsWith("done\n"));
      }
    }
  }

  @Test
  void more_commands_than_may_run_at_once_wait_for_their_turn() {
    AgentDefinition waiting =
        shell(
            "waiting", "echo $$ >> started; while [ ! -e go-on ]; do sleep 0.05; done; echo done");
    EmbeddedLimits two = new EmbeddedLimits(10, 10, 10_000, 100, 100, 2, Duration.ofSeconds(1));
    try (Sandbox sandbox = new Sandbox(directory, two, waiting)) {
      List<Session> all = Stream.generate(sandbox::session).limit(5).toList();
      all.forEach(s -> answer(sandbox.sessions().prompt(sandbox.prompt(s, "waiting", ""))));
      patiently().until(() -> linesOf("started") == 2);
      assertThat(answer(sandbox.sessions().statuses())).hasSize(5);
      answer(sandbox.sessions().abort(all.get(4).id()));
      assertThat(sandbox.finished(all.get(4)).failure()).matches(Failure::aborted);
      assertThat(linesOf("started")).isEqualTo(2);
      create("go-on");

      assertThat(all.subList(0, 4))
          .allSatisfy(s -> assertThat(sandbox.finished(s).text()).isEqualTo("done\n"));
      assertThat(linesOf("started")).isEqualTo(4);
    }
  }

  private Sandbox sandbox(Duration grace, AgentDefinition agent) {
    EmbeddedLimits usual = EmbeddedLimits.DEFAULT;
    EmbeddedLimits limits =
        new EmbeddedLimits(
            usual.sessions(),
            usual.messagesPerSession(),
            usual.keptCharacters(),
            usual.promptCharacters(),
            usual.answerCharacters(),
            usual.processes(),
            grace);
    return new Sandbox(directory, limits, agent);
  }

  private static List<String> threadsOfThisRuntime() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("sideline-"))
        .toList();
  }

  /** The processes that have written their ids, once all have. */
  private List<ProcessHandle> processes(String... names) {
    return Stream.of(names)
        .map(
            name -> {
              Path file = directory.resolve("pid." + name);
              patiently().until(() -> Files.exists(file) && Files.readString(file).endsWith("\n"));
              return pidIn(file);
            })
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .toList();
  }

  private static long pidIn(Path file) {
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether a process does anything; one that only waits to be reaped by its parent does not. */
  private static boolean runs(ProcessHandle handle) {
    try {
      String stat = Files.readString(Path.of("/proc/" + handle.pid() + "/stat"));
      return handle.isAlive() && stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException gone) {
      return false;
    }
  }

  private long linesOf(String name) {
    Path file = directory.resolve(name);
    try {
      return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void create(String name) {
    try {
      Files.createFile(directory.resolve(name));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
