package dev.sideline.host.model;

import java.io.IOException;

/** A message of the model on its way to a program, in one {@link WireFormat}. */
interface MessageWriter {

  /** The model says a text; several in a row are one text. */
  void text(String text) throws IOException;

  /**
   * The model calls a tool.
   *
   * @param arguments a JSON object
   */
  void toolCall(String name, String arguments) throws IOException;

  /** The message is whole. */
  void end() throws IOException;
}
