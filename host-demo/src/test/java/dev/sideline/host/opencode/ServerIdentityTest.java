package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.host.opencode.ServerIdentity.Kind;
import dev.sideline.host.process.ProcessTrees;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Credentials;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of the two versions, as they were seen of the first and are described of the second. */
@Timeout(60)
class ServerIdentityTest {

  private static final String JSON = "application/json";
  private static final String HTML = "text/html;charset=utf-8";
  private static final String PAGE = "<!doctype html><html><body></body></html>";
  private static final String INFO_2 =
      "{\"version\":\"2.0.21\",\"pid\":4711,\"urls\":[\"http://127.0.0.1:49374\"],"
          + "\"paths\":{\"tmp\":\"/var/oc\"}}";
  private static final String HEALTH_1 = "{\"healthy\":true,\"version\":\"1.18.33\"}";

  @TempDir private Path folder;
  private final MockWebServer server = new MockWebServer();
  private final Map<String, MockResponse> answers = new ConcurrentHashMap<>();

  /** Version 1 answers what it does not know with its page for people. */
  private MockResponse otherwise = answer(200, HTML, PAGE);

  @BeforeEach
  void start() throws IOException {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answers.getOrDefault(request.getTarget(), otherwise);
          }
        });
    server.start(InetAddress.getLoopbackAddress(), 0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void version_1_is_known_by_its_health_though_it_has_a_page_for_what_version_2_answers() {
    answers.put("/global/health", answer(200, JSON, HEALTH_1));

    assertThat(ask()).isEqualTo(new ServerIdentity(Kind.VERSION_1, "1.18.33"));
    assertThat(ask().problem()).isEmpty();
  }

  @Test
  void version_2_is_known_by_its_process() {
    otherwise = answer(404, JSON, "{\"_tag\":\"NotFound\"}");
    answers.put("/api/info", answer(200, JSON, INFO_2));

    assertThat(ask()).isEqualTo(new ServerIdentity(Kind.VERSION_2, "2.0.21"));
    assertThat(ask().problem().orElseThrow())
        .contains("OpenCode 2 (2.0.21)", "cannot", "What works", "sideline mcp");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"version\":\"2.0.21\"}", "{\"pid\":\"4711\"}", "[4711]", "{\"pid\":4711", ""})
  void what_has_no_process_is_not_version_2(String info) {
    answers.put("/api/info", answer(200, JSON, info));

    assertThat(ask().kind()).isEqualTo(Kind.OTHER);
  }

  @Test
  void a_page_that_looks_like_the_answer_is_not_taken_for_it() {
    answers.put("/api/info", answer(200, HTML, INFO_2));
    answers.put("/global/health", answer(200, HTML, HEALTH_1));

    assertThat(ask().kind()).isEqualTo(Kind.OTHER);
    assertThat(ask().problem().orElseThrow()).contains("no OpenCode server", "200 text/html");
  }

  @Test
  void another_server_is_told_from_both() {
    otherwise = answer(404, "text/plain", "no");
    assertThat(ask().problem().orElseThrow()).contains("no OpenCode server", "404 text/plain");

    otherwise = new MockResponse.Builder().code(302).addHeader("Location", "/login").build();
    assertThat(ask().kind()).isEqualTo(Kind.OTHER);

    otherwise = answer(200, JSON, "{\"version\":1}");
    assertThat(ask().kind()).isEqualTo(Kind.OTHER);

    otherwise = answer(200, JSON, "[".repeat(1 << 20));
    assertThat(ask().kind()).isEqualTo(Kind.OTHER);
  }

  @Test
  void a_wrong_password_is_told_from_a_missing_one() {
    otherwise =
        answer(401, JSON, "{\"_tag\":\"UnauthorizedError\"}")
            .newBuilder()
            .addHeader("WWW-Authenticate", "Basic realm=\"Secure Area\"")
            .build();

    assertThat(ask().kind()).isEqualTo(Kind.LOCKED);
    assertThat(ask().problem().orElseThrow())
        .startsWith("it wants a password; set OPENCODE_SERVER_PASSWORD");
    assertThat(ServerIdentity.ask(options().withLogin("opencode", "wrong")).problem().orElseThrow())
        .startsWith("it wants another password; set OPENCODE_SERVER_PASSWORD");
  }

  @Test
  void the_password_may_be_in_the_variable_of_either_version() throws InterruptedException {
    for (String name : new String[] {"OPENCODE_SERVER_PASSWORD", "OPENCODE_PASSWORD"}) {
      ServerIdentity unused =
          ServerIdentity.ask(OpenCodeOptions.of(options().url(), Map.of(name, "secret")));
      assertThat(server.takeRequest().getHeaders().get("Authorization"))
          .isEqualTo(Credentials.basic("opencode", "secret"));
      server.takeRequest();
    }
  }

  @Test
  void a_version_that_nobody_would_write_is_not_repeated() {
    answers.put("/global/health", answer(200, JSON, "{\"version\":\"\\u001b[2J\"}"));

    assertThat(ask()).isEqualTo(new ServerIdentity(Kind.VERSION_1, "of unknown number"));
  }

  @Test
  void where_nothing_listens_or_nothing_is_said_that_is_told_in_time() throws IOException {
    URI gone = options().url();
    server.close();
    assertThat(ServerIdentity.ask(OpenCodeOptions.of(gone)).kind()).isEqualTo(Kind.SILENT);

    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      OpenCodeOptions options =
          OpenCodeOptions.of(URI.create("http://127.0.0.1:" + silent.getLocalPort()));
      ServerIdentity found = ServerIdentity.ask(options, Duration.ofMillis(200));
      assertThat(found.kind()).isEqualTo(Kind.SILENT);
      assertThat(found.problem().orElseThrow()).startsWith("no server was reached: ");
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the stand-in is a shell script")
  void a_program_of_version_2_is_ended_and_named_when_it_was_started() throws IOException {
    answers.put("/api/info", answer(200, JSON, INFO_2));
    Path program = folder.resolve("opencode");
    Files.writeString(
        program,
        "#!/bin/sh\necho $$ >pid\necho \"server listening on "
            + options().url()
            + "\"\nexec sleep 100\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));

    assertThatThrownBy(
            () ->
                OpenCodeRuntime.start(
                    OpenCodeServer.Launch.of(program, folder), ProcessTrees.unwatched()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(program + ": it is OpenCode 2 (2.0.21)");
    long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
    assertThat(ProcessHandle.of(pid)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.0.21", "v2.1", "3.0.0", "10.0.1"})
  void later_versions_are_told(String version) {
    assertThat(OpenCode2.isVersion(version)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.18.33", "0.0.0-dev-202609212252", "local", "", "22", "1.2.0"})
  void earlier_versions_are_told(String version) {
    assertThat(OpenCode2.isVersion(version)).isFalse();
  }

  private ServerIdentity ask() {
    return ServerIdentity.ask(options());
  }

  private OpenCodeOptions options() {
    return OpenCodeOptions.of(URI.create("http://127.0.0.1:" + server.getPort()));
  }

  private static MockResponse answer(int code, String type, String body) {
    return new MockResponse.Builder().code(code).addHeader("Content-Type", type).body(body).build();
  }
}
