package dev.sideline.api;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A session to create.
 *
 * @param parentId the session to create it under; null for one of its own
 * @param title what a person is shown
 * @param directory where its agent works; null for the parent's directory, or the host's default
 * @param metadata kept with the session and returned with it
 */
public record NewSession(
    @Nullable String parentId,
    String title,
    @Nullable String directory,
    Map<String, String> metadata) {

  public NewSession {
    Objects.requireNonNull(title, "title");
    metadata = Map.copyOf(metadata);
  }

  /** A session of its own, in the host's default directory, without metadata. */
  public static NewSession of(String title) {
    return new NewSession(null, title, null, Map.of());
  }

  /** The same under another session; null for one of its own. */
  public NewSession withParentId(@Nullable String id) {
    return new NewSession(id, title, directory, metadata);
  }

  /** The same in a directory; null for the parent's, or the host's default. */
  public NewSession withDirectory(@Nullable String path) {
    return new NewSession(parentId, title, path, metadata);
  }

  /** The same with metadata. */
  public NewSession withMetadata(Map<String, String> values) {
    return new NewSession(parentId, title, directory, values);
  }
}
