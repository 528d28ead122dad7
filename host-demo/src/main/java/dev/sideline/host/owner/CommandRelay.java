package dev.sideline.host.owner;

import dev.sideline.host.DaemonThreads;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A command that an owner carries out for this process: what comes in goes there, what comes back
 * goes out.
 *
 * @param attachment the way to the owner
 * @param in standard input
 * @param out standard output
 * @param err standard error
 */
public record CommandRelay(
    Attachment attachment, InputStream in, OutputStream out, OutputStream err) {

  private static final int PIECE_BYTES = 16 << 10;

  /**
   * Has it carried out, by an owner that is started if there is none.
   *
   * @return its exit code
   * @throws OwnerRefusedException if it was not carried out, or the owner has gone meanwhile
   */
  public int run() throws IOException, InterruptedException {
    return run(attachment.attach());
  }

  /** Has it carried out if there is an owner; empty if there is none. */
  public OptionalInt runIfThere() throws IOException {
    Optional<Link> link = attachment.attachIfThere();
    return link.isPresent() ? OptionalInt.of(run(link.get())) : OptionalInt.empty();
  }

  private int run(Link link) throws IOException {
    Wire wire = link.wire();
    DaemonThreads.unstarted("sideline-in", () -> sendInput(wire)).start();
    try {
      for (Frame frame = wire.frame(); frame != null; frame = wire.frame()) {
        switch (frame.kind()) {
          case OUT -> Streams.write(out, frame.bytes());
          case ERR -> Streams.write(err, frame.bytes());
          case EXIT -> {
            return ByteBuffer.wrap(frame.bytes()).getInt();
          }
          default -> {
            // The end of the owner is seen soon enough.
          }
        }
      }
    } catch (EOFException e) {
      // Told below.
    } finally {
      wire.close();
    }
    throw new OwnerRefusedException(
        "the owner of the data folder (process "
            + link.welcome().process()
            + ") has ended while it carried this out. What it had taken on is gone on with when"
            + " there is one again: 'sideline tasks list' shows it");
  }

  private void sendInput(Wire wire) {
    byte[] piece = new byte[PIECE_BYTES];
    try {
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        wire.write(Frame.Kind.IN, piece, 0, count);
      }
      wire.write(Frame.Kind.IN_END, new byte[0]);
    } catch (IOException e) {
      // Who reads the answers sees that the owner has gone; input that breaks off has ended.
    }
  }
}
