package dev.sideline.host.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A model that does as it is told: a server on the loopback interface that speaks every {@link
 * WireFormat}. What is asked of it beyond messages is not found.
 *
 * <p>A rule says which {@link Turn}s it is for and which {@link Reply}s they get, one after the
 * other; the last one is repeated. The rule that was made last wins. A turn that no rule is for
 * gets the text {@code "done"}.
 *
 * <p>Rules match on the conversation, not on sessions, of which a model knows nothing: give each
 * prompt of a test words of its own.
 */
public final class ScriptedModelServer implements AutoCloseable {

  private static final List<WireFormat> FORMATS =
      List.of(new OpenAiChat(), new OpenAiResponses(), new AnthropicMessages(), new Gemini());

  private final HttpServer server;
  private final ExecutorService threads;
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<Turn> turns = new CopyOnWriteArrayList<>();
  private final Set<Gate> gates = ConcurrentHashMap.newKeySet();
  private final AtomicInteger numbers = new AtomicInteger();
  private volatile boolean closed;

  /** Starts on a free port. */
  public ScriptedModelServer() {
    AtomicInteger threadNumbers = new AtomicInteger();
    // No thread and no connection outlives its request, so that no test seems to leave them behind.
    threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            0,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "scripted-model-" + threadNumbers.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** The address for a provider's {@code baseURL}, as those that are like OpenAI's have it. */
  public URI url() {
    return url("/v1");
  }

  /**
   * An address of the server.
   *
   * @param path empty for the root
   */
  public URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** Begins a rule for the turns that fit; it counts from now on. */
  public Rule when(Predicate<Turn> turns) {
    Rule rule = new Rule(turns);
    rules.add(0, rule);
    return rule;
  }

  /** Begins a rule for the turns whose newest user message contains a text. */
  public Rule whenAsked(String text) {
    return when(Turn.lastUserContains(text));
  }

  /** All requests so far, in the order in which they came. */
  public List<Turn> turns() {
    return List.copyOf(turns);
  }

  /** The requests so far that fit. */
  public List<Turn> turns(Predicate<Turn> wanted) {
    return turns.stream().filter(wanted).toList();
  }

  /** Forgets rules and requests, and lets every waiting reply go on. */
  public void reset() {
    rules.clear();
    turns.clear();
    gates.forEach(Gate::open);
  }

  /** Lets every waiting reply end and stops. */
  @Override
  public void close() {
    closed = true;
    gates.forEach(Gate::open);
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Connection", "close");
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      HttpAnswer http = new HttpAnswer(exchange);
      Optional<WireFormat> format = formatOf(exchange.getRequestMethod(), path);
      if (format.isPresent()) {
        answer(format.get(), path, body, http);
      } else {
        answerAside(path, http);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<WireFormat> formatOf(String method, String path) {
    return FORMATS.stream()
        .filter(format -> method.equals("POST") && format.asksForMessage(path))
        .findFirst();
  }

  private void answer(WireFormat format, String path, byte[] body, HttpAnswer http)
      throws IOException, InterruptedException {
    JsonNode json = HttpAnswer.JSON.readTree(body);
    Turn turn =
        new Turn(
            numbers.incrementAndGet(),
            new String(body, StandardCharsets.UTF_8),
            json,
            format.read(path, json));
    turns.add(turn);
    Reply reply =
        rules.stream()
            .filter(rule -> rule.turns.test(turn))
            .findFirst()
            .map(rule -> rule.next(turn))
            .orElseGet(() -> Reply.text("done"));
    perform(reply, format.answer(turn, reply, http), http);
  }

  /** What is nothing of a model's, such as telemetry, is not here. */
  private static void answerAside(String path, HttpAnswer http) throws IOException {
    Optional<JsonNode> aside =
        FORMATS.stream().flatMap(format -> format.aside(path).stream()).findFirst();
    if (aside.isPresent()) {
      http.document(200, aside.get());
    } else {
      http.document(404, error("there is no " + path));
    }
  }

  private void perform(Reply reply, MessageWriter message, HttpAnswer http)
      throws IOException, InterruptedException {
    for (Reply.Step step : reply.steps()) {
      if (step instanceof Reply.Step.Text text) {
        message.text(text.text());
      } else if (step instanceof Reply.Step.ToolCall call) {
        message.toolCall(call.name(), call.arguments());
      } else if (step instanceof Reply.Step.Wait wait) {
        pass(wait.gate());
      } else if (step instanceof Reply.Step.Refuse refusal) {
        http.document(refusal.status(), error(refusal.message()));
        return;
      } else if (step instanceof Reply.Step.Cut) {
        // Closing the exchange before the last chunk is what a cut connection looks like.
        return;
      }
      if (closed) {
        return;
      }
    }
    message.end();
  }

  private void pass(Gate gate) throws InterruptedException {
    gates.add(gate);
    if (closed) {
      gate.open();
    }
    gate.pass();
    gates.remove(gate);
  }

  private static JsonNode error(String message) {
    ObjectNode error = HttpAnswer.JSON.createObjectNode();
    error.putObject("error").put("message", message).put("type", "scripted");
    return error;
  }

  /** What the model answers to some turns. */
  public static final class Rule {

    private final Predicate<Turn> turns;
    private final List<Function<Turn, Reply>> replies = new ArrayList<>();
    private int used;

    private Rule(Predicate<Turn> turns) {
      this.turns = turns;
    }

    /** Gives a reply, after the ones that were named before. */
    public Rule reply(Reply reply) {
      return reply(turn -> reply);
    }

    /** Gives a reply that hangs on the turn, such as on the result of a tool. */
    public synchronized Rule reply(Function<Turn, Reply> reply) {
      replies.add(reply);
      return this;
    }

    /** Streams the beginning of a text, waits for the gate, then streams the end. */
    public Gate hold(String beginning, String end) {
      Gate gate = new Gate();
      reply(Reply.text(beginning).thenWait(gate).thenText(end));
      return gate;
    }

    private synchronized Reply next(Turn turn) {
      if (replies.isEmpty()) {
        return Reply.text("done");
      }
      return replies.get(Math.min(used++, replies.size() - 1)).apply(turn);
    }
  }
}
