package dev.sideline.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a call.
 *
 * @param text the answer as a model reads it; complete on its own
 * @param structured the same as JSON text, matching {@link ToolSpec#outputSchema}; null for errors
 *     and for tools without an output schema
 * @param error whether the call was refused or failed; {@code text} says why and what to do
 */
public record ToolResult(String text, @Nullable String structured, boolean error) {

  public ToolResult {
    Objects.requireNonNull(text, "text");
  }

  /** A successful answer. */
  public static ToolResult of(String text, @Nullable String structured) {
    return new ToolResult(text, structured, false);
  }

  /** A refusal or failure. */
  public static ToolResult failure(String text) {
    return new ToolResult(text, null, true);
  }
}
