package dev.sideline.host.opencode.harness;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
import org.jspecify.annotations.Nullable;

/**
 * A model that does as it is told: an OpenAI-compatible server, streaming, on the loopback
 * interface.
 *
 * <p>A rule says which {@link Turn}s it is for and which {@link Reply}s they get, one after the
 * other; the last one is repeated. The rule that was made last wins. A turn that no rule is for
 * gets the text {@code "done"}.
 *
 * <p>Rules match on the conversation, not on sessions, of which a model knows nothing: give each
 * prompt of a test words of its own.
 */
public final class ScriptedModelServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads;
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<Turn> turns = new CopyOnWriteArrayList<>();
  private final Set<Gate> gates = ConcurrentHashMap.newKeySet();
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicInteger calls = new AtomicInteger();
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
    server.createContext("/v1/chat/completions", this::handle);
    server.start();
  }

  /** The address for a provider's {@code baseURL}. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
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
      Turn turn = new Turn(numbers.incrementAndGet(), JSON.readTree(exchange.getRequestBody()));
      turns.add(turn);
      Reply reply =
          rules.stream()
              .filter(rule -> rule.turns.test(turn))
              .findFirst()
              .map(rule -> rule.next(turn))
              .orElseGet(() -> Reply.text("done"));
      new Answer(exchange, turn, reply).perform();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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

  /** One reply on its way. */
  private final class Answer {

    private final HttpExchange exchange;
    private final Turn turn;
    private final Reply reply;
    private @Nullable OutputStream out;
    private int toolCalls;

    Answer(HttpExchange exchange, Turn turn, Reply reply) {
      this.exchange = exchange;
      this.turn = turn;
      this.reply = reply;
    }

    void perform() throws IOException, InterruptedException {
      for (Reply.Step step : reply.steps()) {
        if (step instanceof Reply.Step.Text text) {
          delta(JSON.createObjectNode().put("content", text.text()), null);
        } else if (step instanceof Reply.Step.ToolCall call) {
          toolCall(call);
        } else if (step instanceof Reply.Step.Wait wait) {
          pass(wait.gate());
        } else if (step instanceof Reply.Step.Refuse refusal) {
          refuse(refusal);
          return;
        } else if (step instanceof Reply.Step.Cut) {
          // Closing the exchange before the last chunk is what a cut connection looks like.
          return;
        }
        if (closed) {
          return;
        }
      }
      delta(JSON.createObjectNode(), toolCalls > 0 ? "tool_calls" : "stop");
      line("[DONE]");
      stream().close();
    }

    private void pass(Gate gate) throws InterruptedException {
      gates.add(gate);
      if (closed) {
        gate.open();
      }
      gate.pass();
      gates.remove(gate);
    }

    private void refuse(Reply.Step.Refuse refusal) throws IOException {
      ObjectNode error = JSON.createObjectNode();
      error.putObject("error").put("message", refusal.message()).put("type", "scripted");
      byte[] body = JSON.writeValueAsBytes(error);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(refusal.status(), body.length);
      exchange.getResponseBody().write(body);
      exchange.getResponseBody().close();
    }

    private void toolCall(Reply.Step.ToolCall call) throws IOException {
      ObjectNode delta = JSON.createObjectNode();
      ObjectNode node = delta.putArray("tool_calls").addObject();
      node.put("index", toolCalls++);
      node.put("id", "call_" + calls.incrementAndGet());
      node.put("type", "function");
      node.putObject("function").put("name", call.name()).put("arguments", call.arguments());
      delta(delta, null);
    }

    private void delta(ObjectNode delta, @Nullable String finish) throws IOException {
      ObjectNode chunk = JSON.createObjectNode();
      chunk.put("id", "chatcmpl-" + turn.number());
      chunk.put("object", "chat.completion.chunk");
      chunk.put("created", 1);
      chunk.put("model", "scripted");
      ObjectNode choice = chunk.putArray("choices").addObject();
      choice.put("index", 0);
      choice.set("delta", delta);
      choice.put("finish_reason", finish);
      if (finish != null) {
        ObjectNode usage = chunk.putObject("usage");
        usage.put("prompt_tokens", reply.inputTokens());
        usage.put("completion_tokens", reply.outputTokens());
        usage.put("total_tokens", reply.inputTokens() + reply.outputTokens());
        usage.putObject("prompt_tokens_details").put("cached_tokens", reply.cachedTokens());
      }
      line(JSON.writeValueAsString(chunk));
    }

    private void line(String data) throws IOException {
      stream().write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
      stream().flush();
    }

    private OutputStream stream() throws IOException {
      if (out == null) {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        out = exchange.getResponseBody();
      }
      return out;
    }
  }
}
