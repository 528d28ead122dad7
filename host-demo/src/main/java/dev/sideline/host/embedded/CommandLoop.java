package dev.sideline.host.embedded;

import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.process.ProcessTrees;
import dev.sideline.host.process.StartedTree;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Starts, reads and ends all commands, on one thread.
 *
 * <p>A reader for each command would be a thread for each task, and the JDK has no way to wait for
 * several processes at once. So this looks round: each round reads what each command has written
 * since ({@code available()} never waits), and rounds come every 5 ms while there is output and up
 * to 40 ms apart while there is none, which costs a per cent or two of a core with hundreds of
 * commands. Pipes rather than files, so that a command which writes without end fills no disk: it
 * waits when nobody reads, and of what it writes a bounded end is kept. The JDK's own {@code
 * process reaper} has a small thread for each live process, which nothing here can change; it
 * bounds nothing but memory, and {@link EmbeddedLimits#processes} bounds that.
 */
final class CommandLoop implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 16;
  private static final long SHORT_PAUSE_NANOS = Duration.ofMillis(5).toNanos();
  private static final long LONG_PAUSE_NANOS = Duration.ofMillis(40).toNanos();
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
  private final Queue<CommandRun> waiting = new ArrayDeque<>();
  private final Set<CommandRun> running = new LinkedHashSet<>();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final ProcessTrees trees;
  private final int maxRunning;
  private final Thread thread;

  /** A command that does not read what it asked for holds up one of these and nobody else. */
  private final ExecutorService writers = DaemonThreads.onDemand("sideline-embedded-replies");

  private long pause = SHORT_PAUSE_NANOS;
  private boolean closed;
  private boolean over;

  /**
   * @param trees with which the commands are started and ended; closed with this
   * @param maxRunning how many commands run at once
   */
  CommandLoop(ProcessTrees trees, int maxRunning) {
    this.trees = trees;
    this.maxRunning = maxRunning;
    this.thread = DaemonThreads.unstarted("sideline-embedded-commands", this::run);
    thread.start();
  }

  /** Starts a command, now or when there is room. Returns at once. */
  void start(CommandRun run) {
    tell(() -> waiting.add(run));
  }

  /** Ends a command and all that it has started. Returns at once; the command's listener hears. */
  void stop(CommandRun run) {
    tell(
        () -> {
          run.stop(System.nanoTime());
          if (waiting.remove(run)) {
            running.add(run);
          }
        });
  }

  /** Writes a line to the standard input of a command. Returns at once. */
  void reply(CommandRun run, String line) {
    tell(() -> run.reply(line, writers));
  }

  private void tell(Runnable order) {
    inbox.add(order);
    LockSupport.unpark(thread);
  }

  /** Begins to end all commands. Returns at once; none is started any more. */
  void beginClose() {
    trees.beginClose();
    tell(() -> closed = true);
  }

  /**
   * Ends all commands and waits until they are gone. Bounded in time. Does not need the thread of
   * the commands for it, which may be stuck.
   */
  @Override
  public void close() {
    beginClose();
    trees.close();
    try {
      thread.join(CLOSE_TIMEOUT.toMillis());
      writers.shutdownNow();
      writers.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!over) {
      Barrier.run("Looking after the commands", this::look, thrown -> rest(false));
    }
  }

  private void look() {
    for (Runnable order = inbox.poll(); order != null; order = inbox.poll()) {
      Barrier.run("An order to a command", order);
    }
    if (closed) {
      running.addAll(waiting);
      waiting.clear();
      running.forEach(run -> run.stop(System.nanoTime()));
      if (running.isEmpty()) {
        writers.shutdown();
        over = true;
        return;
      }
    }
    boolean busy = round();
    rest(busy);
  }

  /** Whether anything was read, started or ended. */
  private boolean round() {
    long now = System.nanoTime();
    boolean busy = false;
    // One a round, as a start takes milliseconds in which nothing is read.
    if (!waiting.isEmpty() && running.size() < maxRunning) {
      CommandRun next = waiting.remove();
      running.add(next);
      next.start(trees, now);
      busy = true;
    }
    List<CommandRun> toSweep = new ArrayList<>();
    for (CommandRun run : running) {
      busy |= read(run, now);
      if (run.needsSweep()) {
        toSweep.add(run);
      }
    }
    boolean ended = !toSweep.isEmpty() && sweep(toSweep, now);
    return busy || ended;
  }

  /** What cannot be read costs its command, and no other. */
  private boolean read(CommandRun run, long now) {
    try {
      return run.read(buffer, now);
    } catch (Throwable thrown) {
      Barrier.report("Reading from a command", thrown);
      run.fail("its output could not be read: " + Barrier.describe(thrown), now);
      return true;
    }
  }

  /** One look at the processes for all that end in this round. */
  private boolean sweep(List<CommandRun> runs, long now) {
    Map<StartedTree, Set<ProcessHandle>> living =
        trees.living(
            runs.stream().flatMap(run -> run.tree().stream()).collect(Collectors.toList()));
    boolean ended = false;
    for (CommandRun run : runs) {
      Set<ProcessHandle> left =
          run.tree().map(tree -> living.getOrDefault(tree, Set.of())).orElse(Set.of());
      if (sweep(run, left, now)) {
        run.tree().ifPresent(trees::ended);
        running.remove(run);
        ended = true;
      }
    }
    return ended;
  }

  /** Whether it is over; where that cannot be told, it is looked at again in the next round. */
  private boolean sweep(CommandRun run, Set<ProcessHandle> living, long now) {
    try {
      return run.sweep(living, buffer, now);
    } catch (Throwable thrown) {
      Barrier.report("Ending a command", thrown);
      return false;
    }
  }

  private void rest(boolean busy) {
    if (busy) {
      pause = SHORT_PAUSE_NANOS;
      return;
    }
    if (running.isEmpty() && waiting.isEmpty() && inbox.isEmpty()) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, pause);
      pause = Math.min(pause * 2, LONG_PAUSE_NANOS);
    }
  }
}
