package dev.sideline.host.embedded;

import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.EventSink;
import dev.sideline.host.SessionRuntime;
import dev.sideline.host.embedded.store.SessionStore;
import dev.sideline.host.embedded.store.SessionStoreException;
import dev.sideline.host.embedded.store.StoreLimits;
import dev.sideline.host.process.ProcessTrees;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions whose agents are commands. They are in memory, and in a database if there is one.
 * Nothing else survives {@link #close}: no command, no process that one has started, no thread.
 *
 * <p>When a command has ended, whatever it started and left running is ended too: a session that is
 * idle does nothing. Tool restrictions of a prompt are not for commands, which have none of the
 * host's tools. Events are told from {@link #start} on.
 */
public final class EmbeddedRuntime implements SessionRuntime {

  private static final Logger log = LoggerFactory.getLogger(EmbeddedRuntime.class);
  private static final long CLOSE_SECONDS = 5;

  private final Workplace usual;
  private final ExecutorService thread = DaemonThreads.serial("sideline-embedded-sessions");
  private final ExecutorService answers = DaemonThreads.serial("sideline-embedded-answers");
  private final MessageIds ids;
  private final SessionRecord record;
  private final CommandLoop commands;
  private final EmbeddedSessions sessions;
  private final SessionLoader loader;
  private final CommandRequests requests;
  private final TurnRunner turns;
  private final SessionClient client;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable EventSink sink;

  private EmbeddedRuntime(
      Workplace usual,
      EmbeddedLimits limits,
      Clock clock,
      ProcessTrees trees,
      @Nullable SessionStore store) {
    this.usual = usual;
    this.ids = new MessageIds(clock, store == null ? 0 : store.lastMessageId());
    this.record =
        store == null
            ? new NoRecord(usual)
            : new DurableRecord(store, usual, clock, this::runLater);
    this.commands = new CommandLoop(trees, limits.processes());
    this.sessions = new EmbeddedSessions(limits, ids, record, this::tell);
    this.loader = new SessionLoader(sessions, record);
    this.requests = new CommandRequests(commands, ids, record, this::tell);
    this.turns =
        new TurnRunner(
            sessions,
            limits,
            clock,
            ids,
            commands,
            requests,
            record,
            trees::ending,
            this::runLater,
            this::tell);
    this.client = clientOf(usual);
    if (store != null) {
      store.start(ids::last, surplus -> runLater(() -> turns.purge(surplus)));
    }
  }

  /**
   * Sessions with the built-in agents and those of a file, which work in the current directory
   * unless told otherwise.
   *
   * @param agentFile see {@link AgentFile}; an agent of the file takes the place of a built-in one
   *     of its name; null for the built-in ones alone
   * @throws AgentFileException if the file cannot be read or is not valid
   */
  public static EmbeddedRuntime open(@Nullable Path agentFile) {
    List<AgentDefinition> agents = new ArrayList<>(BuiltInAgents.all());
    if (agentFile != null) {
      agents.addAll(AgentFile.read(agentFile));
    }
    return create(agents);
  }

  /**
   * Sessions with these agents, which work in the current directory unless told otherwise.
   *
   * @param agents of two with one name, the later one counts
   */
  public static EmbeddedRuntime create(Collection<AgentDefinition> agents) {
    return create(agents, ProcessTrees.unwatched());
  }

  /**
   * Sessions with these agents, which work in the current directory unless told otherwise.
   *
   * @param agents of two with one name, the later one counts
   * @param trees with which commands are started; closed with this
   */
  public static EmbeddedRuntime create(Collection<AgentDefinition> agents, ProcessTrees trees) {
    return create(Workplace.of(agents, Path.of("")), trees);
  }

  /**
   * Sessions for the clients of one workplace or of several.
   *
   * @param usual that of {@link #sessions()}
   * @param trees with which commands are started; closed with this
   */
  public static EmbeddedRuntime create(Workplace usual, ProcessTrees trees) {
    return new EmbeddedRuntime(usual, EmbeddedLimits.DEFAULT, Clock.systemUTC(), trees, null);
  }

  /**
   * Sessions for the clients of one workplace or of several, which outlive the process: what a call
   * has confirmed is there again when the next runtime is opened on the same database. A command
   * that ran when its process ended is not run again; its answer ends with what was recorded of it,
   * and has the failure {@link dev.sideline.api.Failure#INTERRUPTED}.
   *
   * @param usual that of {@link #sessions()}, and of what was recorded without one
   * @param trees with which commands are started; closed with this
   * @param database of one runtime at a time; a commit has to be on the disk when it returns
   * @throws SessionStoreException if the database cannot be used; its message says what to do
   */
  public static EmbeddedRuntime create(Workplace usual, ProcessTrees trees, DataSource database) {
    return create(
        usual, EmbeddedLimits.DEFAULT, Clock.systemUTC(), trees, database, StoreLimits.DEFAULT);
  }

  static EmbeddedRuntime create(
      Workplace usual,
      EmbeddedLimits limits,
      Clock clock,
      ProcessTrees trees,
      DataSource database,
      StoreLimits recorded) {
    SessionStore store = SessionStore.open(database, recorded, clock);
    return new EmbeddedRuntime(usual, limits, clock, trees, store);
  }

  /**
   * Sessions with these agents.
   *
   * @param agents of two with one name, the later one counts
   * @param defaultDirectory where agents work in sessions for which no directory was given
   */
  public static EmbeddedRuntime create(
      Collection<AgentDefinition> agents,
      Path defaultDirectory,
      EmbeddedLimits limits,
      Clock clock) {
    return new EmbeddedRuntime(
        Workplace.of(agents, defaultDirectory), limits, clock, ProcessTrees.unwatched(), null);
  }

  /** Has what is more than may stay removed now, and not only once an hour. */
  void purge() {
    record.purge();
  }

  private EmbeddedSessionClient clientOf(Workplace workplace) {
    return new EmbeddedSessionClient(
        sessions, loader, record, turns, requests, workplace, ids, thread, answers);
  }

  /** The sessions as a client of the usual workplace has them. */
  @Override
  public SessionClient sessions() {
    return client;
  }

  /**
   * The sessions as a client of a workplace has them: all there are, and those without a parent
   * that it creates are of that workplace. Costs nothing, and needs no closing.
   */
  public SessionClient sessions(Workplace workplace) {
    return workplace == usual ? client : clientOf(workplace);
  }

  /**
   * Gives a workplace to a session and to all that are in one tree with it, from their next prompts
   * on: for a client that goes on with a conversation. Their directories stay. Fails with {@code
   * NOT_FOUND} if there is no such session.
   */
  public CompletionStage<Void> attach(String sessionId, Workplace workplace) {
    return clientOf(workplace).attach(sessionId);
  }

  @Override
  public void start(EventSink eventSink) {
    if (sink != null) {
      throw new IllegalStateException("the event stream has been started already");
    }
    sink = eventSink;
  }

  @Override
  public void beginClose() {
    commands.beginClose();
  }

  /** Ends all commands; what does not end when it is told to is killed 0.3 s later. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      commands.close();
      shutDown(thread);
      record.close();
      shutDown(answers);
    }
  }

  private void tell(SessionEvent event) {
    EventSink listening = sink;
    if (listening != null) {
      // Events are hints: what becomes of one changes nothing in what it tells of.
      Barrier.run("Telling of an event", () -> listening.accept(event));
    }
  }

  /** For what commands tell, the last of which may come when nobody listens any more. */
  private void runLater(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException afterClose) {
      log.debug("A command ended after the sessions were closed", afterClose);
    }
  }

  private static void shutDown(ExecutorService executor) {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
