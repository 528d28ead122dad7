package dev.sideline.background.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon thread that does one thing after another, in the order in which they were given to it.
 * It is there from the first of them on. What is given to it after it was closed is dropped.
 *
 * <p>What it does is not ours alone: methods of the host, continuations of callers. When one of
 * them does not come back, the thread is left to it, and a fresh one goes on with the rest: {@link
 * #look} sees to that, and has to be called now and then while this is {@link #busy}. A thread that
 * was left ends when what it does comes back.
 */
final class SerialThread implements Executor {

  private static final Logger LOG = LoggerFactory.getLogger(SerialThread.class);

  /** How long one thing may hold up those behind it. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /** How many threads may be left behind; from then on all wait. */
  static final int MAX_LEFT = 64;

  /** How long threads may take to end that were interrupted. */
  private static final Duration AFTER_INTERRUPT = Duration.ofMillis(500);

  private final String name;
  private final Duration idle;
  private final Runnable backlog;
  private final LongSupplier nanoTime;

  private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();

  /** What waits and what is being done, but for what threads were left to. */
  private final AtomicInteger open = new AtomicInteger();

  private final Set<Thread> left = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Worker worker;
  private volatile boolean closing;
  private volatile boolean ended;

  /** What was being done at the last look, and since when; belongs to whoever looks. */
  private @Nullable Worker seen;

  private long seenTurn;
  private long seenSinceNanos;

  /**
   * @param idle how long the thread stays with nothing to do; zero for always
   * @param backlog run when something is given that has to wait for something else, on the thread
   *     that gives it: {@link #look} should be called soon
   * @param nanoTime the time, as {@link System#nanoTime}
   */
  SerialThread(String name, Duration idle, Runnable backlog, LongSupplier nanoTime) {
    this.name = name;
    this.idle = idle;
    this.backlog = backlog;
    this.nanoTime = nanoTime;
  }

  /** A thread that stays. */
  SerialThread(String name, Runnable backlog) {
    this(name, Duration.ZERO, backlog, System::nanoTime);
  }

  /** A thread that is there only while there is something to do, and for a while longer. */
  SerialThread(String name, Duration idle) {
    this(name, idle, () -> {}, System::nanoTime);
  }

  @Override
  public void execute(Runnable task) {
    if (!accepts()) {
      return;
    }
    boolean behind = open.getAndIncrement() > 0;
    work.add(task);
    wake();
    if (behind) {
      backlog.run();
    }
  }

  /**
   * The same, for whoever gives much at once: a thread that sleeps is woken by {@link #wake} only,
   * which has to follow soon. To wake it for each thing would cost more than most of them.
   */
  void executeLater(Runnable task) {
    if (accepts()) {
      open.getAndIncrement();
      work.add(task);
    }
  }

  private boolean accepts() {
    Worker current = worker;
    return !closing || (!ended && current != null && current.thread == Thread.currentThread());
  }

  /** Sees to it that what there is to do is begun. */
  void wake() {
    Worker current = worker;
    if (current == null) {
      start();
    } else if (current.sleeping) {
      LockSupport.unpark(current.thread);
    }
  }

  /** Whether there is anything to do. */
  boolean busy() {
    return open.get() > 0;
  }

  /** How many threads were left to what they do. */
  int left() {
    return left.size();
  }

  /** Goes on in a fresh thread if the present one is held up. Called by one thread at a time. */
  void look() {
    Worker current = worker;
    if (current == null) {
      // There was no thread to be had.
      start();
      return;
    }
    long turn = current.turn.get();
    long now = nanoTime.getAsLong();
    if (current != seen || turn != seenTurn) {
      seen = current;
      seenTurn = turn;
      seenSinceNanos = now;
    } else if (Worker.inTask(turn)
        && now - seenSinceNanos >= PATIENCE.toNanos()
        && !work.isEmpty()
        && left.size() < MAX_LEFT) {
      leave(current, turn);
    }
  }

  private void leave(Worker current, long turn) {
    left.add(current.thread);
    if (!current.turn.compareAndSet(turn, Worker.LEFT)) {
      // It has just come back.
      left.remove(current.thread);
      return;
    }
    open.decrementAndGet();
    worker = null;
    start();
    LOG.warn(
        "{} is held up for more than {} ms; what waits behind goes on in another thread",
        name,
        PATIENCE.toMillis());
  }

  /** Sees to it that there is a thread if there is work. */
  private void start() {
    if (!work.isEmpty()) {
      startThread();
    }
  }

  private synchronized void startThread() {
    if (worker != null || ended || work.isEmpty()) {
      return;
    }
    try {
      Worker fresh = new Worker();
      worker = fresh;
      fresh.thread.start();
    } catch (Throwable noThread) {
      // What waits is still there, and it is tried again at the next look.
      worker = null;
      Barrier.report("Starting " + name, noThread);
    }
  }

  /** Does what is still waiting and what comes of that, and ends. */
  void close(Duration limit) {
    closing = true;
    end(limit);
  }

  /** Interrupts what is being done, drops what is waiting, and ends. */
  void stop(Duration limit) {
    closing = true;
    ended = true;
    end(limit);
  }

  private void end(Duration limit) {
    start();
    Worker current = worker;
    if (current != null && current.thread == Thread.currentThread()) {
      return;
    }
    if (current != null && !ended) {
      LockSupport.unpark(current.thread);
      DaemonThread.join(current.thread, limit);
    }
    List<Thread> threads = new ArrayList<>(left);
    synchronized (this) {
      // From here on none is started.
      ended = true;
      if (worker != null) {
        threads.add(worker.thread);
      }
    }
    threads.removeIf(thread -> !thread.isAlive());
    threads.forEach(Thread::interrupt);
    threads.forEach(thread -> DaemonThread.joinOrWarn(thread, AFTER_INTERRUPT));
    work.clear();
  }

  /** One of the threads, while it is the one that takes the work. */
  private final class Worker implements Runnable {

    /** Instead of a turn: its thread was left to what it does. */
    static final long LEFT = -1;

    final Thread thread = DaemonThread.unstarted(name, this);

    /** Counts up as it begins something and as it is done with it. */
    final AtomicLong turn = new AtomicLong();

    volatile boolean sleeping;

    static boolean inTask(long turn) {
      return turn % 2 == 1;
    }

    @Override
    public void run() {
      while (!ended) {
        Runnable task = work.poll();
        if (task != null) {
          if (!perform(task)) {
            return;
          }
        } else if (closing || !awaitWork()) {
          return;
        }
      }
    }

    /** Does one thing, and tells whether this is still the thread that takes the work. */
    private boolean perform(Runnable task) {
      long begun = turn.get() + 1;
      turn.set(begun);
      Barrier.run(name, task);
      if (!turn.compareAndSet(begun, begun + 1)) {
        left.remove(thread);
        return false;
      }
      open.decrementAndGet();
      if (!ended) {
        // An interrupt was meant for what was done, and would keep the thread from sleeping.
        Thread.interrupted();
      }
      return true;
    }

    /** Sleeps until there may be work; tells whether to look for it. */
    private boolean awaitWork() {
      long since = nanoTime.getAsLong();
      sleeping = true;
      if (work.isEmpty() && !closing) {
        if (idle.isZero()) {
          LockSupport.park(SerialThread.this);
        } else {
          LockSupport.parkNanos(SerialThread.this, idle.toNanos());
        }
      }
      sleeping = false;
      boolean idleTooLong = !idle.isZero() && nanoTime.getAsLong() - since >= idle.toNanos();
      return !idleTooLong || !retire();
    }

    private boolean retire() {
      synchronized (SerialThread.this) {
        if (!work.isEmpty()) {
          return false;
        }
        worker = null;
      }
      // Something may have come while it still seemed to be there for it.
      start();
      return true;
    }
  }
}
