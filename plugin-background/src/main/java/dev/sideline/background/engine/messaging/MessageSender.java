package dev.sideline.background.engine.messaging;

import dev.sideline.api.ModelRef;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.MessagePhase;
import dev.sideline.background.engine.model.MessageQueue;
import dev.sideline.background.engine.model.MessageQueue.Message;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.SlotUse;
import dev.sideline.background.engine.model.StopReason;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.TimedEvent;
import dev.sideline.background.engine.model.Timers;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.MessagePurpose;
import dev.sideline.background.engine.scheduling.Slots;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.OnRestart;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the sessions of tasks what they have to know, one message at a time, their prompt first.
 * Tries again what has failed for a passing reason, and stops the agent before, where that is asked
 * for.
 */
public final class MessageSender {

  public static final long FIRST_RETRY_MILLIS = 1_000;
  private static final int MAX_REPEATS = 2;

  /** How often an agent is told to go on where it was broken off. */
  private static final int MAX_CONTINUATIONS = 5;

  private final Settings settings;
  private final UnitOfWork unit;
  private final Timers timers;
  private final TaskRegistry registry;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final Supplier<String> messageIds;

  public MessageSender(
      Settings settings,
      UnitOfWork unit,
      Timers timers,
      TaskRegistry registry,
      Slots slots,
      Lifecycle lifecycle,
      Supplier<String> messageIds) {
    this.settings = settings;
    this.unit = unit;
    this.timers = timers;
    this.registry = registry;
    this.slots = slots;
    this.lifecycle = lifecycle;
    this.messageIds = messageIds;
  }

  /** Gives the session of a new task its prompt. */
  void prompt(LiveTask live) {
    give(live, Message.of(MessagePurpose.PROMPT, live.record().spec().prompt()));
  }

  // --- what comes after it

  /** Why a live task cannot be told anything now; null if it can. */
  public @Nullable SendStatus refusal(LiveTask live) {
    if (live.status() == TaskStatus.CANCELLING) {
      return SendStatus.TASK_STOPPING;
    }
    return live.queue().size() >= MessageQueue.MAX_WAITING ? SendStatus.TOO_MANY : null;
  }

  /** Tells a live task something, as soon as that is possible. */
  public void send(LiveTask live, Message message) {
    live.queue().addLast(message);
    unit.markDirty(live);
    registry.weigh(live);
    advance(live);
    if (!live.status().active() || live.lastMessageOpen()) {
      unit.completed(live, message, SendStatus.KEPT, null);
    }
  }

  /**
   * Has a task go on with another model, if one is left for it.
   *
   * @param interrupt whether it may still be at work with the present one
   * @param unprompted whether its prompt has never reached its session
   */
  public boolean fallBack(LiveTask live, boolean interrupt, boolean unprompted) {
    String text = unprompted ? live.record().spec().prompt() : Instructions.FALLBACK;
    return fallBack(live, interrupt, text);
  }

  private boolean fallBack(LiveTask live, boolean interrupt, String text) {
    ParentSession own = registry.parent(live.session());
    if (!interrupt && own != null && own.beingWoken()) {
      // It works by that, under the model that it has. What it says then counts. One that may be
      // at work yet would only hear of it once it is done with what it does now.
      return true;
    }
    List<ModelRef> models = settings.models().fallbacks(live.record().spec().agent());
    while (live.queue().fallbacksUsed() < models.size()) {
      ModelRef next = models.get(live.queue().nextFallback());
      unit.markDirty(live);
      if (!next.equals(live.record().model())) {
        live.queue().addFirst(Message.fallback(text, interrupt, next));
        registry.weigh(live);
        lifecycle.moveActive(live, TaskStatus.RUNNING);
        advance(live);
        return true;
      }
    }
    return false;
  }

  /**
   * Has an agent go on that has stopped in the middle, if that is set and it has not been told so
   * too often; tells whether it has.
   */
  public boolean goOn(LiveTask live) {
    if (settings.sessions().onRestart() != OnRestart.RESUME
        || live.activity().goOn() >= MAX_CONTINUATIONS) {
      return false;
    }
    send(live, Message.of(MessagePurpose.CONTINUATION, Instructions.CONTINUATION));
    return true;
  }

