package dev.sideline.host.mcp;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/** What goes to the client, which notices when that reads no more. */
final class ClientOutput extends OutputStream {

  private final OutputStream out;
  private final Runnable gone;

  /**
   * @param gone run when something could not be written; perhaps more than once
   */
  ClientOutput(OutputStream out, Runnable gone) {
    this.out = out;
    this.gone = gone;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      gone.run();
      throw e;
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      gone.run();
      throw e;
    }
    // A PrintStream keeps its failures to itself.
    if (out instanceof PrintStream print && print.checkError()) {
      gone.run();
      throw new IOException("the client reads no more");
    }
  }
}
