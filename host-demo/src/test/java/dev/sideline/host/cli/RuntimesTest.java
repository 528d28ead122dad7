package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.host.opencode.OpenCodeOptions;
import java.net.URI;
import java.util.Map;
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
}
