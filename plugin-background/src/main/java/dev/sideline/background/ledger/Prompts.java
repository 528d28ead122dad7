package dev.sideline.background.ledger;

import dev.sideline.api.ModelRef;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.ledger.Answer.Sent.How;
import dev.sideline.background.ledger.Entry.Ending;
import dev.sideline.background.ledger.Outbox.Message;
import dev.sideline.background.ledger.Outbox.Purpose;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the sessions of tasks what they have to know: their prompt first, and whatever comes after
 * it, one message at a time. Creates the session, tries again what has failed for a passing reason,
 * and stops the agent before, where that is asked for.
 */
final class Prompts {

  static final long FIRST_RETRY_MILLIS = 1_000;
  private static final int MAX_REPEATS = 2;

  /** What has to be done about a session when it has been told something. */
  interface Listener {

    /** The host has taken a message, or perhaps has. */
    void prompted(Entry entry, boolean certain);

    /** What was seen before the last message counts again: it has not arrived. */
    void unprompted(Entry entry);

    /** The session turned out not to exist any more. */
    void gone(Entry entry);
  }

  private final Settings settings;
  private final Turn turn;
  private final Agenda agenda;
  private final Roster roster;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final Supplier<String> messageIds;
  private final Listener listener;

  Prompts(
      Settings settings,
      Turn turn,
      Agenda agenda,
      Roster roster,
      Slots slots,
      Lifecycle lifecycle,
      Supplier<String> messageIds,
      Listener listener) {
    this.settings = settings;
    this.turn = turn;
    this.agenda = agenda;
    this.roster = roster;
    this.slots = slots;
    this.lifecycle = lifecycle;
    this.messageIds = messageIds;
    this.listener = listener;
  }

  // --- the beginning

  /** A task has its slot. */
  void begin(Entry entry) {
    lifecycle.starting(entry);
    if (entry.task.session() == null) {
      turn.effect(new Effect.OpenSession(entry.task, false));
    } else {
      first(entry);
    }
  }

  void sessionOpened(Entry entry, String session) {
    if (session.equals(entry.task.session())) {
      // Told once more, by an answer that came late.
      return;
    }
    switch (entry.task.status()) {
      case STARTING -> {
        if (entry.task.session() == null) {
          cancelTry(entry);
          entry.task = entry.task.inSession(session);
          lifecycle.opened(entry, session);
          first(entry);
        } else {
          // Another try was faster.
          turn.effect(new Effect.DeleteSession(session));
        }
      }
      case CANCELLING -> {
        turn.effect(new Effect.DeleteSession(session));
        lifecycle.endStopped(entry);
      }
      default -> turn.effect(new Effect.DeleteSession(session));
    }
  }

  void openFailed(Entry entry, Code code, String message) {
    if (entry.task.session() != null) {
      return;
    }
    if (entry.task.status() == TaskStatus.CANCELLING) {
      lifecycle.endStopped(entry);
    } else if (entry.task.status() == TaskStatus.STARTING) {
      boolean passing = code == Code.UNAVAILABLE || code == Code.UNCERTAIN;
      if (passing && entry.openFailures < settings.launches().retries()) {
        entry.openFailures++;
        tryAgain(
            entry,
            entry.openFailures,
            () -> turn.effect(new Effect.OpenSession(entry.task, code == Code.UNCERTAIN)));
      } else {
        lifecycle.end(entry, Reason.LAUNCH_FAILED, message);
      }
    }
  }

  /** Nothing was heard of a start for longer than all its tries can take. */
  void startedInVain(Entry entry, String words) {
    if (entry.task.session() != null && entry.outbox().sending) {
      // It may be at work; looks will tell.
      promptFailed(entry, Code.UNCERTAIN, words);
    } else {
      lifecycle.deleteUnused(entry);
      lifecycle.end(entry, Reason.LAUNCH_FAILED, words);
    }
  }

  private void first(Entry entry) {
    Message prompt = new Message(Purpose.PROMPT, entry.task.assignment().prompt(), false, null);
    give(entry, prompt);
  }

  // --- what comes after it

  /** Has a live task told something, as soon as that is possible. */
  void send(Entry entry, Message message) {
    entry.outbox().addLast(message);
    roster.weigh(entry);
    advance(entry);
  }

