package dev.sideline.background.runtime;

import dev.sideline.api.AgentInfo;
import dev.sideline.api.CancelSignal;
import dev.sideline.api.HostContext;
import dev.sideline.api.Message;
import dev.sideline.api.Reach;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.background.engine.TaskEngine;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.retain.CaffeineFinishedTasks;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.rights.WorkingDirectories;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskIds;
import dev.sideline.background.text.Deciders;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine at work in a host: its mailbox, its threads and its end. Three threads, however many
 * tasks and callers there are, and two more while there is something to do for them.
 */
public final class BackgroundRuntime implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BackgroundRuntime.class);

  /** How much of a session can be read, in messages. */
  public static final int MAX_MESSAGES = 1_000;

  /** How long the threads may take to end once there is nothing left for them to do. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  /** The time is looked at this often while there are tasks or anything is due. */
  private static final long BEAT_MILLIS = 1_000;

  /** And this often otherwise. */
  private static final long IDLE_MILLIS = 60_000;

  /** It sleeps no longer while somebody else's code is being run, which may not come back. */
  private static final long WATCHFUL_MILLIS = 500;

  /** How long threads stay that are there only while there is something to do. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  /** How long the mailbox rests when it could not even begin. */
  private static final long PAUSE_NANOS = 100_000_000;

  /** So many inputs are taken at most before the time is looked at, and threads are woken. */
  private static final int TAKEN_TOGETHER = 64;

  /** And for so long. */
  private static final long TOGETHER_NANOS = 1_000_000;

  /** How long the mailbox may be held up for a message id. */
  private static final Duration ID_PATIENCE = Duration.ofSeconds(1);

  private final Settings settings;
  private final Timeline timeline;
  private final HostTimes hostTimes;
  private final TaskStore store;
  private final CaffeineFinishedTasks retained;
  private final TaskEngine engine;
  private final Mailbox mailbox = new Mailbox();

  /** What was not recorded, before anything else; belongs to the mailbox thread. */
  private final Deque<Input> refusals = new ArrayDeque<>();

  private final PendingCalls<Answer> calls = new PendingCalls<>();

  /** Of calls that wait, those who are told how far that is, by the calls' numbers. */
  private final Map<Long, Consumer<Effect.TellProgress>> watchers = new ConcurrentHashMap<>();

  private final SerialThread effects = new SerialThread("sideline-effects", mailbox::wake);
  private final SerialThread replies = new SerialThread("sideline-replies", mailbox::wake);
  private final SerialThread checking = new SerialThread("sideline-schemas", IDLE);
  private final SerialThread asking = new SerialThread("sideline-ids", IDLE);
  private final HostMessageIds messageIds;
  private final GuardedSessionClient client;
  private final HostEvents events;
  private final KnownCallers callers;
  private final HostRules rules;
  private final Deciders deciders;
  private final List<AgentInfo> knownAgents;
  private final Reach usualReach;
  private final TranscriptReader transcripts;
  private final ResultChecks checks = new ResultChecks(checking, replies);
  private final EffectRunner runner;

  /** Null if sessions that the host has created itself do not matter. */
  private final @Nullable UnknownSessions unknownSessions;

  private final Commits commits;
  private final RecordReads reads;
  private final Thread thread;
  private final long longestSleepMillis;
  private final CountDownLatch quiet = new CountDownLatch(1);
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile boolean stopped;

  /** Nothing is decided any more, and what was is recorded. */
  private volatile boolean suspended;

  private volatile boolean eventsRefused;

  /** Whether the host asks which events matter, and so need not tell of others. */
  private volatile boolean hostAsks;

  /** When the threads are looked at next; belongs to the mailbox thread. */
  private long nextLookMillis = Long.MIN_VALUE;

  /**
   * Begins to work with what a store holds, which is closed with the runtime. Fails if that cannot
   * be loaded: to begin with nothing would be to lose it.
   */
  public BackgroundRuntime(HostContext host, Settings settings, TaskStore store) {
    Recorded recorded = load(store);
    this.settings = settings;
    this.timeline = new Timeline(host);
    this.hostTimes = new HostTimes(timeline);
    this.store = store;
    this.retained = new CaffeineFinishedTasks(settings, timeline::nowMillis);
    Duration callTimeout = settings.sessions().callTimeout();
    SessionClient sessions = host.sessions();
    this.messageIds =
        new HostMessageIds(
            sessions,
            this::askForIds,
            ID_PATIENCE,
            mailbox::mark,
            System::nanoTime,
            () -> timeline.wallMillis(timeline.nowMillis()),
            new SecureRandom());
    this.client =
        new GuardedSessionClient(sessions, messageIds, effects, callTimeout, timeline::nowMillis);
    this.events = new HostEvents(host);
    this.engine =
        new TaskEngine(
            settings,
            new TaskIds(new SecureRandom()),
            client::newMessageId,
            retained,
            store.isDurable());
    this.callers =
        new KnownCallers(client, replies, engine::observes, timeline::nowMillis, mailbox::wake);
    this.rules = new HostRules(client, settings.rights(), replies, mailbox::wake);
    this.deciders = Deciders.of(settings.rights().permissions(), client::whereToAnswer);
    this.knownAgents = client.knownAgents();
    this.usualReach = client.usualReach();
    this.transcripts = new TranscriptReader(client, effects, replies);
    this.runner =
        new EffectRunner(
            client, events, settings, effects, checks, new CallReplies(), mailbox::put);
    this.unknownSessions =
        settings.sessions().adoptChildren()
            ? new UnknownSessions(
                client, timeline::nowMillis, effects, engine::observes, mailbox::put)
            : null;
    this.commits = new Commits(store, this::carryOut, refusals::add, mailbox::wake);
    this.reads = new RecordReads(store);
    // No call is overslept, whoever begins one while the mailbox sleeps.
    this.longestSleepMillis = Math.min(IDLE_MILLIS, callTimeout.toMillis());
    this.thread = DaemonThread.unstarted("sideline-mailbox", this::run);
    if (!recorded.equals(Recorded.NOTHING)) {
      Barrier.run("Beginning with what is recorded", () -> restore(recorded));
    }
    thread.start();
  }

  private static Recorded load(TaskStore store) {
    try {
      return store.load().toCompletableFuture().join();
    } catch (Throwable thrown) {
      store.close();
      throw thrown;
    }
  }

  /**
   * Makes a call.
   *
   * @param input the call under the number that it is given
   * @param cancellation ends the wait for its answer, and nothing else
   * @return completes with the answer on a thread that may be held up; completes with {@link
   *     Answer.ShuttingDown} if the runtime ends before; fails if the call could not be taken
   */
  public CompletableFuture<Answer> ask(LongFunction<Input> input, CancelSignal cancellation) {
    return reads.answer(input, asked -> ask(asked, cancellation, calls.begin()));
  }

  /**
   * The same, for a call that may wait.
   *
   * @param watcher told how far what it waits for is, on a thread that may be held up
   */
  public CompletableFuture<Answer> ask(
      LongFunction<Input> input, CancelSignal cancellation, Consumer<Effect.TellProgress> watcher) {
    return reads.answer(input, asked -> askWatched(asked, cancellation, watcher));
  }

  private CompletableFuture<Answer> askWatched(
      LongFunction<Input> input, CancelSignal cancellation, Consumer<Effect.TellProgress> watcher) {
    PendingCalls.Wait<Answer> call = calls.begin();
    watchers.put(call.number(), watcher);
    return ask(input, cancellation, call)
        .whenComplete((answer, failure) -> watchers.remove(call.number()));
  }

  private CompletableFuture<Answer> ask(
      LongFunction<Input> input, CancelSignal cancellation, PendingCalls.Wait<Answer> call) {
    if (closing.get()) {
      calls.complete(call.number(), new Answer.ShuttingDown());
      return call.result();
    }
    mailbox.put(input.apply(call.number()));
    return cancellation == CancelSignal.NEVER
        ? call.result()
        : call.result().whenComplete(abandonedBy(cancellation, call.number()));
  }

  /** Ends the wait when the caller gives it up; what is returned ends that. */
  private BiConsumer<Answer, Throwable> abandonedBy(CancelSignal cancellation, long call) {
    AtomicReference<CancelSignal.@Nullable Registration> registered = new AtomicReference<>();
    // The signal is the host's own, and so is the thread that it comes on.
    Barrier.run(
        "The cancel signal of a call",
        () ->
            registered.set(
                cancellation.onCancel(
                    () -> Barrier.run("A cancelled call", () -> callAbandoned(call)))));
    return (answer, failure) -> {
      CancelSignal.Registration registration = registered.get();
      if (registration != null) {
        Barrier.run("The cancel signal of a call", registration::close);
      }
    };
  }

  private void callAbandoned(long call) {
    mailbox.put(new Input.CallAbandoned(call));
    calls.complete(call, new Answer.Abandoned());
  }

  /**
   * Whether there is a session in whose name a task may be launched; true if the host cannot tell.
   * Completes within a second or two, and never fails.
   */
  public CompletableFuture<Boolean> callerExists(String session) {
    return callers.exists(session);
  }

  /**
   * The agents that a session may launch; empty if the host has not said it. Completes within some
   * seconds, and never fails.
   */
  public CompletableFuture<Optional<LaunchableAgents>> launchableAgents(String session) {
    return rules.agents(session);
  }

  /**
   * Whether a task of a session may work in a folder, as it was written. Completes within some
   * seconds, and never fails.
   */
  public CompletableFuture<WorkingDirectories.Decision> workingDirectory(
      String session, String wish) {
    return rules.directory(session, wish);
  }

  /** The agents that the host offers to every session, as far as it knows them. */
  public List<AgentInfo> knownAgents() {
    return knownAgents;
  }

  /** How a session can be told what it has not asked for. */
  public Reach reach(String session) {
    return client.reach(session);
  }

  /** The same, as far as it can be said of all sessions whose agents call tools. */
  public Reach usualReach() {
    return usualReach;
  }

  /** Who may give the permissions that tasks ask for. */
  public Deciders deciders() {
    return deciders;
  }

  /**
   * The newest messages of a session, newest first, at most {@link #MAX_MESSAGES}. Whose session it
   * is has been looked at before. Fails with a {@link dev.sideline.api.SessionException}.
   */
  public CompletableFuture<List<Message>> messages(String session) {
    return transcripts.newest(session, MAX_MESSAGES);
  }

  /**
   * Why a text is of no use as a JSON Schema, each in a line; empty if it is one. Fails if there is
   * no time to look.
   */
  public CompletableFuture<List<String>> schemaProblems(String schema) {
    return checks.problems(schema);
  }

  /**
   * The time that tasks go by: all their times are told by it, and it is what they are compared
   * with. In milliseconds; only goes on, and stands still while the process does.
   */
  public long nowMillis() {
    return timeline.nowMillis();
  }

  /**
   * A page of the finished tasks that are in the record and owed to nobody, newest first. Fails if
   * it cannot be read.
   *
   * @param beforeNumber those whose {@link Task#number} is lower
   */
  public CompletionStage<List<Task>> recorded(long beforeNumber, int limit) {
    return store.page(beforeNumber, limit);
  }

  /** Forgets what is recorded of finished tasks that ended before a time; tells how many. */
  public CompletionStage<Integer> purge(long endedBeforeMillis) {
    return store.purge(endedBeforeMillis);
  }

  /** The time that tasks go by when the host's clock shows another. */
  public long millisAt(Instant wall) {
    return timeline.at(wall);
  }

  /** Such a time as the host's clock would have shown it, in epoch milliseconds. */
  public long wallMillis(long timeMillis) {
    return timeline.wallMillis(timeMillis);
  }

  /**
   * Whether the events of a session matter. May be called from any thread; neither blocks nor
   * throws.
   */
  public boolean observes(String sessionId) {
    if (!hostAsks) {
      hostAsks = true;
    }
    try {
      return engine.observes(sessionId)
          || (unknownSessions != null && unknownSessions.mayMatter(sessionId));
    } catch (Throwable thrown) {
      Barrier.report("An event", thrown);
      return false;
    }
  }

  /**
   * Takes an event. May be called from any thread, for one session from one at a time; neither
   * blocks nor throws.
   */
  public void onEvent(SessionEvent event) {
    try {
      take(event);
    } catch (Throwable thrown) {
      // The thread is the host's, and has other plugins to tell.
      Barrier.report("An event", thrown);
    }
  }

  private void take(SessionEvent event) {
    if (stopped) {
      return;
    }
    if (wasAskedFor(event) || engine.observes(event.sessionId())) {
      if (!mailbox.offer(new Input.Observed(event))) {
        eventsRefused = true;
      }
    } else if (unknownSessions != null && !closing.get()) {
      unknownSessions.met(event.sessionId());
    }
    if (event instanceof SessionEvent.Deleted) {
      clearOwn(event.sessionId());
    }
  }

  /**
   * A session has gone: nobody reads what it had launched any more, which may be in the record
   * alone. What cannot be looked for now goes in its time.
   */
  private void clearOwn(String session) {
    if (store.isDurable()) {
      CompletableFuture<Answer> unused =
          ask(call -> new Input.ClearOwn(call, session), CancelSignal.NEVER);
    }
  }

  /** Whether the host has been told that it matters; that of an unknown session has its own way. */
  private boolean wasAskedFor(SessionEvent event) {
    return hostAsks && unknownSessions == null && !(event instanceof SessionEvent.Created);
  }

  /** Events may have been lost: everything is looked at. */
  public void onEventsLost() {
    Barrier.run("Lost events", () -> mailbox.put(new Input.EventsLost()));
  }

  /** Logs what has gone wrong in what is built on this. Never throws. */
  public void report(String what, Throwable thrown) {
    Barrier.report(what, thrown);
  }

  /**
   * Ends: running tasks are stopped, all calls are answered, and no thread is left. Where the
   * record outlives the process, tasks are not stopped: whoever opens it next goes on with them.
   * Returns within {@link Settings#disposeWithin} and a few seconds.
   */
  @Override
  public void close() {
    if (closing.getAndSet(true)) {
      return;
    }
    if (store.isDurable()) {
      suspended = true;
      mailbox.wake();
    } else {
      mailbox.put(new Input.Shutdown());
    }
    awaitQuiet();
    stopped = true;
    mailbox.wake();
    DaemonThread.joinOrWarn(thread, LAST_WORDS);
    // Each by itself: whatever becomes of one, the others have to end too.
    Barrier.run("Ending the effects", () -> effects.close(LAST_WORDS));
    Barrier.run("Closing the host's sessions", client::close);
    events.close();
    messageIds.close();
    Barrier.run("Ending the message ids", () -> asking.stop(LAST_WORDS));
    Barrier.run("Answering", () -> calls.completeAll(new Answer.ShuttingDown()));
    Barrier.run("Ending the checks", () -> checking.stop(LAST_WORDS));
    Barrier.run("Answering checks", checks::close);
    Barrier.run("Answering transcripts", transcripts::close);
    Barrier.run("Answering launches", callers::close);
    Barrier.run("Answering launches", rules::close);
    Barrier.run("Ending the replies", () -> replies.close(LAST_WORDS));
    Barrier.run("Closing the store", store::close);
    Barrier.run("Forgetting", this::forget);
  }

  private void forget() {
    retained.clear();
    if (unknownSessions != null) {
      unknownSessions.clear();
    }
  }

  private void awaitQuiet() {
    try {
      if (!quiet.await(settings.disposeWithin().toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn(
            suspended
                ? "The last of background tasks was not recorded within {} s of the shutdown"
                : "Some background tasks did not stop within {} s of the shutdown",
            settings.disposeWithin().toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // --- the mailbox thread

  private void run() {
    Runnable turn = this::turn;
    while (!stopped) {
      boolean whole = Barrier.run("The mailbox", turn);
      wakeThreads();
      if (!whole) {
        // Whatever it is, it may be so again at once.
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /** Before the mailbox thread is there, which would hold on to what was loaded. */
  private void restore(Recorded recorded) {
    long now = timeline.nowMillis();
    commits.add(engine.restore(recorded, now), now);
  }

  /** Takes some inputs, or sleeps until there is one or something falls due. */
  private void turn() {
    if (suspended) {
      endRecording();
      return;
    }
    Input.Paused paused = timeline.pass();
    long now = timeline.nowMillis();
    if (paused != null) {
      apply(paused, now);
      LOG.info("The process stood still; all tasks are looked at before any is judged");
    }
    if (client.nextDueMillis() <= now) {
      client.endOverdue(now);
    }
    if (nextLookMillis <= now) {
      look(now);
    }
    if (takeInputs(now)) {
      return;
    }
    if (eventsRefused && !commits.isFull()) {
      eventsRefused = false;
      apply(new Input.EventsLost(), now);
    } else {
      sleep(now);
    }
  }

  /** As after a crash, but that everything is recorded which was decided. */
  private void endRecording() {
    long now = timeline.nowMillis();
    commits.advance(now);
    if (commits.idle()) {
      quiet.countDown();
    }
    long millis = Math.min(WATCHFUL_MILLIS, Math.max(1, commits.nextDue() - now));
    mailbox.sleep(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** Takes those inputs that there are, but not for long; tells whether there was one. */
  private boolean takeInputs(long now) {
    long begunNanos = System.nanoTime();
    int taken = 0;
    while (takeInput(now)) {
      taken++;
      if (taken == TAKEN_TOGETHER || System.nanoTime() - begunNanos >= TOGETHER_NANOS) {
        break;
      }
    }
    return taken > 0;
  }

  /** Takes one input after what is due before it; tells whether there was one. */
  private boolean takeInput(long now) {
    applyRefusals(now);
    if (engine.nextDue() <= now) {
      apply(new Input.Tick(), now);
    }
    if (!commits.isAtRest()) {
      Barrier.run("Recording", () -> commits.advance(now));
      applyRefusals(now);
    }
    Input input = mailbox.poll();
    if (input == null) {
      return false;
    }
    take(input, now);
    return true;
  }

  private void applyRefusals(long now) {
    for (Input refusal = refusals.poll(); refusal != null; refusal = refusals.poll()) {
      apply(refusal, now);
    }
  }

  /** What was given to the other threads is begun. */
  private void wakeThreads() {
    effects.wake();
    replies.wake();
  }

  /** The mailbox is about to wait: what others wait for is not to wait with it. */
  private void askForIds(Runnable question) {
    wakeThreads();
    asking.execute(question);
  }

  /** Not for long while there is something to be late for, so that a pause is noticed. */
  private void sleep(long now) {
    if (closing.get() && engine.live() == 0 && commits.idle()) {
      quiet.countDown();
    }
    wakeThreads();
    look(now);
    long underWay = Math.min(commits.nextDue(), client.nextDueMillis());
    long due = Math.min(engine.nextDue(), underWay);
    // Where there are only results that are kept, a pause makes no difference.
    boolean idle = engine.size() == 0 && underWay == Long.MAX_VALUE;
    long most = idle ? longestSleepMillis : BEAT_MILLIS;
    if (effects.busy() || replies.busy() || callers.asks() || rules.asks()) {
      most = WATCHFUL_MILLIS;
    }
    long millis = Math.min(most, Math.max(1, due - now));
    timeline.expectBy(now + millis);
    mailbox.sleep(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** Goes on in other threads with what is held up in these. */
  private void look(long now) {
    nextLookMillis = now + WATCHFUL_MILLIS;
    effects.look();
    replies.look();
    callers.expire();
    rules.expire();
  }

  /** Takes an input, unless it would add to what waits for the store, and need not. */
  private void take(Input input, long now) {
    Answer refusal = commits.refusal(input);
    if (refusal != null) {
      carryOut(List.of(new Effect.Reply(input.call(), refusal, false)));
    } else if (input instanceof Input.Observed && commits.isFull()) {
      eventsRefused = true;
    } else {
      apply(input, now);
    }
  }

  private void apply(Input input, long now) {
    try {
      commits.add(engine.apply(hostTimes.onTimeline(input), now), now);
    } catch (Throwable thrown) {
      // A barrier: one input that uncovers a defect must not end the work of all other tasks.
      if (input.call() != 0) {
        // In words: what was thrown may not even bear to be handed on.
        Throwable told = new IllegalStateException(Barrier.describe(thrown));
        replies.execute(() -> calls.fail(input.call(), told));
      }
      Barrier.report("An input", thrown);
    }
  }

  private void carryOut(List<Effect> recorded) {
    for (Effect effect : recorded) {
      if (effect instanceof Effect.Reply) {
        runner.run(effect);
      } else {
        effects.executeLater(() -> runner.run(effect));
      }
    }
  }

  /** Answers go out on a thread of their own, which whoever is answered may hold up. */
  private final class CallReplies implements Replies {

    @Override
    public void answer(Effect.Reply reply) {
      replies.executeLater(
          () -> {
            boolean taken = false;
            try {
              taken = calls.complete(reply.call(), reply.answer());
            } finally {
              if (reply.confirm()) {
                mailbox.put(new Input.ReplyEnded(reply.call(), taken));
              }
            }
          });
    }

    @Override
    public void progress(Effect.TellProgress progress) {
      Consumer<Effect.TellProgress> watcher = watchers.get(progress.call());
      if (watcher != null) {
        replies.execute(() -> watcher.accept(progress));
      }
    }
  }
}
