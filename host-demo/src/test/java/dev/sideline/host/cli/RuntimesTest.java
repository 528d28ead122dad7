package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.host.SessionRuntime;
import dev.sideline.host.opencode.OpenCodeOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;

class RuntimesTest {

  private static final Map<String, String> ENVIRONMENT =
      Map.of(OpenCodeOptions.PASSWORD_VARIABLE, "secret", OpenCodeOptions.USER_VARIABLE, "me");

  @Test
  void a_server_that_is_only_guessed_is_not_given_the_password() {
    OpenCodeOptions guessed = Runtimes.optionsInside(null, ENVIRONMENT);

    assertThat(guessed.url()).hasToString("http://127.0.0.1:4096");
    assertThat(guessed.password()).isNull();
  }

  @Test
  void one_that_is_named_is() {
    OpenCodeOptions named =
        Runtimes.optionsInside(URI.create("http://127.0.0.1:4096"), ENVIRONMENT);

    assertThat(named.password()).isEqualTo("secret");
    assertThat(named.user()).isEqualTo("me");
  }

  @Test
  void a_server_of_version_2_is_refused_before_anything_is_asked_of_it() throws IOException {
    try (MockWebServer server = new MockWebServer()) {
      server.enqueue(
          new MockResponse.Builder()
              .addHeader("Content-Type", "application/json")
              .body("{\"version\":\"2.0.21\",\"pid\":4711}")
              .build());
      server.start(InetAddress.getLoopbackAddress(), 0);

      assertThatThrownBy(() -> Runtimes.open(at(server.getPort())))
          .isInstanceOf(CommandFailedException.class)
          .hasMessageStartingWith("--opencode-url http://127.0.0.1:" + server.getPort())
          .hasMessageContaining("it is OpenCode 2 (2.0.21)");
    }
  }

  @Test
  void a_server_that_is_not_there_yet_is_no_reason_to_fail() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    try (SessionRuntime runtime = Runtimes.open(at(free))) {
      assertThat(runtime.sessions()).isNotNull();
    }
  }

  private static CommonOptions at(int port) {
    CommonOptions options = new CommonOptions(Surroundings.ofThisProcess());
    options.runtime = RuntimeKind.OPENCODE;
    options.openCodeUrl = URI.create("http://127.0.0.1:" + port);
    return options;
  }
}