  /** Goes on with the next message, if it is time for it. */
  public void advance(LiveTask live) {
    if (!live.beingTold() || !live.status().active()) {
      return;
    }
    MessageQueue queue = live.queue();
    Message next = queue.next();
    if (next == null || queue.phase() != MessagePhase.IDLE) {
      return;
    }
    if (next.isToInterrupt()) {
      queue.interrupt(unit.now());
      live.probe().startAnew();
      unit.effect(new Effect.Abort(live.record().id(), live.session()));
      return;
    }
    if (next.model() != null && !next.model().equals(live.record().model())) {
      live.update(live.record().withModel(next.model()));
      unit.markDirty(live);
      slots.reassign(live);
    }
    if (live.isHeld() || slots.has(live)) {
      queue.takeNext();
      giveOrKeep(live, next);
      unit.markDirty(live);
      registry.weigh(live);
    } else {
      slots.reacquire(live, SlotUse.MESSAGE);
    }
  }

  /** The agent has stopped, or will not, for what it is to be told. */
  public void interrupted(LiveTask live, boolean stopped) {
    MessageQueue queue = live.queue();
    queue.rest();
    Message next = queue.next();
    if (next != null) {
      next.interrupted(stopped);
    }
    advance(live);
  }

  /** A task has to wait before it is told anything: what calls have sent is kept. */
  public void keep(LiveTask live) {
    live.queue().waiting().forEach(message -> unit.completed(live, message, SendStatus.KEPT, null));
  }

  private void giveOrKeep(LiveTask live, Message message) {
    try {
      give(live, message);
    } catch (Throwable defect) {
      // It must not get lost: it is given when that works again.
      live.queue().addFirst(message);
      timers.at(unit.now() + FIRST_RETRY_MILLIS, new TimedEvent.NextMessage(live));
      throw defect;
    }
  }

  private void give(LiveTask live, Message message) {
    MessageQueue queue = live.queue();
    boolean repeated = queue.last() == message && !superseded(live);
    // Asked for first: if there is none to be had, nothing has changed.
    String messageId = repeated ? null : messageIds.get();
    queue.send(message);
    if (messageId != null) {
      String before = live.record().promptId();
      lifecycle.telling(live, messageId);
      live.update(live.record().activated(live.session(), messageId));
      queue.sendAs(live.record().activation(), messageId, before);
      live.prompted(0);
      unit.markDirty(live);
    }
    unit.effect(new Effect.SendPrompt(live.record(), message.text()));
  }

  /** Whether something else than the last message has set the agent to work. */
  private static boolean superseded(LiveTask live) {
    return live.record().activation() != live.queue().sentAs();
  }

  /** Sends the last message again, which has got lost; tells whether it may be. */
  public boolean repeat(LiveTask live) {
    MessageQueue queue = live.queue();
    Message last = queue.last(live.record().spec().prompt());
    // A message that woke it is not sent again: that is for the notice's own delivery.
    if (last == null || queue.sending() || last.repeats() >= MAX_REPEATS || superseded(live)) {
      return false;
    }
    last.countRepeat();
    queue.rest();
    if (!queue.repeats()) {
      queue.addFirst(last);
    }
    unit.markDirty(live);
    registry.weigh(live);
    slots.release(live);
    advance(live);
    return true;
  }

  /**
   * Sends the last message again, unless that was done, to an agent that has it and has done
   * nothing about it: a host that was restarted may have it and not set to work by itself.
   */
  public boolean repeatUnanswered(LiveTask live) {
    Message last = live.queue().last(live.record().spec().prompt());
    if (last == null || last.repeats() > 0 || !repeat(live)) {
      return false;
    }
    last.markInSession();
    return true;
  }

  /**
   * The prompt of a task was being given when the process ended. Perhaps the host has it; if not,
   * the task's probe tells, and it is given again under the same id.
   */
  void resumePrompt(LiveTask live) {
    live.probe().restarted(unit.now());
    live.queue().rest();
    live.queue().send(Message.of(MessagePurpose.PROMPT, live.record().spec().prompt()));
    taken(live, false);
  }

  /**
   * A probe was made of a session of which it was open whether it had got the last message.
   *
   * @param missing whether that is not in it
   */
  public void probed(LiveTask live, boolean missing) {
    if (live.lastMessageOpen() && (!missing || superseded(live))) {
      passLast(live);
    }
  }

  /** Nothing is to be done about the last message any more. */
  private void passLast(LiveTask live) {
    MessageQueue queue = live.queue();
    queue.rest();
    if (queue.repeats()) {
      // It was to be sent again when the process ended.
      queue.takeNext();
      unit.markDirty(live);
      registry.weigh(live);
    }
    advance(live);
  }

