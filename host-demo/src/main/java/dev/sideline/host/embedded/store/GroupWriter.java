package dev.sideline.host.embedded.store;

import dev.sideline.api.SessionException;
import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that writes, and what waits for it. Takes whatever has come since its last commit into
 * the next: under load one commit serves many, and without load nothing waits for company.
 */
final class GroupWriter implements AutoCloseable {

  /** What is done in a transaction. */
  interface Work<T> {
    T in(SessionRows rows) throws SQLException;
  }

  /** What is done in a transaction, and has no result. */
  interface Writing {
    void in(SessionRows rows) throws SQLException;
  }

  private static final Logger log = LoggerFactory.getLogger(GroupWriter.class);

  /** Under which the number of the last message id that was given out is marked. */
  static final String MESSAGE_ID = "message id";

  private static final String CLOSED = "the record of the sessions has been closed";
  private static final int MAX_GROUP = 1_000;

  /** More than this is not taken on; what is needed to end what goes on comes in any case. */
  private static final int MAX_WAITING = 50_000;

  private static final long ROUND_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long PURGE_NANOS = Duration.ofHours(1).toNanos();
  private static final long FIRST_PURGE_NANOS = Duration.ofMinutes(1).toNanos();

  /** How long something that may pass is waited for before anybody is told. */
  private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

  private static final long SHORT_PAUSE_NANOS = Duration.ofMillis(20).toNanos();
  private static final long LONG_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Duration CLOSE_BOUND = Duration.ofSeconds(10);

  private final DataSource database;
  private final BlockingQueue<Entry<?>> queue = new LinkedBlockingQueue<>();
  private final Queue<Growing> growing = new ConcurrentLinkedQueue<>();
  private final SessionPurge purge;
  private final Thread thread = DaemonThreads.unstarted("sideline-embedded-record", this::writeAll);
  private LongSupplier newestMessageId = () -> 0;
  private Consumer<Surplus> surplus = gone -> {};

  /** Guards the order of the queue, which is that of the positions. */
  private final Object order = new Object();

  private long position;
  private volatile long recordedUpTo;
  private volatile @Nullable String refusal;
  private volatile boolean closing;

  // Of the thread that writes:
  private @Nullable SessionRows open;
  private long markedMessageId;
  private long nextPurgeNanos;
  private long failingSinceNanos;
  private boolean failing;
  private boolean over;

  /** Why something was given up; whoever waits for it, which is the next who does, is told. */
  private @Nullable String dropped;

  GroupWriter(DataSource database, StoreLimits limits, Clock clock) {
    this.database = database;
    this.purge = new SessionPurge(this::ask, limits, clock);
  }

  /** A connection with tables. */
  SessionRows connect() throws SQLException {
    Connection connection = database.getConnection();
    boolean connected = false;
    try {
      connection.setAutoCommit(false);
      SessionTables.migrate(connection);
      connected = true;
      return new SessionRows(connection);
    } finally {
      if (!connected) {
        connection.close();
      }
    }
  }

  void start(LongSupplier newest, Consumer<Surplus> whatIsSurplus) {
    newestMessageId = newest;
    surplus = whatIsSurplus;
    nextPurgeNanos = System.nanoTime() + FIRST_PURGE_NANOS;
    thread.start();
  }

  // --- what others give it

  void add(Writing writing) {
    add(
        rows -> {
          writing.in(rows);
          return true;
        },
        done -> {});
  }

  <T> void add(Work<T> work, Consumer<T> done) {
    put(Entry.writing(work, done));
  }

  <T> CompletableFuture<T> ask(Work<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    put(Entry.question(question, answer));
    return answer;
  }

  CompletableFuture<Boolean> mark() {
    CompletableFuture<Boolean> recorded = new CompletableFuture<>();
    put(Entry.mark(recorded));
    return recorded;
  }

  private void put(Entry<?> entry) {
    synchronized (order) {
      if (!closing) {
        entry.position = ++position;
        queue.add(entry);
        return;
      }
    }
    entry.fail(CLOSED);
  }

  Growing follow(Supplier<StoredMessage> soFar) {
    Growing followed = new Growing(soFar, System.nanoTime());
    growing.add(followed);
    // So that it looks round from now on. It may just have found that there is none, and wait.
    CompletableFuture<Boolean> unused = mark();
    return followed;
  }

