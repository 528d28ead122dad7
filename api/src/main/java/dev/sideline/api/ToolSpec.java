package dev.sideline.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tool as a model is shown it.
 *
 * @param name letters, digits and underscores, unique within a plugin
 * @param description what the tool does and when to use it, written for a model
 * @param inputSchema JSON Schema of the arguments, an object, as text
 * @param outputSchema JSON Schema of {@link ToolResult#structured}, as text; null if there is none
 * @param hints what a host may tell its users about the tool
 */
public record ToolSpec(
    String name,
    String description,
    String inputSchema,
    @Nullable String outputSchema,
    Hints hints) {

  public ToolSpec {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(inputSchema, "inputSchema");
    Objects.requireNonNull(hints, "hints");
  }

  /** A tool without an output schema, of which nothing is said: see {@link Hints#UNKNOWN}. */
  public static ToolSpec of(String name, String description, String inputSchema) {
    return new ToolSpec(name, description, inputSchema, null, Hints.UNKNOWN);
  }

  /** The same tool, whose answers fit a JSON Schema; null if there is none. */
  public ToolSpec withOutputSchema(@Nullable String schema) {
    return new ToolSpec(name, description, inputSchema, schema, hints);
  }

  /** The same tool with what a host may tell of it. */
  public ToolSpec withHints(Hints what) {
    return new ToolSpec(name, description, inputSchema, outputSchema, what);
  }

  /**
   * Behaviour of a tool, in the words of the Model Context Protocol's tool annotations.
   *
   * @param readOnly the tool changes nothing
   * @param destructive the tool may undo or stop something
   * @param idempotent calling it again with the same arguments has no further effect
   */
  public record Hints(boolean readOnly, boolean destructive, boolean idempotent) {

    /** What has to be assumed of a tool of which nothing is known: that it may do anything. */
    public static final Hints UNKNOWN = new Hints(false, true, false);
  }
}
