package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The built program in 64 MB of memory while all that comes in has no end. It goes on, also for
 * those who behave, and its end is a good one. A JVM that runs out of memory ends at once here, so
 * that nothing can hide it.
 */
@EnabledOnOs(OS.LINUX)
class FloodedHostIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> SMALL = List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError");
  private static final Pattern TASK_ID = Pattern.compile("bg_\\w+");
  private static final int FLOODING = 40;
  private static final long FLOODED_BYTES = 5 << 20;

  /** All that a command starts has 1.5 MB of environment. */
  private static final String LOADED =
      "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do"
          + " export \"LOAD_$i=$(printf %0100000d 0)\"; done; ";

  /** The end of each command line of a task, and with it a part of all that is written. */
  private final String tag = "tag-" + UUID.randomUUID();

  /** What writes without end, each in its way. */
  private final Map<String, String> floods = new LinkedHashMap<>();

  @TempDir private Path folder;
  private McpProcess host;

  FloodedHostIT() {
    floods.put("lines", "exec yes \"a line of output $0\"");
    floods.put("line", "exec yes \"$0\" | tr -d '\\n'");
    floods.put("tools", "exec seq -f \"::tool read {%.0f $(printf %03950d 0) $0}\" inf");
    floods.put("errors", "exec yes \"a complaint $0\" >&2");
  }

  @AfterEach
  void endWhatATestHasLeft() throws IOException {
    if (host != null) {
      host.process().destroyForcibly();
    }
    for (long pid : tagged()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void commands_that_flood_cost_nobody_else_anything() throws IOException {
    start();
    List<String> flooding = new ArrayList<>();
    for (String kind : floods.keySet()) {
      for (int i = 0; i < FLOODING / floods.size(); i++) {
        flooding.add(launch(kind, kind));
      }
    }
    String big = launch("big", "big");
    String asking = launch("asking", "asking");

    patiently()
        .until(() -> tagged().stream().filter(FloodedHostIT::hasFlooded).count() >= FLOODING);
    patiently().until(() -> output(big), said -> said.contains("the end of 60 MB"));
    patiently().until(() -> output(asking), said -> said.contains("more than 100 things"));
    assertOthersAreServed("small", flooding);
    assertThat(tagged()).hasSizeGreaterThanOrEqualTo(FLOODING - 1);
    assertEndsWell();
  }

  @Test
  void a_server_that_floods_costs_nobody_else_anything() throws IOException {
    try (FloodingOpenCode server = new FloodingOpenCode()) {
      start("--runtime", "opencode", "--opencode-url", server.url().toString());
      List<String> large = new ArrayList<>();
      for (int i = 0; i < FLOODING; i++) {
        large.add(launch("general", FloodingOpenCode.LARGE));
      }

      patiently().until(() -> server.streams() >= 3 && server.largeAnswers() >= 2 * FLOODING);
      assertOthersAreServed("general", large);
      assertEndsWell();
    }
  }

  @Test
  void a_server_that_says_a_line_of_100_MB_is_listened_to_all_the_same() throws IOException {
    try (FloodingOpenCode server = new FloodingOpenCode()) {
      Path program =
          Files.writeString(
              folder.resolve("opencode"),
              "#!/bin/sh\nhead -c 100000000 /dev/zero | tr '\\0' x; echo; echo listening on "
                  + server.url()
                  + "\nexec sh -c 'while :; do sleep 0.2; done' "
                  + tag);
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
      start("--runtime", "opencode");

      String small = launch("general", "Say something short");
      patiently().until(() -> output(small), said -> said.contains("Say something short"));
      assertEndsWell();
    }
  }

  /** Lists are answered, one task is cancelled, and another one runs to its end. */
  private void assertOthersAreServed(String agent, List<String> flooding) throws IOException {
    String small = launch(agent, "Say something short");
    patiently().until(() -> output(small), said -> said.contains("Say something short"));
    String cancelled = call("background_cancel", "task_id", flooding.get(0));
    assertThat(cancelled).contains(flooding.get(0));
    patiently().until(() -> output(flooding.get(0)), said -> said.contains("cancelled"));
    assertThat(call("background_list", "status", "running"))
        .contains(flooding.get(flooding.size() - 1));
  }

  private void assertEndsWell() throws IOException {
    host.process().outputWriter().close();
    patiently().until(() -> !host.process().isAlive());
    assertThat(host.process().exitValue()).as(errors()).isZero();
    assertThat(errors()).doesNotContain("OutOfMemoryError", "StackOverflowError");
    assertThat(tagged()).isEmpty();
  }

  private void start(String... options) throws IOException {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("--data", folder.resolve("data").toString()));
    words.addAll(List.of("--config", config().toString()));
    words.addAll(List.of(options));
    host =
        McpProcess.start(
            folder,
            builder -> {
              builder.command().addAll(1, SMALL);
              builder.redirectError(folder.resolve("errors").toFile());
              builder.environment().remove("SIDELINE_OPENCODE_URL");
              builder.environment().compute("PATH", (name, path) -> folder + ":" + path);
            },
            words.toArray(String[]::new));
  }

  private String errors() throws IOException {
    return Files.readString(folder.resolve("errors"));
  }

  private String launch(String agent, String prompt) throws IOException {
    String said = call("background_task", "agent", agent, "description", prompt, "prompt", prompt);
    Matcher id = TASK_ID.matcher(said);
    assertThat(id.find()).as(said).isTrue();
    return id.group();
  }

  private String output(String task) throws IOException {
    return call("background_output", "task_id", task);
  }

  private String call(String tool, String... arguments) throws IOException {
    ObjectNode named = JSON.createObjectNode();
    for (int i = 0; i < arguments.length; i += 2) {
      named.put(arguments[i], arguments[i + 1]);
    }
    return host.text(tool, named);
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(100));
  }

  private Path config() throws IOException {
    ObjectNode config = JSON.createObjectNode();
    ObjectNode agents = config.putObject("agents");
    floods.forEach((name, script) -> agent(agents, name, LOADED + script).put("tool_lines", true));
    agent(agents, "big", "head -c 60000000 /dev/zero | tr '\\0' x; echo; echo the end of 60 MB");
    agent(agents, "asking", "yes '::ask What now?' | head -n 1000000 # {prompt}").put("asks", true);
    agents.putObject("small").putArray("command").add("cat");
    config
        .putObject("settings")
        .putObject("sideline-background")
        .put("max_running", "0")
        .put("max_running_per_parent", "0")
        .put("max_starting", "40");
    return Files.writeString(folder.resolve("config.json"), config.toString());
  }

  private ObjectNode agent(ObjectNode agents, String name, String script) {
    ObjectNode agent = agents.putObject(name);
    agent.putArray("command").add("sh").add("-c").add(script).add(tag);
    return agent;
  }

  /** The live processes with the tag. */
  private List<Long> tagged() throws IOException {
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        if (read(process.resolve("cmdline")).contains(tag)) {
          found.add(Long.parseLong(process.getFileName().toString()));
        }
      }
    }
    return found;
  }

  private static boolean hasFlooded(long pid) {
    Matcher written =
        Pattern.compile("wchar: (\\d+)").matcher(read(Path.of("/proc/" + pid + "/io")));
    return written.find() && Long.parseLong(written.group(1)) > FLOODED_BYTES;
  }

  /** Empty for a process that is gone. */
  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }
}