  long position() {
    synchronized (order) {
      return position;
    }
  }

  boolean isRecorded(long upTo) {
    return recordedUpTo >= upTo;
  }

  Optional<String> refusal() {
    return queue.size() > MAX_WAITING
        ? Optional.of("the disk does not keep up with what is to be written")
        : Optional.ofNullable(refusal);
  }

  void purgeSoon() {
    put(
        Entry.writing(
            rows -> {
              nextPurgeNanos = System.nanoTime();
              return true;
            },
            done -> {}));
  }

  @Override
  public void close() {
    synchronized (order) {
      closing = true;
      queue.add(Entry.writing(rows -> over = true, done -> {}));
    }
    LockSupport.unpark(thread);
    purge.end();
    try {
      thread.join(CLOSE_BOUND.toMillis());
      if (thread.isAlive()) {
        log.warn("The record of the sessions was not closed within {} s", CLOSE_BOUND.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // --- the thread

  private void writeAll() {
    while (!over) {
      Barrier.run("Recording sessions", this::round, thrown -> pause(LONG_PAUSE_NANOS));
    }
    disconnect();
  }

  private void round() {
    List<Entry<?>> group = new ArrayList<>();
    try {
      Entry<?> first = queue.poll(waitNanos(), TimeUnit.NANOSECONDS);
      if (first != null) {
        group.add(first);
        queue.drainTo(group, MAX_GROUP - 1);
      }
    } catch (InterruptedException e) {
      over = true; // Nobody interrupts it but whoever wants it to end.
    }
    addGrown(group);
    if (!group.isEmpty() || failing) {
      write(group);
    }
    if (System.nanoTime() - nextPurgeNanos >= 0 && !over) {
      nextPurgeNanos = System.nanoTime() + PURGE_NANOS;
      purge.begin(surplus);
    }
  }

  private long waitNanos() {
    long untilPurge = Math.max(0, nextPurgeNanos - System.nanoTime());
    return growing.isEmpty() && !failing ? untilPurge : Math.min(untilPurge, ROUND_NANOS);
  }

  private void addGrown(List<Entry<?>> group) {
    long now = System.nanoTime();
    growing.removeIf(Growing::ended);
    for (Growing one : growing) {
      if (one.isDue(now)) {
        group.add(
            Entry.writing(
                rows -> {
                  rows.grow(one.take(now));
                  return one;
                },
                done -> {}));
      }
    }
  }

  /** Writes them all, however long it takes; what cannot be written by itself is given up. */
  private void write(List<Entry<?>> group) {
    long pause = SHORT_PAUSE_NANOS;
    do {
      Throwable failure = attempt(group);
      if (failure == null) {
        recorded(group);
        return;
      }
      if (DatabaseProblem.isOfWhatIsWritten(failure)) {
        writeEach(group, failure);
        return;
      }
      tellOfFailure(group, failure);
      if (closing) {
        giveUp(group, failure);
        return;
      }
      pause(pause);
      pause = Math.min(2 * pause, LONG_PAUSE_NANOS);
      queue.drainTo(group);
    } while (!group.isEmpty());
  }

  /** So that one thing that cannot be written keeps nothing else from it. */
  private void writeEach(List<Entry<?>> group, Throwable failure) {
    if (group.size() != 1) {
      for (Entry<?> entry : group) {
        List<Entry<?>> alone = new ArrayList<>();
        alone.add(entry);
        write(alone);
      }
      return;
    }
    Entry<?> only = group.get(0);
    boolean read = only.kind == Kind.QUESTION;
    Barrier.report((read ? "Reading" : "Recording") + " something of a session", failure);
    String why =
        (read ? "it could not be read: " : "it could not be recorded: ")
            + DatabaseProblem.describe(failure);
    if (only.kind == Kind.WRITING) {
      dropped = why;
    }
    only.fail(why);
    recordedUpTo = Math.max(recordedUpTo, only.position);
  }

  /** In one transaction. Returns why not; null if it is done. */
  private @Nullable Throwable attempt(List<Entry<?>> group) {
    boolean done = false;
    try {
      SessionRows rows = open;
      if (rows == null) {
        rows = connect();
        open = rows;
      }
      for (Entry<?> entry : group) {
        entry.work(rows);
      }
      long newest = newestMessageId.getAsLong();
      if (newest > markedMessageId || failing) { // Something has to be written to see if it can.
        rows.mark(MESSAGE_ID, newest);
      }
      rows.commit();
      markedMessageId = Math.max(newest, markedMessageId);
      done = true;
      return null;
    } catch (Throwable thrown) { // Whatever it was, whoever waits is told.
      return thrown;
    } finally {
      if (!done) {
        disconnect(); // What is left of it goes as a whole.
      }
    }
  }

  private void recorded(List<Entry<?>> group) {
    if (failing) {
      failing = false;
      if (refusal != null) {
        log.info("The sessions are recorded again");
        refusal = null;
      }
    }
    for (Entry<?> entry : group) {
      recordedUpTo = Math.max(recordedUpTo, entry.position);
    }
    for (Entry<?> entry : group) {
      Barrier.run("Telling of what was recorded", () -> succeed(entry));
    }
  }

  private void succeed(Entry<?> entry) {
    String lost = dropped;
    if (entry.kind == Kind.MARK && lost != null) {
      dropped = null;
      entry.fail(lost);
    } else {
      entry.succeed();
    }
  }

  /** Tells those who wait, once it is clear that it will take a while. */
  private void tellOfFailure(List<Entry<?>> group, Throwable failure) {
    long now = System.nanoTime();
    if (!failing) {
      failing = true;
      failingSinceNanos = now;
    }
    boolean soon =
        DatabaseProblem.mayPass(failure) && now - failingSinceNanos < PATIENCE_NANOS && !closing;
    if (soon) {
      return;
    }
    String why = DatabaseProblem.describe(failure);
    if (refusal == null) {
      log.error("The sessions cannot be recorded: {}. It is tried again.", why, failure);
    }
    refusal = why;
    for (Entry<?> entry : group) {
      entry.fail("the sessions cannot be recorded at the moment: " + why);
    }
    group.removeIf(entry -> entry.kind != Kind.WRITING);
  }

  private void giveUp(List<Entry<?>> group, Throwable failure) {
    over = true;
    log.error(
        "The end of the record of the sessions is lost, {} changes: {}",
        group.size() + queue.size() - 1,
        DatabaseProblem.describe(failure));
    queue.forEach(entry -> entry.fail(CLOSED));
  }

  private void disconnect() {
    SessionRows broken = open;
    open = null;
    if (broken != null) {
      try {
        broken.close();
      } catch (SQLException e) {
        log.debug("A connection could not be closed: {}", e.getMessage());
      }
    }
  }

  private void pause(long nanos) {
    if (!closing) {
      LockSupport.parkNanos(this, nanos);
    }
  }

  /** What somebody waits for, if anybody does. */
  private enum Kind {
    /** Nothing: it is to be done whether anybody waits or not. */
    WRITING,
    /** An answer. */
    QUESTION,
    /** That what came before is recorded. */
    MARK
  }

  /** One thing to do in a transaction. */
  private static final class Entry<T> {

    private final Kind kind;
    private final Work<T> work;
    private final Consumer<T> done;
    private final CompletableFuture<T> waiting;

    private long position;
    private @Nullable T result;

    Entry(Kind kind, Work<T> work, Consumer<T> done, CompletableFuture<T> waiting) {
      this.kind = kind;
      this.work = work;
      this.done = done;
      this.waiting = waiting;
    }

    static <T> Entry<T> writing(Work<T> work, Consumer<T> done) {
      return new Entry<>(Kind.WRITING, work, done, new CompletableFuture<>());
    }

    static <T> Entry<T> question(Work<T> work, CompletableFuture<T> waiting) {
      return new Entry<>(Kind.QUESTION, work, waiting::complete, waiting);
    }

    static Entry<Boolean> mark(CompletableFuture<Boolean> waiting) {
      return new Entry<>(Kind.MARK, rows -> true, waiting::complete, waiting);
    }

    void work(SessionRows rows) throws SQLException {
      result = work.in(rows);
    }

    @SuppressWarnings("NullAway") // The work has been done, and says itself what it gives.
    void succeed() {
      done.accept(result);
    }

    /** Tells who waits; if nobody does, nothing. */
    void fail(String why) {
      SessionException.Code code =
          kind == Kind.QUESTION
              ? SessionException.Code.UNAVAILABLE
              : SessionException.Code.UNCERTAIN;
      waiting.completeExceptionally(new SessionException(code, why));
    }
  }
}
