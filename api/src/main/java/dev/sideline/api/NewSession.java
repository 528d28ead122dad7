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
}
