package dev.sideline.background.engine;

import dev.sideline.api.ModelRef;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.Answer.SendStatus;
import dev.sideline.background.engine.LiveTask.Ending;
import dev.sideline.background.engine.MessageQueue.Message;
import dev.sideline.background.engine.MessageQueue.Purpose;
import dev.sideline.background.settings.Settings;
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
final class MessageSender {

  static final long FIRST_RETRY_MILLIS = 1_000;
  private static final int MAX_REPEATS = 2;

  private final Settings settings;
  private final UnitOfWork unit;
  private final Timers timers;
  private final TaskRegistry registry;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final Supplier<String> messageIds;

  MessageSender(
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
    give(live, new Message(Purpose.PROMPT, live.task.spec().prompt(), false, 0));
  }

  // --- what comes after it

  /** Why a live task cannot be told anything now; null if it can. */
  @Nullable SendStatus refusal(LiveTask live) {
    if (live.task.status() == TaskStatus.CANCELLING) {
      return SendStatus.TASK_STOPPING;
    }
    return live.queue().size() >= MessageQueue.MAX_WAITING ? SendStatus.TOO_MANY : null;
  }

  /** Tells a live task something, as soon as that is possible. */
  void send(LiveTask live, Message message) {
    live.queue().addLast(message);
    registry.weigh(live);
    advance(live);
    if (!live.task.status().active()) {
      message.complete(unit, live, SendStatus.KEPT, null);
    }
  }

  /**
   * Has a task go on with another model, if one is left for it.
   *
   * @param interrupt whether it may still be at work with the present one
   * @param unprompted whether its prompt has never reached its session
   */
  boolean fallBack(LiveTask live, boolean interrupt, boolean unprompted) {
    String text = unprompted ? live.task.spec().prompt() : Instructions.FALLBACK;
    return fallBack(live, interrupt, text);
  }

  private boolean fallBack(LiveTask live, boolean interrupt, String text) {
    List<ModelRef> models = settings.models().fallbacks(live.task.spec().agent());
    while (live.fallbacksUsed < models.size()) {
      ModelRef next = models.get(live.fallbacksUsed++);
      if (!next.equals(live.task.model())) {
        Message message = new Message(Purpose.FALLBACK, text, interrupt, 0);
        message.model = next;
        live.queue().addFirst(message);
        registry.weigh(live);
        lifecycle.moveActive(live, TaskStatus.RUNNING);
        advance(live);
        return true;
      }
    }
    return false;
  }

  /** Goes on with the next message, if it is time for it. */
  void advance(LiveTask live) {
    if (!live.beingTold() || !live.task.status().active()) {
      return;
    }
    MessageQueue queue = live.queue();
    Message next = queue.next();
    if (next == null || queue.sending || queue.interrupting) {
      return;
    }
    if (next.interrupts && !next.hasInterrupted) {
      queue.interrupting = true;
      queue.interruptingSinceMillis = unit.now();
      live.inconclusiveProbes = 0;
      unit.effect(new Effect.Abort(live.task.id(), live.session()));
      return;
    }
    if (next.model != null && !next.model.equals(live.task.model())) {
      live.task = live.task.withModel(next.model);
      unit.markDirty(live);
      slots.reassign(live);
    }
    if (live.isHeld() || live.working) {
      giveNext(live);
    } else {
      slots.reacquire(live, SlotUse.MESSAGE);
    }
  }

  /** The agent has stopped, or will not, for what it is to be told. */
  void interrupted(LiveTask live, boolean stopped) {
    MessageQueue queue = live.queue();
    queue.interrupting = false;
    Message next = queue.next();
    if (next != null) {
      next.hasInterrupted = true;
      next.stopped = stopped;
    }
    advance(live);
  }

  /** A task has to wait for a slot before it is told anything: what calls have sent is kept. */
  void keep(LiveTask live) {
    live.queue().keep(unit, live);
  }

  /** Gives the next message, if there is one and it may be given. */
  void giveNext(LiveTask live) {
    if (live.task.status().active() && live.beingTold() && !live.queue().sending) {
      Message next = live.queue().takeNext();
      if (next != null) {
        giveOrKeep(live, next);
        registry.weigh(live);
      }
    }
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
    boolean repeated = queue.last == message && !superseded(live);
    // Asked for first: if there is none to be had, nothing has changed.
    String messageId = repeated ? null : messageIds.get();
    queue.last = message;
    queue.sending = true;
    if (messageId != null) {
      queue.promptBefore = live.task.promptId();
      if (message.purpose == Purpose.PROMPT) {
        live.firstPromptId = messageId;
      }
      lifecycle.telling(live, messageId);
      live.task = live.task.activated(live.session(), messageId);
      queue.sentAs = live.task.activation();
      live.prompted(0);
      unit.markDirty(live);
    }
    unit.effect(new Effect.SendPrompt(live.task, message.text));
  }

