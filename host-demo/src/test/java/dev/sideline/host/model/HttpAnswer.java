package dev.sideline.host.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The answer to one request: server-sent events as they come, or one JSON document. */
final class HttpAnswer {

  static final ObjectMapper JSON = new ObjectMapper();

  private final HttpExchange exchange;
  private @Nullable OutputStream events;

  HttpAnswer(HttpExchange exchange) {
    this.exchange = exchange;
  }

  /** Sends one event without a name. */
  void event(String data) throws IOException {
    send("data: " + data + "\n\n");
  }

  /** Sends one event. */
  void event(String name, JsonNode data) throws IOException {
    send("event: " + name + "\ndata: " + JSON.writeValueAsString(data) + "\n\n");
  }

  /** Ends the events; without it, the connection is cut. */
  void endOfEvents() throws IOException {
    events().close();
  }

  /** Answers with one document, instead of events. */
  void document(int status, JsonNode document) throws IOException {
    byte[] body = JSON.writeValueAsBytes(document);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.getResponseBody().close();
  }

  private void send(String event) throws IOException {
    events().write(event.getBytes(StandardCharsets.UTF_8));
    events().flush();
  }

  private OutputStream events() throws IOException {
    if (events == null) {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      events = exchange.getResponseBody();
    }
    return events;
  }
}
