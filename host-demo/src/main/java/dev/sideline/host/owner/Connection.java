package dev.sideline.host.owner;

import dev.sideline.host.Barrier;
import dev.sideline.host.file.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client that is served, from its welcome to its end. */
final class Connection implements Client, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  private final Wire wire;
  private final Greeting greeting;
  private final ExecutorService threads;
  private final ReceivedInput in = new ReceivedInput();
  private final List<Runnable> whenGone = new ArrayList<>();
  private boolean gone;
  private volatile boolean served;

  Connection(Wire wire, Greeting greeting, ExecutorService threads) {
    this.wire = wire;
    this.greeting = greeting;
    this.threads = threads;
  }

  /** Tells a client that it is not served, and why. Never throws. */
  static void refuse(Wire wire, Welcome why) {
    try {
      wire.writeLine(why.line());
    } catch (IOException e) {
      log.debug("A client has gone before it was told anything: {}", FileProblem.words(e));
    } finally {
      wire.hangUp();
    }
  }

  /** Whether its command is being carried out. */
  boolean isServed() {
    return served;
  }

  /** Carries out its command. Returns when that has ended and the client was told so. */
  void serve(OwnerSocket.Reception reception) {
    served = true;
    threads.execute(this::read);
    try {
      int code = reception.serve(this);
      wire.write(Frame.Kind.EXIT, ByteBuffer.allocate(Integer.BYTES).putInt(code).array());
    } catch (IOException e) {
      log.debug("A client has gone before its command has ended: {}", FileProblem.words(e));
    } finally {
      served = false;
      close();
    }
  }

  private void read() {
    try {
      for (Frame frame = wire.frame(); frame != null; frame = wire.frame()) {
        switch (frame.kind()) {
          case IN -> in.put(frame.bytes());
          case IN_END -> in.end();
          default -> throw new IOException("a client does not send " + frame.kind());
        }
      }
    } catch (IOException e) {
      log.debug("A client has gone: {}", FileProblem.words(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  /** Says that the owner ends, and that it means to; then hangs up. */
  void farewell() {
    try {
      wire.write(Frame.Kind.FAREWELL, new byte[0]);
    } catch (IOException e) {
      log.debug("A client has gone before the farewell: {}", FileProblem.words(e));
    }
    close();
  }

  @Override
  public Greeting greeting() {
    return greeting;
  }

  @Override
  public InputStream in() {
    return in;
  }

  @Override
  public OutputStream out() {
    return new FrameOutput(wire, Frame.Kind.OUT);
  }

  @Override
  public OutputStream err() {
    return new FrameOutput(wire, Frame.Kind.ERR);
  }

  @Override
  public void whenGone(Runnable action) {
    synchronized (this) {
      if (!gone) {
        whenGone.add(action);
        return;
      }
    }
    action.run();
  }

  /** Hangs up. Idempotent. */
  @Override
  public void close() {
    wire.hangUp();
    in.end();
    List<Runnable> actions;
    synchronized (this) {
      gone = true;
      actions = new ArrayList<>(whenGone);
      whenGone.clear();
    }
    actions.forEach(action -> Barrier.run("Noting that a client has gone", action));
  }
}
