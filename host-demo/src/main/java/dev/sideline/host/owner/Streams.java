package dev.sideline.host.owner;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/** Writes to a standard stream so that it comes out if nobody reads there. */
final class Streams {

  private Streams() {}

  static void write(OutputStream stream, byte[] bytes) throws IOException {
    stream.write(bytes);
    stream.flush();
    // A PrintStream keeps its failures to itself.
    if (stream instanceof PrintStream print && print.checkError()) {
      throw new IOException("nobody reads any more");
    }
  }
}
