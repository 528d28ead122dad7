package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.NewSession;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.fuzz.Fuzz;
import dev.sideline.api.fuzz.Garble;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
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

/** Whatever a server answers, each call ends, with a value or a failure of the known kinds. */
class HttpAnswersFuzzTest {

  private static final List<String> NAMES =
      List.of(
          "id",
          "info",
          "parts",
          "sessionID",
          "role",
          "time",
          "created",
          "completed",
          "type",
          "text",
          "tool",
          "state",
          "status",
          "tokens",
          "cost",
          "error",
          "data",
          "message",
          "parentID",
          "directory",
          "title",
          "permission",
          "patterns",
          "questions",
          "options",
          "label");

  private final MockWebServer server = new MockWebServer();
  private volatile Garble garble = new Garble(new Random(0));
  private OpenCodeRuntime runtime;

  @BeforeEach
  void start() throws IOException {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            synchronized (HttpAnswersFuzzTest.this) {
              return answer();
            }
          }
        });
    server.start(InetAddress.getLoopbackAddress(), 0);
    runtime =
        OpenCodeRuntime.connect(
            OpenCodeOptions.of(URI.create("http://127.0.0.1:" + server.getPort()))
                // An answer that does not come to its end is waited for until then.
                .withTimeouts(
                    Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofSeconds(35)));
  }

  @AfterEach
  void stop() {
    runtime.close();
    server.close();
  }

  @Test
  void each_call_ends_whatever_the_server_answers() {
    Fuzz.run(this::round);
  }

  private void round(Random random) throws Exception {
    synchronized (this) {
      garble = new Garble(random);
    }
    SessionClient sessions = runtime.sessions();
    ends(sessions.get("ses_1"));
    ends(sessions.messages("ses_1", 10));
    ends(sessions.statuses());
    ends(sessions.pendingRequests());
    ends(sessions.children("ses_1"));
    ends(sessions.create(new NewSession("ses_1", "t", "/x", Map.of())));
  }

  private static void ends(CompletionStage<?> call) throws Exception {
    Throwable failure =
        call.handle((value, thrown) -> thrown).toCompletableFuture().get(40, TimeUnit.SECONDS);
    if (failure != null) {
      Throwable cause =
          failure instanceof java.util.concurrent.CompletionException
              ? failure.getCause()
              : failure;
      assertThat(cause).isInstanceOf(SessionException.class);
    }
  }

  private MockResponse answer() {
    String body =
        garble.any(
            garble.object(NAMES),
            "[" + garble.object(NAMES) + "," + garble.object(NAMES) + "]",
            "[{\"info\":{\"id\":\"msg_1\",\"sessionID\":\"ses_1\",\"role\":\"assistant\",\"time\":"
                + garble.object(NAMES)
                + "},\"parts\":["
                + garble.object(NAMES)
                + "]}]",
            "{\"id\":\"ses_1\",\"directory\":\"/x\",\"title\":" + garble.json() + "}",
            garble.json());
    MockResponse.Builder response =
        new MockResponse.Builder()
            .code(garble.any(200, 200, 200, 200, 400, 404, 500, 302))
            .addHeader(
                "Content-Type",
                garble.any("application/json", "application/json", "text/html", "application/x"))
            .body(new Buffer().write(garble.bytes(garble.any(body, garble.damaged(body)))));
    if (garble.any(true, false, false, false, false)) {
      response.onResponseBody(new SocketEffect.CloseSocket());
    }
    return response.build();
  }
}
