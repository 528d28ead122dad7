package dev.sideline.host.opencode;

import dev.sideline.api.SessionException;

/**
 * Ids of sessions. The server answers one that does not begin like its own with an error of its
 * own.
 */
final class SessionIds {

  private SessionIds() {}

  static boolean plausible(String id) {
    return id.startsWith("ses");
  }

  static SessionException notFound(String id) {
    return new SessionException(
        SessionException.Code.NOT_FOUND,
        "there is no session '" + id + "': ids of the server's sessions begin with 'ses'");
  }
}
