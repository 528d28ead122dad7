package dev.sideline.host.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.CancelSource;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.api.TaskStatus;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.host.text.Characters;
import dev.sideline.host.text.Harmless;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Performs one call of a tool. */
@Command(
    name = "call",
    description = {
      "Call a tool once and print its answer.",
      "Tasks go on when the command has ended; with --standalone, they end with it unless their"
          + " sessions live in a server that runs already. --wait stays until all of them are over,"
          + " and prints what the session is told about them and what a launched task answered. The"
          + " exit code is 1 then if one of them has not completed.",
      "Agents that are always there: echo, survey, slow and fail. For example:",
      "  sideline call --wait background_task \\",
      "    '{\"agent\": \"echo\", \"description\": \"Say hi\", \"prompt\": \"hi\"}'"
    })
final class CallCommand implements Callable<Integer> {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final String LAUNCH = "background_task";
  private static final String OUTPUT = "background_output";
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration FOR_EVER = Duration.ofDays(365);
  private static final Duration NOTICE_BOUND = Duration.ofSeconds(15);
  private static final int LONGEST_INPUT_BYTES = 4 << 20;

  private final Console console;
  private final Hosts hosts;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "TOOL", description = "The tool; 'tools' lists them.")
  private String tool = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "JSON",
      defaultValue = "{}",
      description = "Its arguments, an object; - reads them from standard input. Default: {}.")
  private String arguments = "{}";

  @Option(
      names = "--session",
      paramLabel = "ID",
      description = "The session that calls. Default: a new one.")
  private @Nullable String session;

  @Option(names = "--json", description = "Print the whole answer as JSON.")
  private boolean asJson;

  @Option(
      names = "--wait",
      description = "Stay until no task of the session is live and every notice has come.")
  private boolean wait;

  CallCommand(Console console, Hosts hosts) {
    this.console = console;
    this.hosts = hosts;
  }

  @Override
  public Integer call() throws JsonProcessingException {
    CommonOptions options = SidelineCommand.optionsOf(spec);
    String json = checked(arguments);
    TaskWatch told = new TaskWatch();
    try (Host host = hosts.open(options, told, console)) {
      Tool called = host.tool(tool);
      String given = session;
      String caller = given != null ? given : Host.answer(host.newSession("sideline call " + tool));
      if (given != null) {
        Host.answer(host.goesOn(given));
      }
      Set<String> before = wait && given != null ? ended(host, caller) : Set.of();
      ToolResult result = answer(called, caller, json);
      print(result);
      boolean completed = !wait || waitFor(host, told, caller, before);
      if (wait && !result.error() && tool.equals(LAUNCH)) {
        print(answer(host.tool(OUTPUT), caller, "{}"));
      }
      return result.error() || !completed ? ExitCodes.FAILED : ExitCodes.FINE;
    }
  }

  /** A call may wait for as long as it was told to, so only the tool knows a bound. */
  private static ToolResult answer(Tool tool, String caller, String json) {
    CancelSource givenUp = new CancelSource();
    try {
      return tool.call(ToolCall.of(caller, json).withCancellation(givenUp.signal()))
          .toCompletableFuture()
          .get();
    } catch (InterruptedException e) {
      givenUp.cancel();
      Thread.currentThread().interrupt();
      throw CommandFailedException.failed("interrupted while the tool was called", e);
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
  }

  private String checked(String given) {
    String text = given.equals("-") ? standardInput() : given;
    try {
      JsonNode node = JSON.readTree(text);
      if (node.isObject()) {
        return node.toString();
      }
      throw CommandFailedException.usage("JSON must be an object {...}, got " + shortened(text));
    } catch (JsonProcessingException e) {
      throw CommandFailedException.usage(
          "JSON is not valid: " + e.getOriginalMessage() + ", in " + shortened(text));
    }
  }

  private String standardInput() {
    try {
      byte[] read = console.in().readNBytes(LONGEST_INPUT_BYTES + 1);
      if (read.length > LONGEST_INPUT_BYTES) {
        throw CommandFailedException.usage(
            "JSON on standard input is longer than " + LONGEST_INPUT_BYTES + " bytes");
      }
      return new String(read, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw CommandFailedException.failed("standard input cannot be read: " + e.getMessage(), e);
    }
  }

  private static String shortened(String text) {
    return "'" + Characters.cut(text, 80) + "'";
  }

  private void print(ToolResult result) throws JsonProcessingException {
    if (!asJson) {
      console.out().println(Harmless.text(result.text()));
      return;
    }
    ObjectNode answer = JSON.createObjectNode();
    answer.put("text", result.text());
    String structured = result.structured();
    if (structured != null) {
      answer.set("structured", JSON.readTree(structured));
    }
    answer.put("error", result.error());
    console.out().println(Harmless.json(answer.toString()));
  }

  /**
   * Stays until no task of the caller's tree is live and what it is to be told has come, and prints
   * that.
   *
   * @param before tasks that had ended before
   * @return whether all other tasks of the caller have completed
   */
  private boolean waitFor(Host host, TaskWatch told, String caller, Set<String> before) {
    try (Repeated look = new Repeated()) {
      List<TaskSnapshot> own =
          look
              .until(LOOK, FOR_EVER, () -> ended(below(caller, host.tasks())))
              .orElse(List.of())
              .stream()
              .filter(task -> task.parentSessionId().equals(caller) && !before.contains(task.id()))
              .toList();
      if (own.isEmpty()) {
        return true;
      }
      Notices notices = new Notices(host.sessions(), caller);
      boolean came =
          look.until(LOOK, NOTICE_BOUND, () -> come(told, notices, caller)).orElse(false);
      for (String notice : notices.naming(told.announcedTo(caller))) {
        console
            .out()
            .println(
                asJson
                    ? Harmless.json(JSON.createObjectNode().put("notice", notice).toString())
                    : Harmless.text(notice));
      }
      if (!came) {
        console.note("not every notice came within " + NOTICE_BOUND.toSeconds() + " s");
      }
      return own.stream().allMatch(task -> task.status() == TaskStatus.COMPLETED);
    }
  }

  private static Set<String> ended(Host host, String caller) {
    return below(caller, host.tasks()).stream()
        .filter(task -> task.status().terminal())
        .map(TaskSnapshot::id)
        .collect(Collectors.toSet());
  }

  /** The tasks of a session, and those of their sessions: an owner has others' as well. */
  private static List<TaskSnapshot> below(String session, List<TaskSnapshot> all) {
    Map<String, List<TaskSnapshot>> byParent =
        all.stream().collect(Collectors.groupingBy(TaskSnapshot::parentSessionId));
    List<TaskSnapshot> below = new ArrayList<>(byParent.getOrDefault(session, List.of()));
    for (int i = 0; i < below.size(); i++) {
      String own = below.get(i).childSessionId();
      below.addAll(own == null ? List.of() : byParent.getOrDefault(own, List.of()));
    }
    return below;
  }

  private static Optional<List<TaskSnapshot>> ended(List<TaskSnapshot> tasks) {
    return tasks.stream().allMatch(task -> task.status().terminal())
        ? Optional.of(tasks)
        : Optional.empty();
  }

  private static Optional<Boolean> come(TaskWatch told, Notices notices, String caller) {
    return told.toldOfAll(caller) && notices.nameAll(told.announcedTo(caller))
        ? Optional.of(true)
        : Optional.empty();
  }
}
