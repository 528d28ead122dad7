package dev.sideline.host.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * What an owner that nobody sits before has to say, in a file of its data folder. When that is full
 * another is begun, and the one before it is kept, so that both together are bounded. Thread-safe.
 */
final class OwnerLog extends OutputStream {

  /** Of the file. */
  static final String NAME = "owner.log";

  private static final String BEFORE = "owner.log.1";
  private static final long FULL_BYTES = 4L << 20;

  private final Path folder;
  private OutputStream file;
  private long bytes;

  private OwnerLog(Path folder, OutputStream file, long bytes) {
    this.folder = folder;
    this.file = file;
    this.bytes = bytes;
  }

  /** Goes on with the one of a folder. */
  static OwnerLog in(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    return new OwnerLog(folder, opened(file), Files.size(file));
  }

  private static OutputStream opened(Path file) throws IOException {
    return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] some, int offset, int length) throws IOException {
    if (bytes + length > FULL_BYTES) {
      file.close();
      Files.move(folder.resolve(NAME), folder.resolve(BEFORE), StandardCopyOption.REPLACE_EXISTING);
      file = opened(folder.resolve(NAME));
      bytes = 0;
    }
    file.write(some, offset, length);
    bytes += length;
  }

  @Override
  public synchronized void flush() throws IOException {
    file.flush();
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
