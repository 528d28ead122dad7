package dev.sideline.host.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a text of somebody else, which may have no end, and neither may a line. Of one that
 * is too long the beginning is kept, and the rest is read and left out. For one thread.
 */
public final class CutLines {

  private final Reader source;
  private final int maxChars;
  private boolean afterReturn;

  /**
   * @param maxChars how much of a line is kept
   */
  public CutLines(Reader source, int maxChars) {
    this.source = new BufferedReader(source);
    this.maxChars = maxChars;
  }

  /** Waits for the next line, without its end; null at the end of the text. */
  public @Nullable String next() throws IOException {
    StringBuilder line = new StringBuilder();
    int next = source.read();
    if (next == '\n' && afterReturn) {
      next = source.read();
    }
    if (next < 0) {
      return null;
    }
    for (; next >= 0 && next != '\n' && next != '\r'; next = source.read()) {
      if (line.length() <= maxChars) { // One more, to see whether the cut halves a character.
        line.append((char) next);
      }
    }
    afterReturn = next == '\r';
    return Characters.start(line.toString(), maxChars);
  }
}
