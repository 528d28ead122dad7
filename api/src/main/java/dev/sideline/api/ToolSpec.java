package dev.sideline.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tool as a model is shown it.
 *
 * @param name letters, digits and underscores, unique within a plugin
 * @param title what people are shown instead of the name; null if there is none
 * @param description what the tool does and when to use it, written for a model
 * @param inputSchema JSON Schema of the arguments, an object, as text
 * @param outputSchema JSON Schema of {@link ToolResult#structured}, as text; null if there is none
 * @param hints what a host may tell its users about the tool
 * @param upFront whether a model should know the tool from the start, where a host has it look for
 *     most of its tools when it needs them
 */
public record ToolSpec(
    String name,
    @Nullable String title,
    String description,
    String inputSchema,
    @Nullable String outputSchema,
    Hints hints,
    boolean upFront) {

  public ToolSpec {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(inputSchema, "inputSchema");
    Objects.requireNonNull(hints, "hints");
  }

  /**
   * A tool without a title and an output schema, of which nothing is said: see {@link
   * Hints#UNKNOWN}.
   */
  public static ToolSpec of(String name, String description, String inputSchema) {
    return new ToolSpec(name, null, description, inputSchema, null, Hints.UNKNOWN, false);
  }

  /** The same tool with a title for people; null if there is none. */
  public ToolSpec withTitle(@Nullable String words) {
    return new ToolSpec(name, words, description, inputSchema, outputSchema, hints, upFront);
  }

  /** The same tool, whose answers fit a JSON Schema; null if there is none. */
  public ToolSpec withOutputSchema(@Nullable String schema) {
    return new ToolSpec(name, title, description, inputSchema, schema, hints, upFront);
  }

  /** The same tool with what a host may tell of it. */
  public ToolSpec withHints(Hints what) {
    return new ToolSpec(name, title, description, inputSchema, outputSchema, what, upFront);
  }

  /** The same tool, which a model should know from the start or need not. */
  public ToolSpec withUpFront(boolean fromTheStart) {
    return new ToolSpec(name, title, description, inputSchema, outputSchema, hints, fromTheStart);
  }

  /**
   * Behaviour of a tool, in the words of the Model Context Protocol's tool annotations.
   *
   * @param readOnly the tool changes nothing
   * @param destructive the tool may undo or stop something
   * @param idempotent calling it again with the same arguments has no further effect
   * @param openWorld the tool itself reaches what is outside of its host, such as the web
   */
  public record Hints(
      boolean readOnly, boolean destructive, boolean idempotent, boolean openWorld) {

    /** What has to be assumed of a tool of which nothing is known: that it may do anything. */
    public static final Hints UNKNOWN = new Hints(false, true, false, true);
  }
}
