package dev.sideline.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program with a conversation that launches, stops, tells and reads tasks without pause, by way
 * of a tool server in a process of its own. It keeps what it was answered.
 */
final class ClientUnderLoad implements Runnable {

  /** A launch that was confirmed. */
  static final Pattern LAUNCHED =
      Pattern.compile(
          "(?:Launched b|B)ackground task (bg_[a-z2-7]{26})(?:\\.| was launched before)");

  private static final JsonMapper JSON = new JsonMapper();

  /** A task in what is told at the beginning of an answer. */
  static final Pattern TOLD = Pattern.compile("(?m)^- (bg_[a-z2-7]{26}) \"");

  /** A task that is shown as ended, wherever that is in an answer. */
  private static final Pattern SHOWN =
      Pattern.compile(
          "(bg_[a-z2-7]{26})(?: \"[^\"]*\" \\(job\\):)? +(?:completed|failed|cancelled|lost)\\b");

  private final String name;
  private final McpProcess process;
  private final Random random;
  private final AtomicBoolean over;
  private final Map<String, String> launched = new LinkedHashMap<>();
  private final Set<String> stopped = new HashSet<>();
  private final Set<String> shown = new HashSet<>();
  private final Set<String> told = new HashSet<>();
  private int number;

  private ClientUnderLoad(String name, McpProcess process, Random random, AtomicBoolean over) {
    this.name = name;
    this.process = process;
    this.random = random;
    this.over = over;
  }

  /**
   * One that has a tool server already.
   *
   * @param over when it stops
   */
  static ClientUnderLoad start(
      String name, Path folder, Random random, AtomicBoolean over, String... options)
      throws IOException {
    McpProcess process =
        McpProcess.startOwned(
            "claude-code",
            folder,
            builder -> {
              builder.environment().put("CLAUDE_CODE_SESSION_ID", name);
              builder.redirectError(folder.resolve(name + ".err").toFile());
            },
            options);
    return new ClientUnderLoad(name, process, random, over);
  }

  Process process() {
    return process.process();
  }

  /** By description, the tasks whose launch was confirmed. */
  Map<String, String> launched() {
    return launched;
  }

  /** The tasks that it was told are cancelled. */
  Set<String> stopped() {
    return stopped;
  }

  /** The tasks that an answer has shown as ended. */
  Set<String> shown() {
    return shown;
  }

  /** The tasks of whose ends it was told. */
  Set<String> told() {
    return told;
  }

  @Override
  public void run() {
    try {
      while (!over.get()) {
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> launch();
          case 3 -> cancel();
          case 4 -> tell();
          case 5 -> output(false);
          case 6 -> output(true);
          default -> list();
        }
      }
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
  }

  private void launch() throws IOException {
    String description = name + "." + ++number;
    String answer =
        call(
            "background_task",
            JSON.createObjectNode()
                .put("agent", "job")
                .put("description", description)
                .put("prompt", description));
    Matcher confirmed = LAUNCHED.matcher(answer);
    if (confirmed.find()) {
      launched.put(description, confirmed.group(1));
    }
  }

  private void cancel() throws IOException {
    if (launched.isEmpty()) {
      return;
    }
    String task = any();
    String answer = call("background_cancel", JSON.createObjectNode().put("task_id", task));
    if (answer.startsWith("Stopped:") || answer.contains("\nStopped:")) {
      stopped.add(task);
    }
  }

  private void tell() throws IOException {
    if (launched.isEmpty()) {
      return;
    }
    String message = name + "." + ++number;
    call("background_send", JSON.createObjectNode().put("task_id", any()).put("message", message));
  }

  private void output(boolean wait) throws IOException {
    if (launched.isEmpty()) {
      return;
    }
    String task = any();
    ObjectNode arguments = JSON.createObjectNode().put("task_id", task);
    if (wait) {
      arguments.put("wait", "any").put("timeout_seconds", 2);
    }
    call("background_output", arguments);
  }

  /** Lists its tasks, which tells it what it was not told yet. */
  String list() throws IOException {
    return call("background_list", JSON.createObjectNode().put("limit", 100));
  }

  private String any() {
    List<String> ids = List.copyOf(launched.values());
    int last = ids.size() - 1;
    return ids.get(Math.max(0, last - random.nextInt(5))); // One that may be at work.
  }

  private String call(String tool, ObjectNode arguments) throws IOException {
    JsonNode result = process.answer(process.call(tool, arguments));
    String text = result.at("/content/0/text").asText();
    TOLD.matcher(text).results().forEach(one -> told.add(one.group(1)));
    SHOWN.matcher(text).results().forEach(one -> shown.add(one.group(1)));
    return text;
  }
}
