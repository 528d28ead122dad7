package dev.sideline.host.owner;

import dev.sideline.host.DaemonThreads;
import dev.sideline.host.file.FileProblem;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The tool server of a program, which an owner carries out for this process and which outlives that
 * owner: when it has gone, another is started or found, is told what the program has said first,
 * and asked again what was not answered. The program sees each answer once, and no more of it than
 * that it may come later.
 *
 * <p>One thread reads what the program writes, one what the owner writes.
 */
public final class McpRelay {

  /** What is longer is passed on, and not asked again. */
  private static final int LONGEST_KEPT_LINE = 4 << 20;

  private static final long MOST_KEPT_BYTES = 64L << 20;

  private static final Duration LATENESS = Duration.ofSeconds(10);

  private final Attachment attachment;
  private final InputStream in;
  private final OutputStream out;
  private final OutputStream err;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();

  /** Held by whoever sends: what is asked again comes before what is new. */
  private final Object sending = new Object();

  private volatile @Nullable Link link;
  private byte @Nullable [] initialize;
  private byte @Nullable [] initialized;
  private long number;
  private long lateUntil = System.nanoTime();
  private volatile boolean ended;

  /** Never held while anything is sent or written, so that answers are taken whatever is sent. */
  private final Object state = new Object();

  private final Map<String, Asked> open = new LinkedHashMap<>();
  private long keptBytes;
  private @Nullable String greetingId;
  private boolean greetingSwallowed;

  /** A request that is not answered yet. */
  private static final class Asked {
    private final byte[] line;
    private final String key;
    private final boolean call;
    private byte @Nullable [] cancellation;
    private boolean sent;

    Asked(byte[] line, String key, boolean call) {
      this.line = line;
      this.key = key;
      this.call = call;
    }

    /**
     * As it is sent now.
     *
     * @param late whether it may have been on its way while there was no owner
     */
    byte[] toSend(boolean late) {
      if (!call) {
        return line;
      }
      String members = '"' + McpLine.KEY + "\":\"" + key + "\",";
      if (late) {
        members += '"' + McpLine.LATE + "\":true,";
      }
      if (sent) {
        members += '"' + McpLine.AGAIN + "\":true,";
      }
      return McpLine.with(members, line);
    }
  }

  /**
   * @param in what the program writes
   * @param out what it reads; nobody else may write there
   * @param err for people
   */
  public McpRelay(Attachment attachment, InputStream in, OutputStream out, OutputStream err) {
    this.attachment = attachment;
    this.in = new BufferedInputStream(in, 64 << 10);
    this.out = out;
    this.err = err;
  }

  /**
   * Serves the program until it closes its end.
   *
   * @return the exit code
   * @throws OwnerRefusedException if there is no owner that serves it, at the beginning
   */
  public int run() throws IOException, InterruptedException {
    return run(attachment.attach());
  }

  /** Serves the program if there is an owner; empty if there is none. */
  public OptionalInt runIfThere() throws IOException {
    Optional<Link> found = attachment.attachIfThere();
    return found.isPresent() ? OptionalInt.of(run(found.get())) : OptionalInt.empty();
  }

  private int run(Link first) throws IOException {
    synchronized (sending) {
      begin(first);
    }
    DaemonThreads.unstarted("sideline-in", this::readProgram).start();
    try {
      return exit.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw e;
    }
  }

  // --- The program.

