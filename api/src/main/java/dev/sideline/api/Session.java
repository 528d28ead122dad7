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
 * @param metadata what its creator attached to it; empty if the host keeps none
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
}