  /**
   * Has a task go on with another model, if one is left for it.
   *
   * @param interrupt whether it may still be at work with the present one
   * @param unprompted whether its prompt has never reached its session
   */
  boolean fallBack(Entry entry, boolean interrupt, boolean unprompted) {
    String text = unprompted ? entry.task.assignment().prompt() : Instructions.FALLBACK;
    return fallBack(entry, interrupt, text);
  }

  private boolean fallBack(Entry entry, boolean interrupt, String text) {
    List<ModelRef> models = settings.models().fallbacks(entry.task.assignment().agent());
    while (entry.fallbacksUsed < models.size()) {
      ModelRef next = models.get(entry.fallbacksUsed++);
      if (!next.equals(entry.task.model())) {
        Message message = new Message(Purpose.FALLBACK, text, interrupt, null);
        message.model = next;
        entry.outbox().addFirst(message);
        roster.weigh(entry);
        lifecycle.moveActive(entry, TaskStatus.RUNNING);
        advance(entry);
        return true;
      }
    }
    return false;
  }

  /** Goes on with the next message, if it is time for it. */
  void advance(Entry entry) {
    if (!entry.beingTold() || !entry.task.status().active()) {
      return;
    }
    Outbox outbox = entry.outbox();
    Message next = outbox.next();
    if (next == null || outbox.sending || outbox.interrupting) {
      return;
    }
    if (next.interrupts && !next.hasInterrupted) {
      outbox.interrupting = true;
      outbox.interruptingSinceMillis = turn.now();
      entry.looks = 0;
      turn.effect(new Effect.Abort(entry.task.id(), entry.session()));
      return;
    }
    if (next.model != null && !next.model.equals(entry.task.model())) {
      entry.task = entry.task.withModel(next.model);
      turn.touch(entry);
      slots.reassign(entry);
    }
    if (entry.isHeld()) {
      giveNext(entry);
    } else if (!slots.askAgain(entry, () -> giveNext(entry))) {
      slots.grant();
      if (!entry.working) {
        entry.outbox().kept();
      }
    }
  }

  /** The agent has stopped, or will not, for what it is to be told. */
  void interrupted(Entry entry, boolean stopped) {
    Outbox outbox = entry.outbox();
    outbox.interrupting = false;
    Message next = outbox.next();
    if (next != null) {
      next.hasInterrupted = true;
      next.stopped = stopped;
    }
    advance(entry);
  }

  private void giveNext(Entry entry) {
    if (entry.task.status().active() && entry.beingTold() && !entry.outbox().sending) {
      Message next = entry.outbox().takeNext();
      if (next != null) {
        giveOrKeep(entry, next);
        roster.weigh(entry);
      }
    }
  }

  private void giveOrKeep(Entry entry, Message message) {
    try {
      give(entry, message);
    } catch (Throwable defect) {
      // It must not get lost: it is given when that works again.
      entry.outbox().addFirst(message);
      agenda.at(turn.now() + FIRST_RETRY_MILLIS, () -> advance(entry));
      throw defect;
    }
  }

  private void give(Entry entry, Message message) {
    Outbox outbox = entry.outbox();
    boolean repeated = outbox.last == message && !superseded(entry);
    // Asked for first: if there is none to be had, nothing has changed.
    String messageId = repeated ? null : messageIds.get();
    outbox.last = message;
    outbox.sending = true;
    if (messageId != null) {
      outbox.promptBefore = entry.task.promptId();
      if (message.purpose == Purpose.PROMPT) {
        entry.firstPromptId = messageId;
      }
      lifecycle.telling(entry, messageId);
      entry.task = entry.task.activated(entry.session(), messageId);
      outbox.sentAs = entry.task.activation();
      entry.prompted(0);
      turn.touch(entry);
    }
    turn.effect(new Effect.SendPrompt(entry.task, message.text));
  }

  /** Whether something else than the last message has set the agent to work. */
  private static boolean superseded(Entry entry) {
    return entry.task.activation() != entry.outbox().sentAs;
  }

  /** Sends the last message again, which has got lost; tells whether it may be. */
  boolean repeat(Entry entry) {
    Outbox outbox = entry.outbox();
    Message last = outbox.last;
    // A message that woke it is not sent again: that is for the notice's own delivery.
    if (last == null || outbox.sending || last.repeats >= MAX_REPEATS || superseded(entry)) {
      return false;
    }
    last.repeats++;
    outbox.addFirst(last);
    roster.weigh(entry);
    slots.giveBack(entry);
    advance(entry);
    return true;
  }