  private void readProgram() {
    try {
      for (byte[] line = nextLine(); line != null; line = nextLine()) {
        take(line);
      }
    } catch (IOException e) {
      tell("the program is not understood any more: " + FileProblem.words(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      endOfProgram();
    }
  }

  /** The next line with its end; null when there is none. */
  private byte @Nullable [] nextLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next;
    while ((next = in.read()) >= 0) {
      line.write(next);
      if (next == '\n' || line.size() > LONGEST_KEPT_LINE) {
        return line.toByteArray();
      }
    }
    return line.size() == 0 ? null : line.toByteArray();
  }

  private void take(byte[] line) throws InterruptedException {
    McpLine what = line.length <= LONGEST_KEPT_LINE ? McpLine.of(line) : McpLine.UNKNOWN;
    synchronized (sending) {
      Asked asked = what.isRequest() ? kept(line, what) : null;
      boolean ready = McpLine.INITIALIZED.equals(what.method());
      if (ready) {
        initialized = line;
      } else if (McpLine.CANCELLED.equals(what.method())) {
        giveUp(what.cancelled(), line);
      }
      if (send(asked == null ? line : asked.toSend(isLate()))) {
        if (asked != null) {
          asked.sent = true;
        }
        return;
      }
      reconnect(); // Which sends what is open, this among it.
      if (asked == null && !ready) {
        send(line);
      }
    }
  }

  /** What waits to be read was written while there was no owner. */
  private boolean isLate() {
    return System.nanoTime() - lateUntil < 0;
  }

  /** Null if there is too much to be kept: it is asked once then. */
  private @Nullable Asked kept(byte[] line, McpLine what) {
    String id = String.valueOf(what.id());
    String key = attachment.greeting().client() + "-" + ++number;
    Asked asked = new Asked(line, key, McpLine.CALL.equals(what.method()));
    boolean greeting = McpLine.INITIALIZE.equals(what.method());
    if (greeting) {
      initialize = line;
    }
    synchronized (state) {
      if (greeting) {
        greetingId = id;
        greetingSwallowed = false;
      }
      if (keptBytes + line.length > MOST_KEPT_BYTES) {
        return null;
      }
      Asked before = open.put(id, asked);
      keptBytes += line.length - (before == null ? 0 : before.line.length);
      return asked;
    }
  }

  private void giveUp(@Nullable String id, byte[] line) {
    synchronized (state) {
      Asked given = id == null ? null : open.get(id);
      if (given != null) {
        given.cancellation = line;
      }
    }
  }

  private void endOfProgram() {
    synchronized (sending) {
      ended = true;
      Link to = link;
      try {
        if (to == null) {
          exit.complete(0);
        } else {
          to.wire().write(Frame.Kind.IN_END, new byte[0]);
        }
      } catch (IOException e) {
        exit.complete(0);
      }
    }
  }

  // --- The owner.

  /** False if there is no owner now, or it has not taken it. */
  private boolean send(byte[] bytes) {
    Link to = link;
    if (to == null) {
      return false;
    }
    try {
      to.wire().write(Frame.Kind.IN, bytes);
      return true;
    } catch (IOException e) {
      lost(to);
      return false;
    }
  }

  private void lost(Link gone) {
    gone.wire().hangUp();
    Link now = link;
    if (now != null && now.wire() == gone.wire()) {
      link = null;
    }
  }

  private void connect() throws IOException, InterruptedException {
    begin(attachment.attach());
  }

  private void begin(Link found) {
    link = found;
    DaemonThreads.unstarted("sideline-out", () -> readOwner(found)).start();
  }

  /** Finds another owner, unless there is one, and asks it what is open. */
  private void reconnect() throws InterruptedException {
    while (link == null && !exit.isDone()) {
      try {
        connect();
      } catch (IOException e) {
        tell(FileProblem.words(e));
        exit.complete(1);
        return;
      }
      lateUntil = System.nanoTime() + LATENESS.toNanos();
      askAgain();
    }
  }

  private void askAgain() {
    byte[] hello = initialize;
    byte[] ready = initialized;
    List<Asked> unanswered;
    synchronized (state) {
      greetingSwallowed =
          hello != null && open.values().stream().noneMatch(one -> one.line == hello);
      unanswered = open.values().stream().filter(one -> one.line != hello).toList();
    }
    if ((hello != null && !send(hello)) || (ready != null && !send(ready))) {
      return;
    }
    for (Asked asked : unanswered) {
      if (!askAgain(asked)) {
        return;
      }
    }
  }

  private boolean askAgain(Asked asked) {
    if (!send(asked.toSend(true))) {
      return false;
    }
    asked.sent = true;
    byte[] cancellation = asked.cancellation;
    return cancellation == null || send(cancellation);
  }

  private void readOwner(Link from) {
    boolean meansToEnd = false;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      for (Frame frame = from.wire().frame(); frame != null; frame = from.wire().frame()) {
        switch (frame.kind()) {
          case OUT -> takeOutput(frame.bytes(), line);
          case ERR -> {
            Streams.write(err, frame.bytes());
          }
          case EXIT -> {
            exit.complete(ByteBuffer.wrap(frame.bytes()).getInt());
            return;
          }
          case FAREWELL -> meansToEnd = true;
          default -> throw new IOException("an owner does not send " + frame.kind());
        }
      }
    } catch (IOException e) {
      // It has gone. What it had written of a line is not passed on.
    }
    hasGone(from, meansToEnd);
  }

  private void hasGone(Link from, boolean meansToEnd) {
    from.wire().hangUp(); // Whoever is sending sees it.
    try {
      synchronized (sending) {
        lost(from);
        boolean waits;
        synchronized (state) {
          waits = !open.isEmpty();
        }
        if (ended && !waits) {
          exit.complete(0);
        } else if (!meansToEnd || waits) {
          reconnect();
          if (ended) {
            endOfProgram();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void takeOutput(byte[] bytes, ByteArrayOutputStream line) throws IOException {
    int from = 0;
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] == '\n') {
        line.write(bytes, from, at + 1 - from);
        from = at + 1;
        pass(line.toByteArray());
        line.reset();
      }
    }
    line.write(bytes, from, bytes.length - from);
  }

  private void pass(byte[] line) throws IOException {
    String id = McpLine.answerId(line);
    synchronized (state) {
      if (id != null) {
        if (greetingSwallowed && id.equals(greetingId)) {
          greetingSwallowed = false;
          return;
        }
        Asked answered = open.remove(id);
        keptBytes -= answered == null ? 0 : answered.line.length;
      }
    }
    try {
      Streams.write(out, line);
    } catch (IOException e) {
      exit.complete(0); // The program does not read any more.
      throw e;
    }
  }

  private void tell(String text) {
    try {
      err.write(("sideline: " + text + "\n").getBytes(StandardCharsets.UTF_8));
      err.flush();
    } catch (IOException e) {
      // Nobody is there to be told.
    }
  }
}
