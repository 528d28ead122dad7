package dev.sideline.host.owner;

import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.file.FileProblem;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where clients come to the owner of a data folder. Each has its connection and the threads that it
 * needs; there are at most {@value #MOST_CLIENTS}. Thread-safe.
 */
public final class OwnerSocket implements AutoCloseable {

  /** Each costs three threads, and a model's program has few. */
  static final int MOST_CLIENTS = 250;

  private static final Logger log = LoggerFactory.getLogger(OwnerSocket.class);
  private static final Duration GREETING_BOUND = Duration.ofSeconds(10);
  private static final Duration FAREWELL_BOUND = Duration.ofSeconds(2);

  /** Decides about a client and carries out what it wants. */
  public interface Reception {

    /** Whether a client is served. Quick. */
    Admission admits(Greeting greeting);

    /**
     * Carries out the command of a client, on a thread that has nothing else to do.
     *
     * @return its exit code
     */
    int serve(Client client);
  }

  private final Path data;
  private final ServerSocketChannel listening;
  private final Reception reception;
  private final String version;
  private final ExecutorService threads = DaemonThreads.onDemand("sideline-client");
  private final ScheduledExecutorService timer = DaemonThreads.timer("sideline-greetings");
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger open = new AtomicInteger();
  private volatile boolean closed;

  private OwnerSocket(
      Path data, ServerSocketChannel listening, Reception reception, String version) {
    this.data = data;
    this.listening = listening;
    this.reception = reception;
    this.version = version;
  }

  /**
   * Begins to take clients.
   *
   * @param data the folder, without links; the process has claimed it
   * @param environment that of the process
   * @param version of this program
   * @throws IOException if there is no place to listen; the message says why and what to do
   */
  public static OwnerSocket open(
      Path data, Map<String, String> environment, String version, Reception reception)
      throws IOException {
    OwnerSocket socket =
        new OwnerSocket(data, SocketPlace.listen(data, environment), reception, version);
    DaemonThreads.unstarted("sideline-owner", socket::accept).start();
    return socket;
  }

  /**
   * Whether somebody listens for the clients of a data folder, who need not answer.
   *
   * @param data the folder
   */
  public static boolean isListening(Path data) {
    try {
      SocketPlace.connect(data).close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** How many clients are there whose commands are being carried out. */
  public int clients() {
    return (int) connections.stream().filter(Connection::isServed).count();
  }

  private void accept() {
    while (!closed) {
      try {
        SocketChannel channel = listening.accept();
        Barrier.run("Taking a client", () -> take(channel));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // Of this one client, or there are too many files open, which passes.
        log.warn("A client was not taken: {}", FileProblem.words(e));
        pause();
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(SocketChannel channel) {
    Wire wire = new Wire(channel);
    if (open.incrementAndGet() > MOST_CLIENTS) {
      open.decrementAndGet();
      threads.execute(
          () -> Connection.refuse(wire, refusal("it has " + MOST_CLIENTS + " clients already")));
      return;
    }
    threads.execute(() -> serve(channel, wire));
  }

  private Welcome refusal(String why) {
    return new Welcome(version, ProcessHandle.current().pid(), why, false);
  }

  private void serve(SocketChannel channel, Wire wire) {
    try {
      SocketPlace.requireThisUser(channel);
      Greeting greeting = greeting(wire);
      Admission admission = admission(greeting);
      Welcome welcome =
          new Welcome(
              version, ProcessHandle.current().pid(), admission.refusal(), admission.ends());
      if (admission.refusal() != null) {
        Connection.refuse(wire, welcome);
        return;
      }
      Connection connection = new Connection(wire, greeting, threads);
      connections.add(connection);
      try {
        if (!closed) {
          wire.writeLine(welcome.line());
          connection.serve(reception);
        }
      } finally {
        connections.remove(connection);
      }
    } catch (IOException e) {
      log.info("A client was not served: {}", FileProblem.words(e));
      Connection.refuse(wire, refusal(FileProblem.words(e)));
    } finally {
      open.decrementAndGet();
    }
  }

  private Greeting greeting(Wire wire) throws IOException {
    var late =
        timer.schedule(() -> wire.hangUp(), GREETING_BOUND.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return Greeting.read(wire.line(Greeting.LONGEST_BYTES));
    } finally {
      late.cancel(false);
    }
  }

  private Admission admission(Greeting greeting) {
    return greeting.protocol() == Greeting.PROTOCOL
        ? reception.admits(greeting)
        : Admission.refused(
            "the owner of the data folder is sideline "
                + version
                + ", which a client of sideline "
                + greeting.program().version()
                + " does not understand; 'sideline serve --stop' of that version ends it");
  }

  /** Says farewell to all clients, and takes no more. Idempotent. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Barrier.run("Leaving the socket", this::leave);
    // One who does not read holds up nobody.
    new ArrayList<>(connections).forEach(client -> threads.execute(client::farewell));
    DaemonThreads.end(timer);
    threads.shutdown();
    try {
      threads.awaitTermination(FAREWELL_BOUND.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    new ArrayList<>(connections).forEach(Connection::close);
    threads.shutdownNow();
  }

  private void leave() {
    try {
      SocketPlace.leave(data);
      listening.close();
    } catch (IOException e) {
      log.warn("The socket is not taken away: {}", FileProblem.words(e));
    }
  }
}
