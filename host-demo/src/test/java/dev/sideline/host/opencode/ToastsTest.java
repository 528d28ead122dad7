package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.PluginEvent.Toast;
import dev.sideline.host.DaemonThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ToastsTest {

  private final MockWebServer server = new MockWebServer();
  private final ScheduledExecutorService timer = DaemonThreads.timer("sideline-opencode-timer");
  private final Directories directories = new Directories();
  private final AtomicLong nanos = new AtomicLong();
  private HttpCalls http;
  private Toasts toasts;

  @BeforeEach
  void start() throws IOException {
    server.start(InetAddress.getLoopbackAddress(), 0);
    http =
        new HttpCalls(
            OpenCodeOptions.of(URI.create("http://127.0.0.1:" + server.getPort())),
            Wire.mapper(1_000),
            timer);
    toasts = new Toasts(http, directories, nanos::get);
  }

  @AfterEach
  void stop() {
    http.close();
    DaemonThreads.end(timer);
    server.close();
  }

  @Test
  void a_toast_goes_to_the_directory_of_its_session_in_the_words_of_the_server() throws Exception {
    directories.learn("ses_1", "/srv/a b");
    enqueue(1);
    toasts.show(new Toast("ses_1", "All done", "3 tasks have ended.", Toast.Level.SUCCESS));

    RecordedRequest request = server.takeRequest();
    assertThat(request.getMethod()).isEqualTo("POST");
    assertThat(request.getUrl().encodedPath()).isEqualTo("/tui/show-toast");
    assertThat(request.getUrl().queryParameter("directory")).isEqualTo("/srv/a b");
    assertThat(request.getBody().utf8())
        .isEqualTo(
            "{\"title\":\"All done\",\"message\":\"3 tasks have ended.\",\"variant\":\"success\"}");
  }

  @Test
  void of_a_flood_a_few_a_second_are_shown() {
    enqueue(100);
    for (int i = 1; i <= 100; i++) {
      int before = server.getRequestCount();
      show(i);
      if (i <= Toasts.MAX_AT_ONCE) {
        await().until(() -> server.getRequestCount() > before);
      }
    }
    assertThat(server.getRequestCount()).isEqualTo(Toasts.MAX_AT_ONCE);

    nanos.addAndGet(Duration.ofMillis(450).toNanos());
    // The one before may still be under way.
    await()
        .until(
            () -> {
              show(101);
              return server.getRequestCount() > Toasts.MAX_AT_ONCE;
            });
    show(102);
    assertThat(server.getRequestCount()).isEqualTo(Toasts.MAX_AT_ONCE + 1);
  }

  @Test
  void a_server_that_never_answers_is_not_sent_ever_more() {
    for (int i = 0; i < 20; i++) {
      server.enqueue(
          new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
    }
    for (int i = 0; i < 20; i++) {
      nanos.addAndGet(Duration.ofSeconds(10).toNanos());
      show(i);
    }

    await().until(() -> server.getRequestCount() == Toasts.MAX_AT_ONCE);
  }

  @Test
  void a_server_that_knows_no_toasts_or_is_not_there_is_no_error() {
    server.enqueue(new MockResponse.Builder().code(404).build());
    show(1);
    await().until(() -> server.getRequestCount() == 1);
    server.close();
    show(2);
  }

  private void show(int number) {
    toasts.show(new Toast("ses_1", "Number " + number, "message", Toast.Level.INFO));
  }

  private void enqueue(int answers) {
    for (int i = 0; i < answers; i++) {
      server.enqueue(new MockResponse.Builder().body("true").build());
    }
  }
}
