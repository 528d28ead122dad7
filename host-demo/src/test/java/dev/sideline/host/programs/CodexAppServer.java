package dev.sideline.host.programs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Codex as an editor runs it: one process with several conversations, which it calls threads. */
final class CodexAppServer implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  private static final Duration BOUND = Duration.ofMinutes(1);
  private static final String END = "";

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private int ids;

  private CodexAppServer(Process process) {
    this.process = process;
    Thread reader = new Thread(this::read, "codex-lines");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader out = process.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      // It has ended, and so do its lines.
    }
    lines.add(END);
  }

  /** Starts it, and says hello. */
  static CodexAppServer start(Codex codex, Workplace place) throws IOException {
    List<String> command = List.of(codex.binary().toString(), "app-server");
    CodexAppServer started =
        new CodexAppServer(
            ProgramRun.builder(command, codex, place)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    ObjectNode hello = JSON.createObjectNode();
    hello.putObject("clientInfo").put("name", "test").put("version", "1");
    started.request("initialize", hello);
    started.send(JSON.createObjectNode().put("method", "initialized"));
    return started;
  }

  /** Begins a conversation in a project; returns its id. */
  String thread(Workplace place) throws IOException {
    ObjectNode thread = JSON.createObjectNode().put("cwd", place.project().toString());
    thread.put("approvalPolicy", "never").put("sandbox", "workspace-write");
    return request("thread/start", thread).at("/thread/id").asText();
  }

  /** A person says something in a conversation; waits until the agent's turn is over. */
  void turn(String thread, String text) throws IOException {
    ObjectNode turn = JSON.createObjectNode().put("threadId", thread).put("turnTrigger", "user");
    turn.putArray("input").addObject().put("type", "text").put("text", text);
    request("turn/start", turn);
    awaitTurn();
  }

  /** Waits until a turn is over, whoever has begun it. */
  void awaitTurn() throws IOException {
    JsonNode ended = await(message -> message.path("method").asText().equals("turn/completed"));
    if (!ended.at("/params/turn/status").asText().equals("completed")) {
      throw new AssertionError("the turn has ended otherwise: " + ended);
    }
  }

  private JsonNode request(String method, ObjectNode params) throws IOException {
    int id = ++ids;
    ObjectNode request = JSON.createObjectNode().put("id", id).put("method", method);
    request.set("params", params);
    send(request);
    JsonNode answer = await(message -> !message.has("method") && message.path("id").asInt() == id);
    if (!answer.has("result")) {
      throw new AssertionError(method + " was refused: " + answer);
    }
    return answer.path("result");
  }

  private void send(ObjectNode message) throws IOException {
    process.outputWriter().append(message.toString()).append('\n').flush();
  }

  private JsonNode await(Predicate<JsonNode> wanted) throws IOException {
    try {
      for (String line = next(); !line.equals(END); line = next()) {
        JsonNode message = JSON.readTree(line);
        if (wanted.test(message)) {
          return message;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AssertionError("codex has ended");
  }

  private String next() throws InterruptedException {
    String line = lines.poll(BOUND.toMillis(), TimeUnit.MILLISECONDS);
    if (line == null) {
      throw new AssertionError("codex has said nothing for " + BOUND);
    }
    return line;
  }

  /** Hangs up, and waits for its end. */
  @Override
  public void close() throws IOException {
    process.outputWriter().close();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("codex does not end when its client is gone");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ProgramRun.end(process);
    }
  }
}
