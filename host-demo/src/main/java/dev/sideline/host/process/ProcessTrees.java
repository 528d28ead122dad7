package dev.sideline.host.process;

import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All processes that a host has started, and their end. When the host ends, however that came
 * about, all are told to end at once, and what is left after {@value #KILL_MILLIS} ms is killed:
 *
 * <ul>
 *   <li>by {@link #close};
 *   <li>by the shutdown of the JVM, from before the first of them is started;
 *   <li>by the {@link Watcher}, if the host was killed;
 *   <li>by the next start of a host with the same data folder, if the watcher was killed too.
 * </ul>
 */
public final class ProcessTrees implements AutoCloseable {

  static final long KILL_MILLIS = 300;
  private static final long LEFTOVERS_MILLIS = 3_000;

  private final String host = TreeSigns.newHost();
  private final SystemProcess self = ProcessTable.self();
  private final Set<StartedTree> trees = ConcurrentHashMap.newKeySet();
  private final AtomicInteger number = new AtomicInteger();
  private final AtomicInteger starting = new AtomicInteger();
  private final @Nullable WatchedHost watched;
  private final Thread atShutdown = DaemonThreads.unstarted("sideline-last", this::close);

  /** Guards the end, which may be waited for by several threads. */
  private final Object end = new Object();

  /** Ends what hosts before this one have left; null when that is over or was not begun. */
  private volatile @Nullable Thread leftovers;

  private volatile boolean ending;
  private @Nullable TreeEnd underway;

  private ProcessTrees(@Nullable WatchedHost watched) {
    this.watched = watched;
  }

  /** Without a watcher: what is started is ended by {@link #close} alone. */
  public static ProcessTrees unwatched() {
    return new ProcessTrees(null);
  }

  /**
   * With all means that there are. Ends what other hosts have left behind, on a thread of its own.
   *
   * @param data where is kept what is needed for that; null to keep nothing
   */
  public static ProcessTrees watched(@Nullable Path data) {
    Path records = data == null ? null : data.resolve("hosts");
    ProcessTrees trees = new ProcessTrees(new WatchedHost(records));
    Runtime.getRuntime().addShutdownHook(trees.atShutdown);
    if (records != null) {
      Thread leftovers =
          DaemonThreads.unstarted("sideline-leftovers", () -> Leftovers.end(records));
      trees.leftovers = leftovers;
      leftovers.start();
    }
    return trees;
  }

  /**
   * Starts a process. What a host that was killed has left behind is ended before, for it may be at
   * work on the same; that is waited for, but not for long.
   *
   * @throws IOException if it cannot be started, or the host is ending
   */
  public StartedTree start(ProcessBuilder builder) throws IOException {
    awaitLeftovers();
    // Before the question whether it ends: whoever ends it waits for what is just being started.
    starting.incrementAndGet();
    try {
      if (ending) {
        throw new IOException("the host is ending");
      }
      if (watched != null) {
        watched.begin(host, self);
      }
      String mark = host + "-" + number.incrementAndGet();
      builder.environment().put(TreeSigns.MARK_VARIABLE, TreeSigns.markValue(mark));
      Process process = builder.start();
      try {
        return taken(process, mark);
      } catch (Throwable defect) {
        process.destroyForcibly();
        throw defect;
      }
    } finally {
      starting.decrementAndGet();
    }
  }

  private void awaitLeftovers() {
    Thread ending = leftovers;
    if (ending == null) {
      return;
    }
    try {
      ending.join(LEFTOVERS_MILLIS);
      leftovers = null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private StartedTree taken(Process process, String mark) {
    SystemProcess root = ProcessTable.process(process.pid()).orElse(null);
    StartedTree tree =
        new StartedTree(process, mark, root, root == null ? self.start() : root.start());
    trees.add(tree);
    if (watched != null && root != null) {
      watched.started(root);
    }
    return tree;
  }

  /** The live processes of some trees, at one look. */
  public Map<StartedTree, Set<ProcessHandle>> living(Collection<StartedTree> wanted) {
    List<StartedTree> others = new ArrayList<>(trees);
    others.removeAll(wanted);
    Map<StartedTree, Set<ProcessHandle>> handles = new HashMap<>();
    signs()
        .living(ProcessTable.read(), wanted, others)
        .forEach(
            (tree, found) ->
                handles.put(
                    tree,
                    found.stream()
                        .flatMap(one -> ProcessTable.handle(one).stream())
                        .collect(Collectors.toSet())));
    return handles;
  }

  /** Nothing of a tree is left. */
  public void ended(StartedTree tree) {
    trees.remove(tree);
    if (watched != null) {
      tree.root().ifPresent(watched::ended);
    }
  }

  /** Ends one tree: tells it, and kills what is left after a grace. Returns when it is over. */
  public void end(StartedTree tree, Duration grace) {
    TreeEnd one =
        new TreeEnd(
            () -> {
              List<StartedTree> others = new ArrayList<>(trees);
              others.remove(tree);
              return signs()
                  .living(ProcessTable.read(), List.of(tree), others)
                  .getOrDefault(tree, Set.of());
            },
            grace);
    if (one.complete()) {
      ended(tree);
    }
  }

  /** Whether all is being ended, and nothing can be started any more. */
  public boolean ending() {
    return ending;
  }

  /** Tells all to end, and has what is left killed at its time. Does not wait. Idempotent. */
  public void beginClose() {
    synchronized (end) {
      if (ending) {
        return;
      }
      ending = true;
      TreeEnd all =
          new TreeEnd(
              () ->
                  signs()
                      .living(
                          ProcessTable.read(),
                          trees.stream().flatMap(tree -> tree.root().stream()).toList()),
              Duration.ofMillis(KILL_MILLIS));
      underway = all;
      Barrier.run("Telling all processes to end", all::step);
    }
    // If no thread is to be had, close() does the rest.
    Barrier.run(
        "Ending all processes",
        () -> DaemonThreads.unstarted("sideline-end", this::completeClose).start());
  }

  /** Ends all that was started, and what that has started. Returns when it is over. Idempotent. */
  @Override
  public void close() {
    beginClose();
    completeClose();
    if (watched != null && Thread.currentThread() != atShutdown) {
      forgetShutdown();
    }
  }

  private void completeClose() {
    synchronized (end) {
      TreeEnd all = underway;
      if (all == null) {
        return;
      }
      boolean noneStarting;
      boolean over;
      do {
        noneStarting = starting.get() == 0;
        over = all.complete();
      } while (over && !noneStarting);
      underway = null;
      trees.clear();
      if (watched != null) {
        watched.end(over);
      }
    }
  }

  private void forgetShutdown() {
    try {
      Runtime.getRuntime().removeShutdownHook(atShutdown);
    } catch (IllegalStateException e) {
      // The JVM is ending already; the hook finds everything closed.
    }
  }

  private TreeSigns signs() {
    OptionalLong limit = watched == null ? OptionalLong.empty() : watched.limit();
    return new TreeSigns(host, limit, self.start(), self.pid(), self.session());
  }
}
