package dev.sideline.host.mcp;

/** In which form a client gets the answers of tools. */
public enum AnswerForm {

  /**
   * As text alone. It is complete, and a program that is given structured content as well shows its
   * model that instead of the text, or both.
   */
  TEXT,

  /** As text, and once more as structured content, for programs that read it themselves. */
  TEXT_AND_STRUCTURED
}
