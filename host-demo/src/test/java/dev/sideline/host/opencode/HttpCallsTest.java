package dev.sideline.host.opencode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.SessionException;
import dev.sideline.host.DaemonThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockResponseBody;
import mockwebserver3.MockWebServer;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an answer can bring about in the thread that reads it. */
@Timeout(60)
class HttpCallsTest {

  private final MockWebServer server = new MockWebServer();
  private final ScheduledExecutorService timer = DaemonThreads.timer("sideline-opencode-timer");
  private HttpCalls http;

  @BeforeEach
  void start() throws IOException {
    server.start(InetAddress.getLoopbackAddress(), 0);
    OpenCodeOptions options =
        OpenCodeOptions.of(URI.create("http://127.0.0.1:" + server.getPort()));
    http = new HttpCalls(options, new JsonMapper(), timer);
  }

  @AfterEach
  void stop() {
    http.close();
    DaemonThreads.end(timer);
    server.close();
  }

  @Test
  void a_call_whose_answer_brings_about_an_error_fails_and_the_next_is_answered() throws Exception {
    server.enqueue(json("{}"));
    server.enqueue(json("7"));

    CompletableFuture<Object> first =
        http.get(http.url("a").build(), new JsonMapper().readerFor(TooLarge.class));
    Throwable problem = first.handle((value, thrown) -> thrown).get(30, TimeUnit.SECONDS);
    CompletableFuture<Integer> second =
        http.get(http.url("b").build(), new JsonMapper().readerFor(Integer.class));

    assertThat(problem)
        .cause()
        .isInstanceOfSatisfying(
            SessionException.class,
            e -> assertThat(e.code()).isEqualTo(SessionException.Code.UNCERTAIN));
    assertThat(problem).hasRootCauseInstanceOf(OutOfMemoryError.class);
    assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(7);
  }

  @Test
  void an_answer_beyond_all_measure_fails_its_call_before_it_fills_the_memory() throws Exception {
    server.enqueue(
        new MockResponse.Builder()
            .addHeader("Content-Type", "application/json")
            .body(new Endless())
            .build());
    server.enqueue(json("7"));

    CompletableFuture<Object> first =
        http.get(http.url("a").build(), new JsonMapper().readerFor(Object.class));
    Throwable problem = first.handle((value, thrown) -> thrown).get(50, TimeUnit.SECONDS);
    CompletableFuture<Integer> second =
        http.get(http.url("b").build(), new JsonMapper().readerFor(Integer.class));

    assertThat(problem)
        .cause()
        .isInstanceOfSatisfying(
            SessionException.class,
            e -> {
              assertThat(e.code()).isEqualTo(SessionException.Code.UNCERTAIN);
              assertThat(e).hasMessageContaining("has more than");
            });
    assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(7);
  }

  /** A list of ones, for as long as somebody reads it. */
  private static final class Endless implements MockResponseBody {

    @Override
    public long getContentLength() {
      return -1;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      sink.writeUtf8("[1");
      byte[] more = ",\"1234567890123456789012345678901234567890\"".repeat(1_000).getBytes(UTF_8);
      while (true) {
        sink.write(more);
        sink.flush();
      }
    }
  }

  private static MockResponse json(String body) {
    return new MockResponse.Builder()
        .addHeader("Content-Type", "application/json")
        .body(body)
        .build();
  }

  /** There is no room for it. */
  @JsonDeserialize(using = NoRoom.class)
  static final class TooLarge {}

  static final class NoRoom extends JsonDeserializer<TooLarge> {
    @Override
    public TooLarge deserialize(JsonParser parser, DeserializationContext context) {
      throw new OutOfMemoryError("Java heap space");
    }
  }
}
