package dev.sideline.host.opencode;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to reach an OpenCode server.
 *
 * @param url where it listens, such as {@code http://127.0.0.1:4096}, without user and password
 * @param user name for Basic authentication; used only with a password
 * @param password null if the server has none
 * @param directory the project that sessions of their own work in unless told otherwise; null for
 *     the directory that the server was started in
 * @param connectTimeout for the TCP connection, and for the first word of the event stream after it
 * @param callTimeout for a call as a whole, the time in the queue included
 * @param silence how long the event stream may be silent before it is taken for dead; the server
 *     sends something every 10 s
 * @param firstRetry pause before the first attempt to connect the event stream again
 * @param lastRetry what the pause grows to
 * @param maxResponseBytes of an answer that is larger, nothing is read
 */
public record OpenCodeOptions(
    URI url,
    String user,
    @Nullable String password,
    @Nullable Path directory,
    Duration connectTimeout,
    Duration callTimeout,
    Duration silence,
    Duration firstRetry,
    Duration lastRetry,
    long maxResponseBytes) {

  /** Environment variable with the server's password. */
  public static final String PASSWORD_VARIABLE = "OPENCODE_SERVER_PASSWORD";

  /** The same in version 2 of OpenCode. */
  static final String PASSWORD_VARIABLE_2 = "OPENCODE_PASSWORD";

  /** Environment variable with the user name that goes with the password. */
  public static final String USER_VARIABLE = "OPENCODE_SERVER_USERNAME";

  static final String DEFAULT_USER = "opencode";

  public OpenCodeOptions {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(user, "user");
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!http || url.getHost() == null) {
      throw new IllegalArgumentException(
          "the OpenCode server's URL must be like http://127.0.0.1:4096, got '" + url + "'");
    }
    if (url.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "the OpenCode server's URL must not hold a password; put it into the environment variable"
              + " "
              + PASSWORD_VARIABLE);
    }
  }

  /** A server without password. */
  public static OpenCodeOptions of(URI url) {
    return new OpenCodeOptions(
        url,
        DEFAULT_USER,
        null,
        null,
        Duration.ofSeconds(5),
        Duration.ofSeconds(45),
        Duration.ofSeconds(35),
        Duration.ofMillis(200),
        Duration.ofSeconds(10),
        64L << 20);
  }

  /**
   * A server with the user and password that the environment names, if it names any.
   *
   * @param environment such as {@link System#getenv()}
   */
  public static OpenCodeOptions of(URI url, Map<String, String> environment) {
    OpenCodeOptions options = of(url);
    String password =
        environment.getOrDefault(
            PASSWORD_VARIABLE, environment.getOrDefault(PASSWORD_VARIABLE_2, ""));
    return password.isEmpty()
        ? options
        : options.withLogin(environment.getOrDefault(USER_VARIABLE, DEFAULT_USER), password);
  }

  public OpenCodeOptions withLogin(String newUser, String newPassword) {
    return new OpenCodeOptions(
        url,
        newUser,
        newPassword,
        directory,
        connectTimeout,
        callTimeout,
        silence,
        firstRetry,
        lastRetry,
        maxResponseBytes);
  }

  public OpenCodeOptions withDirectory(Path newDirectory) {
    return new OpenCodeOptions(
        url,
        user,
        password,
        newDirectory,
        connectTimeout,
        callTimeout,
        silence,
        firstRetry,
        lastRetry,
        maxResponseBytes);
  }

  public OpenCodeOptions withTimeouts(Duration connect, Duration call, Duration newSilence) {
    return new OpenCodeOptions(
        url,
        user,
        password,
        directory,
        connect,
        call,
        newSilence,
        firstRetry,
        lastRetry,
        maxResponseBytes);
  }

  public OpenCodeOptions withRetries(Duration first, Duration last) {
    return new OpenCodeOptions(
        url,
        user,
        password,
        directory,
        connectTimeout,
        callTimeout,
        silence,
        first,
        last,
        maxResponseBytes);
  }

  public OpenCodeOptions withMaxResponseBytes(long bytes) {
    return new OpenCodeOptions(
        url,
        user,
        password,
        directory,
        connectTimeout,
        callTimeout,
        silence,
        firstRetry,
        lastRetry,
        bytes);
  }

  /** Without the password, so that it cannot end up in a log. */
  @Override
  public String toString() {
    return "OpenCodeOptions[" + url + (password == null ? "" : ", with password") + "]";
  }
}
