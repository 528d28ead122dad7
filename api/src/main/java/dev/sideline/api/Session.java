package dev.sideline.api;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A session.
 *
 * @param id the host's id
 * @param parentId the session that it was created under; null for one of its own
 * @param title what a person is shown
 * @param directory the directory that its agent works in; null if it has none
 * @param metadata what its creator attached to it; empty if that was nothing
 */
public record Session(
    String id,
    @Nullable String parentId,
    String title,
    @Nullable String directory,
    Map<String, String> metadata) {

  public Session {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(title, "title");
    metadata = Map.copyOf(metadata);
  }

  /** A session of its own, without a directory and without metadata. */
  public static Session of(String id, String title) {
    return new Session(id, null, title, null, Map.of());
  }

  /** What becomes of a request for a session, once the host has given it an id. */
  public static Session of(String id, NewSession request) {
    return new Session(
        id, request.parentId(), request.title(), request.directory(), request.metadata());
  }

  /** The same session under another one; null for one of its own. */
  public Session withParentId(@Nullable String parent) {
    return new Session(id, parent, title, directory, metadata);
  }

  /** The same session in a directory; null if it has none. */
  public Session withDirectory(@Nullable String path) {
    return new Session(id, parentId, title, path, metadata);
  }

  /** The same session with metadata. */
  public Session withMetadata(Map<String, String> values) {
    return new Session(id, parentId, title, directory, values);
  }
}
