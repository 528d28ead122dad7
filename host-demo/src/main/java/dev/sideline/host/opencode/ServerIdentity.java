package dev.sideline.host.opencode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * What listens where an OpenCode server should be.
 *
 * @param kind what it is
 * @param detail its version, for an OpenCode server; else what it did instead, in words
 */
public record ServerIdentity(Kind kind, String detail) {

  /** What can listen. */
  public enum Kind {
    /** OpenCode 1, whose sessions this host can use. */
    VERSION_1,
    /** OpenCode 2, whose sessions it cannot. */
    VERSION_2,
    /** Something that wants another password; what it is cannot be told without that. */
    LOCKED,
    /** Something else. */
    OTHER,
    /** Nothing, or nothing that answers in time and in HTTP. */
    SILENT
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration BOUND = Duration.ofSeconds(5);
  private static final int MAX_BYTES = 64 << 10;
  private static final Pattern VERSION = Pattern.compile("[!-~]{1,100}");

  public ServerIdentity {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(detail, "detail");
  }

  /** Why its sessions cannot be used, and what to do, in words; empty for OpenCode 1. */
  public Optional<String> problem() {
    return switch (kind) {
      case VERSION_1 -> Optional.empty();
      case VERSION_2 -> Optional.of(OpenCode2.words(detail));
      case LOCKED -> Optional.of(detail);
      case OTHER -> Optional.of("what listens there is no OpenCode server: " + detail);
      case SILENT -> Optional.of("no server was reached: " + detail);
    };
  }

  /** Asks, on the caller's thread, for at most ten seconds. Sends nothing but questions. */
  public static ServerIdentity ask(OpenCodeOptions options) {
    return ask(options, BOUND);
  }

  static ServerIdentity ask(OpenCodeOptions options, Duration bound) {
    OkHttpClient client =
        new OkHttpClient.Builder()
            .connectTimeout(bound)
            .callTimeout(bound)
            .followRedirects(false)
            .retryOnConnectionFailure(false)
            .build();
    try {
      return asked(client, options);
    } finally {
      client.connectionPool().evictAll();
      client.dispatcher().executorService().shutdown();
    }
  }

  private static ServerIdentity asked(OkHttpClient client, OpenCodeOptions options) {
    try {
      Answer info = get(client, options, "api/info");
      if (info.locked()) {
        return new ServerIdentity(Kind.LOCKED, "it wants " + wanted(options));
      }
      // Version 1 answers this too, but with a page for people.
      if (info.json() != null && info.json().path("pid").isIntegralNumber()) {
        return new ServerIdentity(Kind.VERSION_2, version(info.json()));
      }
      Answer health = get(client, options, "global/health");
      if (health.locked()) {
        return new ServerIdentity(Kind.LOCKED, "it wants " + wanted(options));
      }
      if (health.json() != null && health.json().path("version").isTextual()) {
        String version = version(health.json());
        return new ServerIdentity(
            OpenCode2.isVersion(version) ? Kind.VERSION_2 : Kind.VERSION_1, version);
      }
      return new ServerIdentity(
          Kind.OTHER, "GET /global/health was answered with " + health.words());
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      return new ServerIdentity(Kind.SILENT, reason);
    }
  }

  private static String wanted(OpenCodeOptions options) {
    return (options.password() == null ? "a password" : "another password")
        + "; set "
        + OpenCodeOptions.PASSWORD_VARIABLE
        + " (and "
        + OpenCodeOptions.USER_VARIABLE
        + " if its user is not '"
        + OpenCodeOptions.DEFAULT_USER
        + "')";
  }

  private static String version(JsonNode answer) {
    String version = answer.path("version").asText("");
    return VERSION.matcher(version).matches() ? version : "of unknown number";
  }

  private static Answer get(OkHttpClient client, OpenCodeOptions options, String path)
      throws IOException {
    Request request =
        Login.add(
                new Request.Builder()
                    .url(Login.base(options).newBuilder().addPathSegments(path).build()),
                options)
            .build();
    try (Response response = client.newCall(request).execute()) {
      MediaType type = response.body().contentType();
      boolean json = type != null && type.subtype().equals("json");
      return new Answer(
          response.code(),
          type == null ? "" : type.type() + "/" + type.subtype(),
          response.isSuccessful() && json ? tree(response.peekBody(MAX_BYTES).bytes()) : null);
    }
  }

  private static @Nullable JsonNode tree(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      return null; // No JSON, whatever it says: not one of those that are looked for.
    }
  }

  /**
   * @param json null if it is none, or not said to be
   */
  private record Answer(int code, String type, @Nullable JsonNode json) {

    boolean locked() {
      return code == 401 || code == 403;
    }

    String words() {
      return code + (type.isEmpty() ? "" : " " + type);
    }
  }
}
