package dev.sideline.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The owner's part of the configuration file: {@code {"owner": {"on_client_gone": "cancel",
 * "client_gone_seconds": 60}}}.
 *
 * @param onClientGone what becomes of the tasks of a conversation that nobody can go on with
 * @param clientGone how long after its program has gone
 */
record OwnerSettings(OnClientGone onClientGone, Duration clientGone) {

  private static final OwnerSettings STANDARD =
      new OwnerSettings(OnClientGone.CANCEL, Duration.ofSeconds(60));
  private static final String ON_CLIENT_GONE = "on_client_gone";
  private static final String CLIENT_GONE_SECONDS = "client_gone_seconds";
  private static final int MOST_SECONDS = 30 * 24 * 3600;

  /** What becomes of those tasks. */
  enum OnClientGone {
    /** They are stopped. */
    CANCEL,
    /** They go on. */
    CONTINUE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Reads it.
   *
   * @param node a missing node for what is usual
   */
  static OwnerSettings of(Path file, JsonNode node) {
    if (node.isMissingNode()) {
      return STANDARD;
    }
    Set<String> unknown = new TreeSet<>();
    node.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(Set.of(ON_CLIENT_GONE, CLIENT_GONE_SECONDS));
    if (!node.isObject() || !unknown.isEmpty()) {
      throw wrong(
          file, "", node, "an object with " + ON_CLIENT_GONE + " or " + CLIENT_GONE_SECONDS);
    }
    return new OwnerSettings(
        onClientGone(file, node.path(ON_CLIENT_GONE)),
        clientGone(file, node.path(CLIENT_GONE_SECONDS)));
  }

  private static OnClientGone onClientGone(Path file, JsonNode node) {
    if (node.isMissingNode()) {
      return STANDARD.onClientGone();
    }
    return Arrays.stream(OnClientGone.values())
        .filter(value -> value.toString().equals(node.textValue()))
        .findFirst()
        .orElseThrow(() -> wrong(file, "." + ON_CLIENT_GONE, node, "cancel or continue"));
  }

  private static Duration clientGone(Path file, JsonNode node) {
    if (node.isMissingNode()) {
      return STANDARD.clientGone();
    }
    int seconds = node.asInt(-1);
    if (!node.isIntegralNumber() || seconds < 0 || seconds > MOST_SECONDS) {
      throw wrong(file, "." + CLIENT_GONE_SECONDS, node, "a number from 0 to " + MOST_SECONDS);
    }
    return Duration.ofSeconds(seconds);
  }

  private static CommandFailedException wrong(
      Path file, String where, JsonNode node, String allowed) {
    return CommandFailedException.usage(
        "--config " + file + ": owner" + where + " must be " + allowed + ", not " + node);
  }

  /** What holds where nothing is said. */
  static OwnerSettings standard() {
    return STANDARD;
  }
}
