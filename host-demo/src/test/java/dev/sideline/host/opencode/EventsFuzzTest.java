package dev.sideline.host.opencode;

import static org.awaitility.Awaitility.await;

import dev.sideline.api.SessionEvent;
import dev.sideline.api.fuzz.Fuzz;
import dev.sideline.api.fuzz.Garble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever comes over an event stream, the sound events after it arrive. */
class EventsFuzzTest {

  private static final String CONNECTED =
      "data: {\"payload\":{\"type\":\"server.connected\",\"properties\":{}}}\n\n";

  private final MockWebServer server = new MockWebServer();
  private final BlockingQueue<MockResponse> responses = new LinkedBlockingQueue<>();
  private final Set<String> idle = ConcurrentHashMap.newKeySet();
  private final List<String> recorded = recorded();
  private OpenCodeRuntime runtime;
  private volatile boolean over;

  @BeforeEach
  void start() throws IOException {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            MockResponse next = null;
            while (next == null && !over) {
              next = responses.poll(20, TimeUnit.MILLISECONDS);
            }
            return next == null ? new MockResponse.Builder().code(503).build() : next;
          }
        });
    server.start(InetAddress.getLoopbackAddress(), 0);
    OpenCodeOptions options =
        OpenCodeOptions.of(URI.create("http://127.0.0.1:" + server.getPort()))
            .withRetries(Duration.ofMillis(1), Duration.ofMillis(5));
    runtime = OpenCodeRuntime.connect(options);
    runtime.start(
        new RecordingSink(
            event -> {
              if (event instanceof SessionEvent.Idle) {
                idle.add(event.sessionId());
              }
            }));
  }

  @AfterEach
  void stop() {
    over = true;
    runtime.close();
    server.close();
  }

  @Test
  void sound_events_arrive_whatever_came_before_them() {
    Fuzz.run(this::round);
  }

  private void round(Random random) {
    Garble garble = new Garble(random);
    responses.add(stream(garble.bytes(noise(garble, random))));
    String session = "ses_" + Long.toHexString(random.nextLong());
    String sound =
        CONNECTED
            + "data: {\"directory\":\"/x\",\"payload\":{\"type\":\"session.idle\",\"properties\":"
            + "{\"sessionID\":\""
            + session
            + "\"}}}\n\n";
    responses.add(stream(sound.getBytes(StandardCharsets.UTF_8)));

    await().atMost(Duration.ofSeconds(30)).until(() -> idle.remove(session));
  }

  private String noise(Garble garble, Random random) {
    StringBuilder noise = new StringBuilder(garble.any("", CONNECTED));
    for (int i = random.nextInt(10); i > 0; i--) {
      String event = garble.any(garble.anyOf(recorded), garble.json(), garble.text());
      noise
          .append(garble.any("data: ", "data:", "data", "id: 7\ndata: ", "event: x\n", ": ", ""))
          .append(random.nextInt(3) == 0 ? event : garble.damaged(event))
          .append(garble.any("\n\n", "\n\n", "\r\n\r\n", "\r\r", "\n", ""));
    }
    return noise.toString();
  }

  private static MockResponse stream(byte[] bytes) {
    return new MockResponse.Builder()
        .addHeader("Content-Type", "text/event-stream")
        .body(new Buffer().write(bytes))
        .onResponseEnd(new SocketEffect.CloseSocket())
        .build();
  }

  private static List<String> recorded() {
    try {
      return Files.readAllLines(
          Path.of(EventsFuzzTest.class.getResource("global-events.jsonl").getPath()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