  /**
   * The last message has got lost, and is not sent again.
   *
   * @return whether there is another to go on with
   */
  public boolean giveUpLast(LiveTask live) {
    MessageQueue queue = live.queue();
    int others = queue.size() - (queue.repeats() ? 1 : 0);
    if (!live.lastMessageOpen() || others == 0) {
      return false;
    }
    passLast(live);
    return true;
  }

  // --- what comes of it

  void taken(LiveTask live, boolean certain) {
    MessageQueue queue = live.queue();
    Message message = queue.last();
    boolean superseded = superseded(live);
    if (certain || superseded) {
      queue.rest();
    } else {
      queue.doubt();
      keep(live);
    }
    if (!superseded) {
      live.probe().accepted(unit.now());
      queue.taken();
    }
    if (live.status() == TaskStatus.CANCELLING) {
      unit.effect(new Effect.Abort(live.record().id(), live.session()));
      return;
    }
    if (superseded) {
      becameOfSuperseded(live, certain ? SendStatus.DELIVERED : SendStatus.UNDER_WAY, null);
      return;
    }
    lifecycle.onStarted(live);
    if (message != null) {
      SendStatus delivered = message.stopped() ? SendStatus.INTERRUPTED : SendStatus.DELIVERED;
      unit.completed(live, message, certain ? delivered : SendStatus.UNDER_WAY, null);
    }
    unit.signal(new Signal.MessageTaken(live, certain));
    advance(live);
  }

  private void becameOfSuperseded(LiveTask live, SendStatus how, @Nullable String detail) {
    lifecycle.onStarted(live);
    Message message = live.queue().last();
    if (message != null) {
      unit.completed(live, message, how, detail);
    }
    advance(live);
  }

  void failed(LiveTask live, Code code, String text) {
    Message message = live.queue().last();
    if (message == null || !live.queue().sending()) {
      return;
    }
    if (superseded(live) && code != Code.NOT_FOUND) {
      live.queue().rest();
      boolean certain = code != Code.UNCERTAIN;
      becameOfSuperseded(live, certain ? SendStatus.NOT_DELIVERED : SendStatus.UNDER_WAY, text);
      return;
    }
    boolean stopping = live.status() == TaskStatus.CANCELLING;
    if (code == Code.UNCERTAIN || message.repeats() > 0) {
      taken(live, false);
    } else if (code == Code.NOT_FOUND && message.purpose() != MessagePurpose.PROMPT) {
      live.queue().rest();
      lifecycle.onSessionDeleted(live);
    } else if (stopping) {
      live.queue().rest();
      stoppedInstead(live, message);
    } else if (code == Code.UNAVAILABLE && message.failures() < settings.launches().retries()) {
      tryAgain(live, message.countFailure(), new TimedEvent.MessageRetry(live));
    } else {
      live.queue().rest();
      if (message.purpose() == MessagePurpose.CONTINUATION && code == Code.UNAVAILABLE) {
        // It may be told so again; what a host refuses for good counts, for else it would for ever.
        live.activity().takeBackGoOn();
      }
      givenUp(live, message, text);
    }
  }

  private void stoppedInstead(LiveTask live, Message message) {
    if (message.purpose() == MessagePurpose.PROMPT) {
      lifecycle.endUnstarted(live);
    } else {
      takeBack(live);
      unit.effect(new Effect.Abort(live.record().id(), live.session()));
    }
  }

  private void givenUp(LiveTask live, Message message, String text) {
    switch (message.purpose()) {
      case PROMPT -> lifecycle.startFailed(live, text);
      case FALLBACK -> {
        takeBack(live);
        if (!fallBack(live, false, message.text())) {
          // It may still be at work with the model before.
          lifecycle.stop(live, new StopReason(Reason.SESSION_ERROR, text, null));
        }
      }
      case SENT, NUDGE, REPAIR, CONTINUATION -> {
        takeBack(live);
        unit.completed(live, message, SendStatus.NOT_DELIVERED, text);
        unit.signal(new Signal.MessageLost(live));
        advance(live);
      }
    }
  }

  private void takeBack(LiveTask live) {
    live.takeBack(unit.now());
    unit.markDirty(live);
  }

  private void tryAgain(LiveTask live, int failures, TimedEvent retry) {
    live.queue().retry(timers.at(unit.now() + (FIRST_RETRY_MILLIS << (failures - 1)), retry));
  }

  /** It is time to give the host the last message again. */
  public void retryLast(LiveTask live) {
    live.queue().retry(null);
    Message last = live.queue().last();
    if (last != null) {
      give(live, last);
    }
  }
}
