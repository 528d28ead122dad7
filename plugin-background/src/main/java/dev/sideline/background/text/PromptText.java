package dev.sideline.background.text;

/** What an agent is told beside its prompt. */
public final class PromptText {

  private PromptText() {}

  /**
   * A prompt whose answer has to fit a schema.
   *
   * @param first whether it is the first of its task; later ones are only reminded
   */
  public static String withSchema(String prompt, String schema, boolean first) {
    return prompt
        + (first
            ? "\n\n"
                + "Your final answer must be one JSON value and nothing else, no words around it,"
                + " and it must fit this JSON Schema:\n"
                + schema
            : "\n\n"
                + "(Your final answer must still be one JSON value that fits the JSON Schema you"
                + " were given, and nothing else.)");
  }
}
