package dev.sideline.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What an OpenCode server says to a host, but for its measure: after the greeting, its event stream
 * is one event without end, and the messages of each session whose title has {@link #LARGE} in it
 * are 60 MB until it is stopped. Other sessions have answered their prompt when it has come.
 */
final class FloodingOpenCode implements AutoCloseable {

  static final String LARGE = "large";

  private static final JsonMapper JSON = new JsonMapper();
  private static final int LARGE_MESSAGES = 60;
  private static final String PAGE = "x".repeat(1_000_000);
  private static final byte[] GREETING =
      "data: {\"payload\":{\"type\":\"server.connected\",\"properties\":{}}}\n\ndata: "
          .getBytes(StandardCharsets.UTF_8);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final Map<String, JsonNode> sessions = new ConcurrentHashMap<>();
  private final Map<String, JsonNode> prompts = new ConcurrentHashMap<>();
  private final Set<String> stopped = ConcurrentHashMap.newKeySet();
  private final AtomicInteger streams = new AtomicInteger();
  private final AtomicInteger largeAnswers = new AtomicInteger();

  FloodingOpenCode() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** How often the stream of events was opened. */
  int streams() {
    return streams.get();
  }

  /** How often 60 MB were asked for. */
  int largeAnswers() {
    return largeAnswers.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String[] path = exchange.getRequestURI().getPath().split("/", -1);
    String last = path[path.length - 1];
    JsonNode body = JSON.readTree(exchange.getRequestBody());
    try (exchange) {
      switch (last) {
        case "event" -> flood(exchange);
        case "agent" -> send(exchange, agents());
        case "session" -> send(exchange, create(body));
        case "status" -> send(exchange, JSON.createObjectNode());
        case "message" -> messages(exchange, path[2]);
        case "prompt_async" -> {
          prompts.put(path[2], body);
          exchange.sendResponseHeaders(204, -1);
        }
        case "abort" -> {
          stopped.add(path[2]);
          send(exchange, JSON.getNodeFactory().booleanNode(true));
        }
        case "permission", "question", "children" -> send(exchange, JSON.createArrayNode());
        default -> send(exchange, sessions.getOrDefault(last, JSON.createObjectNode()));
      }
    } catch (IOException whenTheHostHasEnough) {
      // It says so in no other way than by closing the connection.
    }
  }

  private void flood(HttpExchange exchange) throws IOException {
    streams.incrementAndGet();
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.write(GREETING);
    byte[] more = new byte[1 << 16];
    Arrays.fill(more, (byte) 'x');
    while (!threads.isShutdown()) {
      out.write(more);
    }
  }

  private static JsonNode agents() {
    ArrayNode agents = JSON.createArrayNode();
    agents.addObject().put("name", "general").put("mode", "subagent");
    return agents;
  }

  private JsonNode create(JsonNode body) {
    String id = "ses_" + sessions.size();
    ObjectNode session = body.deepCopy();
    session.put("id", id).put("directory", "/tmp");
    sessions.put(id, session);
    return session;
  }

  private void messages(HttpExchange exchange, String id) throws IOException {
    if (sessions.get(id).path("title").asText().contains(LARGE) && !stopped.contains(id)) {
      largeAnswers.incrementAndGet();
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      out.write('[');
      for (int i = 0; i < LARGE_MESSAGES; i++) {
        out.write((message("msg_" + i, "assistant", PAGE) + ",").getBytes(StandardCharsets.UTF_8));
      }
      out.write((message("msg_z", "assistant", PAGE) + "]").getBytes(StandardCharsets.UTF_8));
      return;
    }
    ArrayNode messages = JSON.createArrayNode();
    JsonNode prompt = prompts.get(id);
    if (prompt != null) {
      String asked = prompt.path("messageID").asText();
      String said = prompt.at("/parts/0/text").asText();
      messages.add(message(asked, "user", said));
      messages.add(message(asked + "_answer", "assistant", "I was told: " + said));
    }
    send(exchange, messages);
  }

  private static JsonNode message(String id, String role, String text) {
    ObjectNode message = JSON.createObjectNode();
    ObjectNode info = message.putObject("info").put("id", id).put("role", role);
    info.put("finish", "stop").putObject("time").put("created", 1).put("completed", 2);
    message.putArray("parts").addObject().put("type", "text").put("text", text);
    return message;
  }

  private static void send(HttpExchange exchange, JsonNode answer) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(answer);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    threads.shutdown();
    server.stop(0);
    threads.shutdownNow();
    try {
      threads.awaitTermination(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
