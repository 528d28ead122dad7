package dev.sideline.background.runtime;

import dev.sideline.api.CancelSignal;
import dev.sideline.api.HostContext;
import dev.sideline.api.Message;
import dev.sideline.api.SessionEvent;
import dev.sideline.background.ledger.Answer;
import dev.sideline.background.ledger.Effect;
import dev.sideline.background.ledger.Input;
import dev.sideline.background.ledger.Ledger;
import dev.sideline.background.retain.CaffeineRetained;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.TaskIds;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ledger at work in a host: its mailbox, its threads and its end. Three threads, however many
 * tasks and callers there are.
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

  private final Settings settings;
  private final Timeline timeline;
  private final HostTimes hostTimes;
  private final TaskStore store;
  private final CaffeineRetained retained;
  private final Ledger ledger;
  private final Mailbox mailbox = new Mailbox();

  /** Launches that could not be recorded; belongs to the mailbox thread. */
  private final Deque<Input> refusals = new ArrayDeque<>();

  private final Outstanding<Answer> calls = new Outstanding<>();
  private final SerialThread effects = new SerialThread("sideline-effects");
  private final SerialThread replies = new SerialThread("sideline-replies");
  private final Readings readings;
  private final OnDemandThread checking = new OnDemandThread("sideline-schemas");
  private final ResultChecks checks = new ResultChecks(checking, replies);
  private final EffectRunner runner;

  /** Null if sessions that the host has created itself do not matter. */
  private final @Nullable Strangers strangers;

  private final Commits commits;
  private final Thread thread;
  private final CountDownLatch quiet = new CountDownLatch(1);
  private volatile boolean closing;
  private volatile boolean stopped;
  private volatile boolean eventsRefused;

  /** Begins to work. The store is closed with the runtime. */
  public BackgroundRuntime(HostContext host, Settings settings, TaskStore store) {
    this.settings = settings;
    this.timeline = new Timeline(host);
    this.hostTimes = new HostTimes(timeline);
    this.store = store;
    this.retained = new CaffeineRetained(settings, timeline::nowMillis);
    this.ledger =
        new Ledger(
            settings, new TaskIds(new SecureRandom()), host.sessions()::newMessageId, retained);
    this.readings = new Readings(host.sessions(), effects, replies);
    this.runner = new EffectRunner(host, settings, effects, checks, mailbox::put);
    this.strangers =
        settings.sessions().adoptChildren()
            ? new Strangers(
                host.sessions(), timeline::nowMillis, effects, ledger::observes, mailbox::put)
            : null;
    this.commits = new Commits(store, this::carryOut, refusals::add, mailbox::wake);
    this.thread = SerialThread.start("sideline-mailbox", this::run);
  }

  /**
   * Makes a call.
   *
   * @param input the call under the number that it is given
   * @param cancellation ends the wait for its answer, and nothing else
   * @return completes with the answer on a thread that may be held up; completes with {@link
   *     Answer.ShuttingDown} if the runtime ends before
   */
  public CompletableFuture<Answer> ask(LongFunction<Input> input, CancelSignal cancellation) {
    Outstanding.Wait<Answer> call = calls.begin();
    if (closing) {
      calls.complete(call.number(), new Answer.ShuttingDown());
      return call.result();
    }
    mailbox.put(input.apply(call.number()));
    if (cancellation != CancelSignal.NEVER) {
      CancelSignal.Registration registration =
          cancellation.onCancel(
              () -> {
                mailbox.put(new Input.CallAbandoned(call.number()));
                calls.complete(call.number(), new Answer.Abandoned());
              });
      return call.result().whenComplete((answer, failure) -> registration.close());
    }
    return call.result();
  }

  /**
   * The newest messages of a session, newest first, at most {@link #MAX_MESSAGES}. Whose session it
   * is has been looked at before. Fails with a {@link dev.sideline.api.SessionException}.
   */
  public CompletableFuture<List<Message>> messages(String session) {
    return readings.newest(session, MAX_MESSAGES);
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

  /** Such a time as the host's clock would have shown it, in epoch milliseconds. */
  public long wallMillis(long timeMillis) {
    return timeline.wallMillis(timeMillis);
  }

  /** Whether the events of a session matter. May be called from any thread; does not block. */
  public boolean observes(String sessionId) {
    return ledger.observes(sessionId) || (strangers != null && strangers.mayMatter(sessionId));
  }

  /** Takes an event. May be called from any thread, for one session from one at a time. */
  public void onEvent(SessionEvent event) {
    if (ledger.observes(event.sessionId())) {
      if (!mailbox.offer(new Input.Observed(event))) {
        eventsRefused = true;
      }
    } else if (strangers != null && !closing) {
      strangers.met(event.sessionId());
    }
  }

  /** Events may have been lost: everything is looked at. */
  public void onEventsLost() {
    mailbox.put(new Input.EventsLost());
  }

  /**
   * Ends: running tasks are stopped, all calls are answered, and no thread is left. Returns within
   * {@link Settings#disposeWithin} and a few seconds.
   */
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    mailbox.put(new Input.Shutdown());
    awaitQuiet();
    stopped = true;
    mailbox.wake();
    SerialThread.join(thread, LAST_WORDS);
    effects.close(LAST_WORDS);
    calls.completeAll(new Answer.ShuttingDown());
    checking.close(LAST_WORDS);
    checks.close();
    readings.close();
    replies.close(LAST_WORDS);
    store.close();
    retained.clear();
    if (strangers != null) {
      strangers.clear();
    }
  }

  private void awaitQuiet() {
    try {
      if (!quiet.await(settings.disposeWithin().toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn(
            "Some background tasks did not stop within {} s of the shutdown",
            settings.disposeWithin().toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // --- the mailbox thread

  private void run() {
    while (!stopped) {
      Input.Paused paused = timeline.pass();
      long now = timeline.nowMillis();
      if (paused != null) {
        LOG.info("The process stood still; all tasks are looked at before any is judged");
        apply(paused, now);
      }
      if (ledger.nextDue() <= now) {
        apply(new Input.Tick(), now);
      }
      commits.advance(now);
      Input input = refusals.isEmpty() ? mailbox.poll() : refusals.removeFirst();
      if (input != null) {
        apply(input, now);
        continue;
      }
      if (eventsRefused) {
        eventsRefused = false;
        apply(new Input.EventsLost(), now);
        continue;
      }
      if (closing && ledger.live() == 0 && commits.idle()) {
        quiet.countDown();
      }
      sleep(now);
    }
  }

  /** Not for long while there is something to be late for, so that a pause is noticed. */
  private void sleep(long now) {
    long due = Math.min(ledger.nextDue(), commits.nextDue());
    long most = due == Long.MAX_VALUE && ledger.live() == 0 ? IDLE_MILLIS : BEAT_MILLIS;
    long millis = Math.min(most, Math.max(1, due - now));
    timeline.expectBy(now + millis);
    mailbox.sleep(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private void apply(Input input, long now) {
    try {
      commits.add(ledger.apply(hostTimes.onTimeline(input), now), now);
    } catch (RuntimeException e) {
      // A barrier: one input that uncovers a defect must not end the work of all other tasks.
      LOG.error("The input {} could not be taken", input.getClass().getSimpleName(), e);
    }
  }

  private void carryOut(List<Effect> recorded) {
    boolean forHost = false;
    for (Effect effect : recorded) {
      if (effect instanceof Effect.Reply reply) {
        replies.execute(() -> answer(reply));
      } else {
        forHost = true;
      }
    }
    if (forHost) {
      effects.execute(() -> recorded.forEach(this::carryOutOne));
    }
  }

  private void answer(Effect.Reply reply) {
    boolean taken = calls.complete(reply.call(), reply.answer());
    if (reply.confirm()) {
      mailbox.put(new Input.ReplyEnded(reply.call(), taken));
    }
  }

  private void carryOutOne(Effect effect) {
    if (!(effect instanceof Effect.Reply)) {
      runner.run(effect);
    }
  }
}
