package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.SessionException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockResponseBody;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stream against a server that misbehaves. */
class OpenCodeEventStreamTest {

  private static final String CONNECTED =
      "data: {\"payload\":{\"type\":\"server.connected\",\"properties\":{}}}\n\n";
  private static final String IDLE_1 = idle("ses_1");
  private static final String IDLE_2 = idle("ses_2");
  private static final String END = "end";
  private static final Duration LONG = Duration.ofMinutes(5);

  private final MockWebServer server = new MockWebServer();
  private final BlockingQueue<MockResponse> responses = new LinkedBlockingQueue<>();
  private final RecordingSink sink = new RecordingSink();
  private OpenCodeRuntime runtime;

  @BeforeEach
  void start() throws IOException {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            return responses.take();
          }
        });
    server.start(InetAddress.getLoopbackAddress(), 0);
  }

  @AfterEach
  void stop() {
    runtime.close();
    server.close();
  }

  @Test
  void what_happened_before_the_stream_was_open_counts_as_lost() {
    Feed feed = feed();
    connect(options());
    assertThat(sink.connected()).isZero();

    feed.send(CONNECTED);
    sink.awaitConnected(1);
    feed.send(END);
  }

  @Test
  void what_a_server_was_asked_before_it_came_back_is_not_waited_for_for_long() throws Exception {
    Feed first = feed();
    connect(options().withTimeouts(Duration.ofSeconds(2), LONG, LONG));
    first.send(CONNECTED);
    sink.awaitConnected(1);
    assertThat(server.takeRequest().getTarget()).isEqualTo("/global/event");
    responses.add(stalled());
    CompletableFuture<?> before = runtime.sessions().statuses().toCompletableFuture();
    server.takeRequest();
    first.send(END);
    Feed next = feed();
    next.send(CONNECTED, IDLE_1);
    sink.awaitIdle("ses_1");
    responses.add(stalled());
    CompletableFuture<?> after = runtime.sessions().children("ses_1").toCompletableFuture();

    assertThat(before)
        .failsWithin(Duration.ofSeconds(30))
        .withThrowableThat()
        .withCauseInstanceOf(SessionException.class);
    assertThat(after).isNotDone();
    next.send(END);
  }

  private static MockResponse stalled() {
    return new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build();
  }

  @Test
  void a_malformed_event_is_skipped_and_the_stream_goes_on() {
    Feed feed = feed();
    connect(options());
    feed.send(CONNECTED, "data: {\"payload\":{\"type\":\n\n", "data: x\n\n", ": hm\n\n", IDLE_1);

    sink.awaitIdle("ses_1");
    assertThat(sink.connected()).isEqualTo(1);
    assertThat(server.getRequestCount()).isEqualTo(1);
    feed.send(END);
  }

  @Test
  void an_error_over_one_event_counts_as_a_loss_and_the_stream_goes_on() {
    Feed feed = feed();
    connect(options());
    feed.send(CONNECTED);
    sink.awaitConnected(1);
    sink.observe(
        id -> {
          if (id.equals("ses_1")) {
            throw new StackOverflowError();
          }
          return true;
        });

    feed.send(IDLE_1, IDLE_2);

    sink.awaitIdle("ses_2");
    assertThat(sink.connected()).as("told that an event was lost").isEqualTo(2);
    assertThat(server.getRequestCount()).isEqualTo(1);
    feed.send(END);
  }

  @Test
  void a_stream_that_ends_is_opened_again_and_tells_that_events_were_lost() {
    feed().send(CONNECTED, IDLE_1, END);
    Feed second = feed();
    connect(options());
    sink.awaitIdle("ses_1");
    second.send(CONNECTED, IDLE_2);

    sink.awaitIdle("ses_2");
    assertThat(sink.connected()).isEqualTo(2);
    second.send(END);
  }

  @Test
  void a_silent_stream_is_taken_for_dead() {
    Feed first = feed();
    Feed second = feed();
    connect(
        options()
            .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(300)));
    first.send(CONNECTED);
    sink.awaitConnected(1);
    second.send(CONNECTED, IDLE_1);

    sink.awaitIdle("ses_1");
    assertThat(sink.connected()).isEqualTo(2);
    first.send(END);
    second.send(END);
  }

  @Test
  void a_stream_that_does_not_greet_is_taken_for_dead() {
    Feed first = feed();
    Feed second = feed();
    connect(
        options()
            .withTimeouts(Duration.ofMillis(300), Duration.ofSeconds(5), Duration.ofMinutes(1)));
    second.send(CONNECTED, IDLE_1);

    sink.awaitIdle("ses_1");
    first.send(END);
    second.send(END);
  }

  @Test
  void a_stream_that_has_greeted_may_be_silent_for_longer() {
    Feed feed = feed();
    connect(
        options()
            .withTimeouts(Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofMinutes(1)));
    feed.send(CONNECTED);
    sink.awaitConnected(1);
    await()
        .during(Duration.ofMillis(300))
        .until(() -> server.getRequestCount() == 1 && sink.connected() == 1);
    feed.send(END);
  }

  @Test
  void errors_of_the_server_are_outlasted() {
    responses.add(new MockResponse.Builder().code(500).build());
    responses.add(new MockResponse.Builder().code(401).build());
    responses.add(new MockResponse.Builder().code(404).body("no").build());
    responses.add(
        new MockResponse.Builder().addHeader("Content-Type", "text/html").body("<html>").build());
    Feed feed = feed();
    connect(options());
    feed.send(CONNECTED, IDLE_1);

    sink.awaitIdle("ses_1");
    assertThat(server.getRequestCount()).isEqualTo(5);
    feed.send(END);
  }

  @Test
  void an_event_without_end_does_not_fill_the_memory() {
    Feed first = feed();
    Feed second = feed();
    connect(options());
    first.send(CONNECTED, "data: ");
    String megabyte = "x".repeat(1 << 20);
    for (int i = 0; i < 40; i++) {
      first.send(megabyte);
    }
    second.send(CONNECTED, IDLE_1);

    await().atMost(Duration.ofSeconds(20)).until(() -> !sink.of("ses_1").isEmpty());
    assertThat(sink.connected()).isEqualTo(2);
    first.send(END);
    second.send(END);
  }

  @Test
  void the_password_is_sent() throws Exception {
    Feed feed = feed();
    connect(options().withLogin("opencode", "secret"));

    RecordedRequest request = server.takeRequest();
    assertThat(request.getHeaders().get("Authorization")).isEqualTo("Basic b3BlbmNvZGU6c2VjcmV0");
    assertThat(request.getTarget()).isEqualTo("/global/event");
    feed.send(END);
  }

  @Test
  void nothing_is_told_after_the_end() {
    Feed feed = feed();
    connect(options());
    feed.send(CONNECTED);
    sink.awaitConnected(1);
    runtime.close();
    feed.send(IDLE_1, END);

    assertThat(sink.events()).isEmpty();
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @Test
  void the_end_comes_at_once_while_the_stream_is_down() {
    responses.add(new MockResponse.Builder().code(500).build());
    connect(options().withRetries(Duration.ofHours(1), Duration.ofHours(1)));
    await().until(() -> server.getRequestCount() == 1);

    long before = System.nanoTime();
    runtime.close();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void a_stream_with_an_event_that_does_not_end_is_opened_again() {
    Feed endless = feed();
    Feed next = feed();
    connect(options());
    endless.send(CONNECTED);
    String line = "data: " + "x".repeat(1 << 20) + "\n";
    for (int i = 0; i < 40; i++) {
      endless.send(line);
    }
    next.send(CONNECTED, IDLE_1);

    await().atMost(Duration.ofSeconds(30)).until(() -> !sink.of("ses_1").isEmpty());

    endless.send(END);
    next.send(END);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r", "data: \r", "data", "data:", "data: {", "id: 1\r\r", "\r\n\r", ""})
  void a_stream_that_ends_in_the_middle_is_opened_again(String end) {
    Feed first = feed();
    Feed next = feed();
    connect(options());
    first.send(CONNECTED, end, END);
    next.send(CONNECTED, IDLE_1);

    sink.awaitIdle("ses_1");

    next.send(END);
  }

  private void connect(OpenCodeOptions options) {
    runtime = OpenCodeRuntime.connect(options);
    runtime.start(sink);
  }

  private OpenCodeOptions options() {
    return OpenCodeOptions.of(URI.create("http://127.0.0.1:" + server.getPort()))
        .withRetries(Duration.ofMillis(10), Duration.ofMillis(50));
  }

  /** The answer to the next request: an event stream. */
  private Feed feed() {
    Feed feed = new Feed();
    responses.add(
        new MockResponse.Builder()
            .addHeader("Content-Type", "text/event-stream")
            .body(feed)
            .onResponseEnd(new SocketEffect.CloseSocket())
            .build());
    return feed;
  }

  private static String idle(String sessionId) {
    return "data: {\"directory\":\"/x\",\"payload\":{\"type\":\"session.idle\",\"properties\":"
        + "{\"sessionID\":\""
        + sessionId
        + "\"}}}\n\n";
  }

  /** Writes what the test sends until it sends the end. */
  private static final class Feed implements MockResponseBody {

    private final BlockingQueue<String> pieces = new LinkedBlockingQueue<>();

    void send(String... more) {
      pieces.addAll(java.util.List.of(more));
    }

    @Override
    public long getContentLength() {
      return -1;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      try {
        for (String piece = pieces.take(); !piece.equals(END); piece = pieces.take()) {
          sink.writeUtf8(piece);
          sink.flush();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
  }
}
