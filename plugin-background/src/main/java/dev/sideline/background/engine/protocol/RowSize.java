package dev.sideline.background.engine.protocol;

/** What rows take in memory while they wait. */
final class RowSize {

  private static final long ROW_BYTES = 200;
  private static final long BYTES_PER_CHAR = 2;

  private RowSize() {}

  /** That of a row with so many characters that others have written, in bytes. */
  static long bytes(long chars) {
    return ROW_BYTES + BYTES_PER_CHAR * chars;
  }
}
