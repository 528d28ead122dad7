package dev.sideline.host.cli;

import dev.sideline.api.TaskSnapshot;
import dev.sideline.api.TaskStatus;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.owner.Admission;
import dev.sideline.host.owner.Client;
import dev.sideline.host.owner.Greeting;
import dev.sideline.host.owner.OwnerSocket;
import dev.sideline.host.owner.Program;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The owner at work for its clients: takes them, carries out their commands, and knows when there
 * is nothing to do any more. Thread-safe.
 */
final class OwnerService implements OwnerSocket.Reception, AutoCloseable {

  private static final Duration BEAT = Duration.ofSeconds(1);
  private static final Duration END_BOUND = Duration.ofSeconds(30);

  private final Owner owner;
  private final Path data;
  private final Program program =
      Program.of(ServerCommand.version(), ServerCommand.jar().orElse(null));
  private final Instant began = Instant.now();
  private final CountDownLatch end = new CountDownLatch(1);
  private final ScheduledExecutorService beat = DaemonThreads.timer("sideline-idle");
  private OwnerSocket socket;

  /** Those that are at work for a client and not only attached. */
  private volatile List<TaskSnapshot> live = List.of();

  private final QuietTime quiet = new QuietTime(BEAT);

  @SuppressWarnings("NullAway.Init") // The socket needs this, and this the socket.
  private OwnerService(Owner owner, Path data) {
    this.owner = owner;
    this.data = data;
  }

  /**
   * Begins to take clients.
   *
   * @param data the folder that was claimed
   * @throws IOException if there is no place to listen; the message says why and what to do
   */
  static OwnerService open(Owner owner, Path data, Map<String, String> environment)
      throws IOException {
    OwnerService service = new OwnerService(owner, data);
    service.socket = OwnerSocket.open(data, environment, ServerCommand.version(), service);
    var unused =
        service.beat.scheduleWithFixedDelay(
            service::look, 0, BEAT.toMillis(), TimeUnit.MILLISECONDS);
    return service;
  }

  /** The folder whose owner this is. */
  Path data() {
    return data;
  }

  /** Ends when the process is told to; that then waits until all is closed. */
  void endsWithProcess(CountDownLatch closed) {
    Runtime.getRuntime()
        .addShutdownHook(
            DaemonThreads.unstarted(
                "sideline-shutdown",
                () -> {
                  end.countDown();
                  try {
                    closed.await(END_BOUND.toMillis(), TimeUnit.MILLISECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  /** Ends when there was nothing to do for so long. */
  void endsWhenIdle(Duration patience) {
    var unused =
        beat.scheduleWithFixedDelay(
            () -> {
              if (quiet.hasLasted(patience)) {
                end.countDown();
              }
            },
            BEAT.toMillis(),
            BEAT.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  void awaitEnd() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    var unused =
        owner
            .tasks()
            .whenComplete(
                (tasks, failure) -> {
                  if (tasks != null) {
                    live = Owner.live(tasks);
                  }
                  if (failure != null || !live.isEmpty() || socket.clients() > 0) {
                    quiet.busy();
                  } else {
                    quiet.quiet();
                  }
                });
  }

  @Override
  public Admission admits(Greeting greeting) {
    quiet.busy();
    if (end.getCount() == 0) {
      return Admission.makesRoom("it ends");
    }
    if (greeting.program().replaces(program) && live.isEmpty()) {
      end.countDown();
      return Admission.makesRoom("it makes room for " + greeting.program().version());
    }
    return Admission.GRANTED;
  }

  @Override
  public int serve(Client client) {
    Greeting greeting = client.greeting();
    try (PrintStream out = new PrintStream(client.out(), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(client.err(), true, StandardCharsets.UTF_8)) {
      Console console = new Console(client.in(), out, err, surroundings(greeting));
      if (greeting.program().replaces(program)) {
        console.note(
            "the owner of the data folder, process "
                + ProcessHandle.current().pid()
                + ", is sideline "
                + program.version()
                + ", has tasks at work and goes on with them; 'sideline serve --stop' ends it, and"
                + " the next command begins with "
                + greeting.program().version());
      }
      CommandThread working = new CommandThread(Thread.currentThread());
      client.whenGone(working::giveUp);
      try {
        return SidelineCommand.run(
            console,
            new OwnedHosts(owner, this, client),
            greeting.arguments().toArray(new String[0]));
      } finally {
        working.over();
      }
    }
  }

  private static Surroundings surroundings(Greeting greeting) {
    return new Surroundings(
        Path.of(greeting.directory()),
        greeting.environment(),
        greeting.processes(),
        greeting.terminal(),
        greeting.config());
  }

  /** The thread of a command, for as long as it is that. */
  private static final class CommandThread {

    private final Thread thread;
    private boolean over;

    CommandThread(Thread thread) {
      this.thread = thread;
    }

    synchronized void giveUp() {
      if (!over) {
        thread.interrupt();
      }
    }

    synchronized void over() {
      over = true;
      Thread.interrupted();
    }
  }

  /** What it does, in words for a person. */
  String status() {
    List<TaskSnapshot> now = owner.liveTasks();
    long running = now.stream().filter(task -> task.status() != TaskStatus.PENDING).count();
    return String.join(
        System.lineSeparator(),
        "process  "
            + ProcessHandle.current().pid()
            + ", since "
            + began.truncatedTo(ChronoUnit.SECONDS),
        "version  " + program.version() + (program.jar().isEmpty() ? "" : ", " + program.jar()),
        "data     " + data,
        "clients  " + Math.max(0, socket.clients() - 1), // Without the one that asks.
        "tasks    " + running + " at work, " + (now.size() - running) + " waiting for their turn");
  }

  /**
   * Ends it when whoever asks for that has heard of it, and says what is left, in words for a
   * person.
   */
  String stop(Client asking) {
    int left = owner.liveTasks().size();
    asking.whenGone(end::countDown);
    return "The owner of "
        + data
        + ", process "
        + ProcessHandle.current().pid()
        + ", ends."
        + (left == 0
            ? ""
            : " It had "
                + (left == 1 ? "1 task" : left + " tasks")
                + " at work or waiting, which the next one goes on with. Commands end with this"
                + " one, and are not run again: their tasks are told as lost.");
  }

  @Override
  public void close() {
    end.countDown();
    DaemonThreads.end(beat);
    socket.close();
  }
}
