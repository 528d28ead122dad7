package dev.sideline.background.runtime;

import dev.sideline.api.HostContext;
import dev.sideline.api.SessionClient;
import dev.sideline.background.engine.TaskEngine;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.FinishedTasks;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.TaskId;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An engine at work as in {@link BackgroundRuntime}, with the same commits and the same effects,
 * but without a thread: whoever drives it says when. For simulations.
 */
public final class UnthreadedRuntime {

  /** Learns what the runtime does. */
  public interface Watcher {

    /** It has begun with what was recorded. */
    void restored(Recorded recorded, Step step);

    /** An input was taken. */
    void taken(Input input, Step step);

    /** A call was refused before it was taken. */
    void refused(Input input, Effect.Reply reply);

    /** An effect is about to be carried out. */
    void carriesOut(Effect effect);

    /**
     * A call is answered.
     *
     * @return whether anybody still waited for that
     */
    boolean answered(Effect.Reply reply);

    /** An answer is to be checked, whose outcome is put in later. */
    void checks(Effect.CheckResult check);
  }

  private final Clock clock;
  private final TaskStore store;
  private final GuardedSessionClient client;
  private final TaskEngine engine;
  private final EffectRunner runner;
  private final Commits commits;
  private final Watcher watcher;
  private final Deque<Input> refusals = new ArrayDeque<>();
  private final Consumer<Input> mailbox;
  private boolean eventsRefused;

  /** Calls that are not answered, by their numbers. */
  private final Map<Long, Input> asked = new HashMap<>();

  /** Those for which something is being looked for, with what was found before. */
  private final Map<Long, Map<Lookup, Lookup.Found>> looking = new HashMap<>();

  private final Set<Long> abandoned = new HashSet<>();

  /**
   * @param mailbox takes inputs for {@link #take}; called in the middle of other things
   * @param wake has {@link #advance} called soon
   * @param maxWaiting how much may wait for the store before no more is taken that can be refused
   */
  public UnthreadedRuntime(
      HostContext host,
      Settings settings,
      TaskStore store,
      FinishedTasks retained,
      Supplier<TaskId> taskIds,
      Consumer<Input> mailbox,
      Runnable wake,
      int maxWaiting,
      Watcher watcher) {
    this.clock = host.clock();
    this.watcher = watcher;
    this.mailbox = mailbox;
    SessionClient sessions = host.sessions();
    this.client =
        new GuardedSessionClient(
            sessions,
            sessions::newMessageId,
            Runnable::run,
            settings.sessions().callTimeout(),
            clock::millis);
    this.store = store;
    this.engine =
        new TaskEngine(settings, taskIds, client::newMessageId, retained, store.isDurable());
    this.runner =
        new EffectRunner(
            client,
            new HostEvents(host),
            settings,
            Runnable::run,
            new ResultChecks(Runnable::run, Runnable::run),
            this::answer,
            mailbox);
    this.commits = new Commits(store, this::carryOut, refusals::add, wake, maxWaiting);
  }

  /** Begins with what was recorded, before anything else. */
  public void restore(Recorded recorded) {
    Step step = engine.restore(recorded, clock.millis());
    watcher.restored(recorded, step);
    commits.add(step, clock.millis());
  }

  /** Takes an input, after what is due. */
  public void take(Input input) {
    advance();
    if (input instanceof Input.Call) {
      asked.put(input.call(), input);
    } else if (input instanceof Input.CallAbandoned && looking.containsKey(input.call())) {
      abandoned.add(input.call());
    }
    Answer refusal = commits.refusal(input);
    if (refusal != null) {
      Effect.Reply reply = new Effect.Reply(input.call(), refusal, false);
      watcher.refused(input, reply);
      carryOut(List.of(reply));
    } else if (input instanceof Input.Observed && commits.isFull()) {
      eventsRefused = true;
    } else {
      apply(input);
      refuse();
    }
  }

  /** As {@link RecordReads} does. */
  private void lookUp(long call, Answer.Recall recall) {
    Map<Lookup, Lookup.Found> found = new HashMap<>(looking.getOrDefault(call, Map.of()));
    looking.put(call, found);
    CompletionStage<Void> all = CompletableFuture.completedStage(null);
    for (Lookup lookup : recall.lookups()) {
      all = all.thenAcceptBoth(store.find(lookup), (done, more) -> found.put(lookup, more));
    }
    var unused = all.whenComplete((done, failure) -> goOn(call, found, failure));
  }

  private void goOn(long call, Map<Lookup, Lookup.Found> found, @Nullable Throwable failure) {
    Input input = asked.get(call);
    if (failure != null) {
      answer(new Effect.Reply(call, new Answer.RecordUnreadable(failure.toString()), false));
    } else {
      mailbox.accept(new Input.Recalled(found, Objects.requireNonNull(input)));
      if (abandoned.remove(call)) {
        mailbox.accept(new Input.CallAbandoned(call));
      }
    }
  }

  /** Does what is due. */
  public void advance() {
    client.endOverdue(clock.millis());
    if (engine.nextDue() <= clock.millis()) {
      apply(new Input.Tick());
    }
    commits.advance(clock.millis());
    refuse();
    if (eventsRefused && !commits.isFull()) {
      eventsRefused = false;
      apply(new Input.EventsLost());
      refuse();
    }
  }

  private void refuse() {
    for (Input refusal = refusals.poll(); refusal != null; refusal = refusals.poll()) {
      apply(refusal);
    }
  }

  /** When {@link #advance} is to be called at the latest, in epoch milliseconds. */
  public long nextDue() {
    return Math.min(Math.min(engine.nextDue(), commits.nextDue()), client.nextDueMillis());
  }

  /** Whether everything is recorded and its effects are begun. */
  public boolean idle() {
    return commits.idle();
  }

  /** How many rows and effects wait for the store. */
  public int waiting() {
    return commits.waiting();
  }

  public TaskEngine engine() {
    return engine;
  }

  private void apply(Input input) {
    Step step = engine.apply(input, clock.millis());
    watcher.taken(input, step);
    commits.add(step, clock.millis());
  }

  private void carryOut(List<Effect> recorded) {
    for (Effect effect : recorded) {
      watcher.carriesOut(effect);
      if (effect instanceof Effect.CheckResult check) {
        watcher.checks(check);
      } else {
        runner.run(effect);
      }
    }
  }

  private void answer(Effect.Reply reply) {
    if (reply.answer() instanceof Answer.Recall recall) {
      lookUp(reply.call(), recall);
      return;
    }
    asked.remove(reply.call());
    looking.remove(reply.call());
    boolean taken = watcher.answered(reply);
    if (reply.confirm()) {
      mailbox.accept(new Input.ReplyEnded(reply.call(), taken));
    }
  }
}