  // --- what comes of it

  void prompted(Entry entry, boolean certain) {
    Outbox outbox = entry.outbox();
    Message message = outbox.last;
    outbox.sending = false;
    boolean superseded = superseded(entry);
    if (!superseded) {
      entry.promptedMillis = turn.now();
      // How long it was idle before does not count.
      entry.idleSinceMillis = 0;
    }
    if (entry.task.status() == TaskStatus.CANCELLING) {
      turn.effect(new Effect.Abort(entry.task.id(), entry.session()));
      return;
    }
    if (superseded) {
      becameOfSuperseded(entry, certain ? How.DELIVERED : How.UNDER_WAY, null);
      return;
    }
    lifecycle.hasBegun(entry);
    if (message != null) {
      How delivered = message.stopped ? How.INTERRUPTED : How.DELIVERED;
      message.became(certain ? delivered : How.UNDER_WAY, null);
    }
    listener.prompted(entry, certain);
    advance(entry);
  }

  private void becameOfSuperseded(Entry entry, How how, @Nullable String detail) {
    lifecycle.hasBegun(entry);
    Message message = entry.outbox().last;
    if (message != null) {
      message.became(how, detail);
    }
    advance(entry);
  }

  void promptFailed(Entry entry, Code code, String text) {
    Message message = entry.outbox().last;
    if (message == null || !entry.outbox().sending) {
      return;
    }
    if (superseded(entry) && code != Code.NOT_FOUND) {
      entry.outbox().sending = false;
      boolean certain = code != Code.UNCERTAIN;
      becameOfSuperseded(entry, certain ? How.NOT_DELIVERED : How.UNDER_WAY, text);
      return;
    }
    boolean stopping = entry.task.status() == TaskStatus.CANCELLING;
    if (code == Code.UNCERTAIN || message.repeats > 0) {
      prompted(entry, false);
    } else if (code == Code.NOT_FOUND && message.purpose != Purpose.PROMPT) {
      entry.outbox().sending = false;
      listener.gone(entry);
    } else if (stopping) {
      entry.outbox().sending = false;
      stoppedInstead(entry, message);
    } else if (code == Code.UNAVAILABLE && message.failures < settings.launches().retries()) {
      message.failures++;
      tryAgain(entry, message.failures, () -> give(entry, message));
    } else {
      entry.outbox().sending = false;
      givenUp(entry, message, text);
    }
  }

  private void stoppedInstead(Entry entry, Message message) {
    if (message.purpose == Purpose.PROMPT) {
      lifecycle.deleteUnused(entry);
      lifecycle.endStopped(entry);
    } else {
      takeBack(entry);
      turn.effect(new Effect.Abort(entry.task.id(), entry.session()));
    }
  }

  private void givenUp(Entry entry, Message message, String text) {
    switch (message.purpose) {
      case PROMPT -> {
        lifecycle.deleteUnused(entry);
        lifecycle.end(entry, Reason.LAUNCH_FAILED, text);
      }
      case FALLBACK -> {
        takeBack(entry);
        if (!fallBack(entry, false, message.text)) {
          // It may still be at work with the model before.
          lifecycle.stop(entry, new Ending(Reason.SESSION_ERROR, text, null));
        }
      }
      case SENT, NUDGE, REPAIR -> {
        takeBack(entry);
        message.became(How.NOT_DELIVERED, text);
        listener.unprompted(entry);
        advance(entry);
      }
    }
  }

  private void takeBack(Entry entry) {
    entry.takeBack(entry.outbox(), turn.now());
    turn.touch(entry);
  }

  /** What was to be tried again has come of the try before, late. */
  private void cancelTry(Entry entry) {
    if (entry.nextTry != null) {
      agenda.cancel(entry.nextTry);
      entry.nextTry = null;
    }
  }

  private void tryAgain(Entry entry, int failures, Runnable what) {
    entry.nextTry =
        agenda.at(
            turn.now() + (FIRST_RETRY_MILLIS << (failures - 1)),
            () -> {
              entry.nextTry = null;
              what.run();
            });
  }
}
