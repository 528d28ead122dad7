package dev.sideline.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** The built program as an MCP server in a process of its own, and a client that talks to it. */
final class McpProcess {

  private static final JsonMapper JSON = new JsonMapper();

  private final Process process;
  private final BufferedReader answers;
  private int id;

  private McpProcess(Process process) {
    this.process = process;
    this.answers = process.inputReader();
  }

  /** Starts it in a folder, and says hello. */
  static McpProcess start(Path folder, String... options) throws IOException {
    return start(folder, builder -> {}, options);
  }

  /** Starts it in a folder, and says hello in the name of a program. */
  static McpProcess startFor(String client, Path folder, String... options) throws IOException {
    return start(client, folder, builder -> {}, options);
  }

  /**
   * Starts it in a folder, and says hello.
   *
   * @param change of how it is started
   */
  static McpProcess start(Path folder, Consumer<ProcessBuilder> change, String... options)
      throws IOException {
    return start("t", folder, change, options);
  }

  private static McpProcess start(
      String client, Path folder, Consumer<ProcessBuilder> change, String... options)
      throws IOException {
    return start(client, HostJar.command("mcp"), folder, change, options);
  }

  /**
   * Starts it as its users do, with an owner of the data folder, and says hello in the name of a
   * program.
   *
   * @param change of how it is started
   */
  static McpProcess startOwned(
      String client, Path folder, Consumer<ProcessBuilder> change, String... options)
      throws IOException {
    return start(client, HostJar.ownedCommand("mcp"), folder, change, options);
  }

  private static McpProcess start(
      String client,
      List<String> command,
      Path folder,
      Consumer<ProcessBuilder> change,
      String... options)
      throws IOException {
    List<String> words = new ArrayList<>(command);
    words.addAll(List.of(options));
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    change.accept(builder);
    McpProcess started = new McpProcess(builder.start());
    ObjectNode hello = JSON.createObjectNode();
    hello.put("protocolVersion", "2025-11-25").putObject("capabilities");
    hello.putObject("clientInfo").put("name", client).put("version", "1");
    started.answer(started.send("initialize", hello));
    started
        .process
        .outputWriter()
        .append("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n")
        .flush();
    return started;
  }

  Process process() {
    return process;
  }

  /** Calls a tool, without waiting for the answer; returns the id of the request. */
  int call(String tool, ObjectNode arguments) throws IOException {
    return call(tool, arguments, JSON.createObjectNode());
  }

  /** Calls a tool with what the program says of the call. */
  int call(String tool, ObjectNode arguments, ObjectNode meta) throws IOException {
    ObjectNode params = JSON.createObjectNode().put("name", tool);
    params.set("arguments", arguments);
    params.set("_meta", meta);
    return send("tools/call", params);
  }

  private int send(String method, ObjectNode params) throws IOException {
    ObjectNode message =
        JSON.createObjectNode().put("jsonrpc", "2.0").put("id", ++id).put("method", method);
    message.set("params", params);
    process.outputWriter().append(message.toString()).append('\n').flush();
    return id;
  }

  /** Waits for the answer to a request; those to others that come before it are lost. */
  JsonNode answer(int asked) throws IOException {
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      JsonNode message = JSON.readTree(line);
      if (message.path("id").asInt() == asked) {
        return message.path("result");
      }
    }
    throw new AssertionError("the host ended without an answer to " + asked);
  }

  /** Waits for the answers to requests, in whatever order they come; tells them in that order. */
  List<JsonNode> answers(Collection<Integer> asked) throws IOException {
    List<JsonNode> come = new ArrayList<>();
    while (come.size() < asked.size()) {
      String line = answers.readLine();
      if (line == null) {
        throw new AssertionError("the host ended without an answer to all of " + asked);
      }
      JsonNode message = JSON.readTree(line);
      if (asked.contains(message.path("id").asInt())) {
        come.add(message.path("result"));
      }
    }
    return come;
  }

  /** Gives a request up. */
  void cancel(int asked) throws IOException {
    ObjectNode message =
        JSON.createObjectNode().put("jsonrpc", "2.0").put("method", "notifications/cancelled");
    message.putObject("params").put("requestId", asked);
    process.outputWriter().append(message.toString()).append('\n').flush();
  }

  /** The text of a tool's answer. */
  String text(String tool, ObjectNode arguments) throws IOException {
    return answer(call(tool, arguments)).at("/content/0/text").asText();
  }
}
