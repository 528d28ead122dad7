package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * However the built program ends, nothing of what its tasks have started is left. The tasks are
 * five at once: one that ends when it is told to, one that does not, one with an orphan, one with
 * an orphan in a session of its own, and one with such an orphan whose environment is empty
 * besides.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class EndOfHostIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String LOOP = "while :; do sleep 0.2; done";
  private static final String STUBBORN = "trap '' TERM INT HUP; " + LOOP;
  private static final int PROCESSES = 8;

  /** How the program comes to its end. */
  enum End {
    EOF,
    INT,
    TERM,
    TERM_THEN_KILL,
    KILL
  }

  /** What it does when that happens. */
  enum State {
    IDLE,
    LAUNCHING,
    WORKING,
    CANCELLING
  }

  private static final int SIGINT = 2;

  @TempDir private Path folder;

  /** An argument of all processes that the tasks start, whatever else they get rid of. */
  private final String tag = "tag-" + UUID.randomUUID();

  @AfterEach
  void endWhatATestHasLeft() throws IOException {
    for (long pid : tagged()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  static Stream<Arguments> ends() {
    return Stream.of(End.values())
        .flatMap(end -> Stream.of(State.values()).map(state -> Arguments.of(end, state)));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void nothing_is_left(End end, State state) throws Exception {
    Client client = new Client();
    List<ProcessHandle> helpers = client.bring(state);
    long before = System.nanoTime();
    client.end(end);
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(30))
        .until(() -> tagged().isEmpty());
    long tasks = System.nanoTime();
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(30))
        .until(() -> !client.host.isAlive() && helpers.stream().noneMatch(EndOfHostIT::runs));
    long all = System.nanoTime();
    System.out.printf(
        Locale.ROOT,
        "end of host: %-14s %-10s tasks gone after %4d ms, host and watcher after %4d ms%n",
        end,
        state,
        TimeUnit.NANOSECONDS.toMillis(tasks - before),
        TimeUnit.NANOSECONDS.toMillis(all - before));

    assertThat(tagged()).isEmpty();
    Path records = folder.resolve("data/hosts");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(records)
                    .satisfiesAnyOf(
                        none -> assertThat(none).doesNotExist(),
                        empty -> assertThat(empty).isEmptyDirectory()));
  }

  @Test
  void what_a_crash_of_host_and_watcher_leaves_is_ended_at_the_next_start() throws Exception {
    Client first = new Client();
    List<ProcessHandle> helpers = first.bring(State.WORKING);
    assertThat(helpers).isNotEmpty();
    helpers.forEach(ProcessHandle::destroyForcibly);
    await().until(() -> helpers.stream().noneMatch(EndOfHostIT::runs));
    first.end(End.KILL);
    await().until(() -> !first.host.isAlive());
    assertThat(tagged()).hasSize(PROCESSES);
    assertThat(folder.resolve("data/hosts")).isNotEmptyDirectory();

    Client second = new Client();
    await().atMost(Duration.ofSeconds(30)).until(() -> tagged().isEmpty());
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(folder.resolve("data/hosts")).isEmptyDirectory());
    second.end(End.EOF);
    await().atMost(Duration.ofSeconds(30)).until(() -> !second.host.isAlive());
  }

  @Test
  void a_server_that_is_just_being_started_is_not_left_either() throws Exception {
    Path program = folder.resolve("opencode");
    Files.writeString(program, "#!/bin/sh\nsh -c \"" + STUBBORN + "\" " + tag + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder starting =
        new ProcessBuilder(
                HostJar.command(
                    "mcp", "--runtime", "opencode", "--data", folder.resolve("data").toString()))
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    starting.environment().remove("SIDELINE_OPENCODE_URL");
    starting.environment().compute("PATH", (name, path) -> folder + ":" + path);
    Process host = starting.start();
    await().atMost(Duration.ofSeconds(30)).until(() -> tagged().size() == 1);
    host.toHandle().destroy();

    await().atMost(Duration.ofSeconds(30)).until(() -> !host.isAlive());
    assertThat(tagged()).isEmpty();
  }

  /**
   * A build that was started in the background ignores interrupts, and so would all that it starts.
   */
  private static void hearInterrupts(ProcessBuilder builder) {
    if (!interruptsAreHeard()) {
      builder.command().addAll(0, List.of("env", "--default-signal=INT"));
    }
  }

  private static boolean interruptsAreHeard() {
    try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
      String ignored =
          status.filter(line -> line.startsWith("SigIgn:")).findFirst().orElse("SigIgn: 0");
      return !new BigInteger(ignored.substring("SigIgn:".length()).strip(), 16).testBit(SIGINT - 1);
    } catch (IOException e) {
      return true;
    }
  }

  /** The program at work for a client. */
  private final class Client {

    private final McpProcess program;
    private final Process host;

    Client() throws IOException {
      program =
          McpProcess.start(
              folder,
              EndOfHostIT::hearInterrupts,
              "--data",
              folder.resolve("data").toString(),
              "--config",
              config().toString());
      host = program.process();
    }

    /** Brings it into a state; returns the processes beside it that belong to no task. */
    List<ProcessHandle> bring(State state) throws IOException {
      if (state == State.IDLE) {
        program.answer(program.call("background_list", JSON.createObjectNode()));
        return List.of();
      }
      int last = 0;
      for (String agent : agents().properties().stream().map(a -> a.getKey()).toList()) {
        ObjectNode task = JSON.createObjectNode();
        last =
            program.call(
                "background_task",
                task.put("agent", agent).put("description", agent).put("prompt", "work"));
      }
      if (state == State.LAUNCHING) {
        await().atMost(Duration.ofSeconds(30)).until(() -> !tagged().isEmpty());
        return List.of();
      }
      program.answer(last);
      await().atMost(Duration.ofSeconds(30)).until(() -> tagged().size() == PROCESSES);
      List<ProcessHandle> helpers =
          host.children().filter(child -> !commandLine(child.pid()).contains(tag)).toList();
      if (state == State.CANCELLING) {
        program.call("background_cancel", JSON.createObjectNode().put("all", true));
        await().atMost(Duration.ofSeconds(30)).until(() -> tagged().size() < PROCESSES);
      }
      return helpers;
    }

    void end(End end) throws Exception {
      switch (end) {
        case EOF -> host.outputWriter().close();
        case INT -> new ProcessBuilder("kill", "-INT", Long.toString(host.pid())).start().waitFor();
        case TERM -> host.toHandle().destroy();
        case KILL -> host.toHandle().destroyForcibly();
        case TERM_THEN_KILL -> {
          host.toHandle().destroy();
          if (!host.waitFor(400, TimeUnit.MILLISECONDS)) {
            host.toHandle().destroyForcibly();
          }
        }
      }
    }
  }

  private Path config() throws IOException {
    ObjectNode config = JSON.createObjectNode();
    config.set("agents", agents());
    return Files.writeString(folder.resolve("config.json"), config.toString());
  }

  private ObjectNode agents() {
    ObjectNode agents = JSON.createObjectNode();
    agent(agents, "friendly", LOOP);
    agent(agents, "stubborn", STUBBORN);
    agent(agents, "orphan", "( sh -c '" + LOOP + "' " + tag + " & ); " + LOOP);
    String orphan = "sh -c \"" + STUBBORN + "\" " + tag + " </dev/null >/dev/null 2>&1 & ); ";
    agent(agents, "session", "( setsid " + orphan + LOOP);
    agent(agents, "empty", "( exec env -i PATH=\"$PATH\" setsid " + orphan + LOOP);
    return agents;
  }

  private void agent(ObjectNode agents, String name, String script) {
    agents.putObject(name).putArray("command").add("sh").add("-c").add(script).add(tag);
  }

  /** The live processes with the tag. */
  private List<Long> tagged() throws IOException {
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        long pid = Long.parseLong(process.getFileName().toString());
        // A subshell has the command line of its shell, for as long as it lives.
        if (commandLine(pid).startsWith("sh\0-c\0") && commandLine(pid).endsWith(tag + "\0")) {
          found.add(pid);
        }
      }
    }
    return found;
  }

  /** Empty for one that waits to be reaped. */
  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  private static boolean runs(ProcessHandle process) {
    return process.isAlive() && !commandLine(process.pid()).isEmpty();
  }
}
