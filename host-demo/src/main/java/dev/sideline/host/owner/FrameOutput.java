package dev.sideline.host.owner;

import java.io.IOException;
import java.io.OutputStream;

/** A stream of bytes to the other end, as frames of one kind. Keeps nothing back. */
final class FrameOutput extends OutputStream {

  private final Wire wire;
  private final Frame.Kind kind;

  FrameOutput(Wire wire, Frame.Kind kind) {
    this.wire = wire;
    this.kind = kind;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > 0) {
      wire.write(kind, bytes, offset, length);
    }
  }
}