  /** Whether something else than the last message has set the agent to work. */
  private static boolean superseded(LiveTask live) {
    return live.task.activation() != live.queue().sentAs;
  }

  /** Sends the last message again, which has got lost; tells whether it may be. */
  boolean repeat(LiveTask live) {
    MessageQueue queue = live.queue();
    Message last = queue.last;
    // A message that woke it is not sent again: that is for the notice's own delivery.
    if (last == null || queue.sending || last.repeats >= MAX_REPEATS || superseded(live)) {
      return false;
    }
    last.repeats++;
    queue.addFirst(last);
    registry.weigh(live);
    slots.release(live);
    advance(live);
    return true;
  }

  // --- what comes of it

  void taken(LiveTask live, boolean certain) {
    MessageQueue queue = live.queue();
    Message message = queue.last;
    queue.sending = false;
    boolean superseded = superseded(live);
    if (!superseded) {
      live.promptedMillis = unit.now();
      // How long it was idle before does not count.
      live.idleSinceMillis = 0;
    }
    if (live.task.status() == TaskStatus.CANCELLING) {
      unit.effect(new Effect.Abort(live.task.id(), live.session()));
      return;
    }
    if (superseded) {
      becameOfSuperseded(live, certain ? SendStatus.DELIVERED : SendStatus.UNDER_WAY, null);
      return;
    }
    lifecycle.onStarted(live);
    if (message != null) {
      SendStatus delivered = message.stopped ? SendStatus.INTERRUPTED : SendStatus.DELIVERED;
      message.complete(unit, live, certain ? delivered : SendStatus.UNDER_WAY, null);
    }
    unit.signal(new Signal.MessageTaken(live, certain));
    advance(live);
  }

  private void becameOfSuperseded(LiveTask live, SendStatus how, @Nullable String detail) {
    lifecycle.onStarted(live);
    Message message = live.queue().last;
    if (message != null) {
      message.complete(unit, live, how, detail);
    }
    advance(live);
  }

  void failed(LiveTask live, Code code, String text) {
    Message message = live.queue().last;
    if (message == null || !live.queue().sending) {
      return;
    }
    if (superseded(live) && code != Code.NOT_FOUND) {
      live.queue().sending = false;
      boolean certain = code != Code.UNCERTAIN;
      becameOfSuperseded(live, certain ? SendStatus.NOT_DELIVERED : SendStatus.UNDER_WAY, text);
      return;
    }
    boolean stopping = live.task.status() == TaskStatus.CANCELLING;
    if (code == Code.UNCERTAIN || message.repeats > 0) {
      taken(live, false);
    } else if (code == Code.NOT_FOUND && message.purpose != Purpose.PROMPT) {
      live.queue().sending = false;
      lifecycle.onSessionDeleted(live);
    } else if (stopping) {
      live.queue().sending = false;
      stoppedInstead(live, message);
    } else if (code == Code.UNAVAILABLE && message.failures < settings.launches().retries()) {
      message.failures++;
      tryAgain(live, message.failures, new TimedEvent.MessageRetry(live));
    } else {
      live.queue().sending = false;
      givenUp(live, message, text);
    }
  }

  private void stoppedInstead(LiveTask live, Message message) {
    if (message.purpose == Purpose.PROMPT) {
      lifecycle.endUnstarted(live);
    } else {
      takeBack(live);
      unit.effect(new Effect.Abort(live.task.id(), live.session()));
    }
  }

  private void givenUp(LiveTask live, Message message, String text) {
    switch (message.purpose) {
      case PROMPT -> lifecycle.startFailed(live, text);
      case FALLBACK -> {
        takeBack(live);
        if (!fallBack(live, false, message.text)) {
          // It may still be at work with the model before.
          lifecycle.stop(live, new Ending(Reason.SESSION_ERROR, text, null));
        }
      }
      case SENT, NUDGE, REPAIR -> {
        takeBack(live);
        message.complete(unit, live, SendStatus.NOT_DELIVERED, text);
        unit.signal(new Signal.MessageLost(live));
        advance(live);
      }
    }
  }

  private void takeBack(LiveTask live) {
    live.takeBack(live.queue(), unit.now());
    unit.markDirty(live);
  }

  private void tryAgain(LiveTask live, int failures, TimedEvent retry) {
    live.nextTry = timers.at(unit.now() + (FIRST_RETRY_MILLIS << (failures - 1)), retry);
  }

  /** It is time to give the host the last message again. */
  void retryLast(LiveTask live) {
    live.nextTry = null;
    Message last = live.queue().last;
    if (last != null) {
      give(live, last);
    }
  }
}
