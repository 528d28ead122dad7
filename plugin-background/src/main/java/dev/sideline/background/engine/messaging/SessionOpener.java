package dev.sideline.background.engine.messaging;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.model.Archive;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.TimedEvent;
import dev.sideline.background.engine.model.Timers;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.TaskStatus;

/**
 * Starts tasks: creates the session of each, tries that again where it has failed for a passing
 * reason, and has it prompted.
 */
public final class SessionOpener implements Input.SessionAnswers {

  private final Settings.Launches settings;
  private final UnitOfWork unit;
  private final Timers timers;
  private final TaskRegistry registry;
  private final Archive archive;
  private final Lifecycle lifecycle;
  private final MessageSender messages;

  public SessionOpener(
      Settings settings,
      UnitOfWork unit,
      Timers timers,
      TaskRegistry registry,
      Archive archive,
      Lifecycle lifecycle,
      MessageSender messages) {
    this.settings = settings.launches();
    this.unit = unit;
    this.timers = timers;
    this.registry = registry;
    this.archive = archive;
    this.lifecycle = lifecycle;
    this.messages = messages;
  }

  /** A task has its slot. */
  public void begin(LiveTask live) {
    lifecycle.starting(live);
    if (live.record().session() == null) {
      unit.effect(new Effect.OpenSession(live.record(), false));
    } else {
      messages.prompt(live);
    }
    unit.signal(new Signal.DeadlineSet(live));
  }

  @Override
  public void take(Input.SessionOpened opened) {
    LiveTask live = registry.byId(opened.task());
    if (live != null) {
      opened(live, opened.session());
    } else if (!archive.usedSession(opened.task(), opened.session())) {
      // Its task was given up meanwhile.
      unit.effect(new Effect.DeleteSession(opened.session()));
    }
  }

  private void opened(LiveTask live, String session) {
    if (session.equals(live.record().session())) {
      // Told once more, by an answer that came late.
      return;
    }
    switch (live.status()) {
      case STARTING -> {
        if (live.record().session() == null) {
          // It may come of a try before the one that is planned.
          timers.cancel(live.queue().retry());
          live.queue().retry(null);
          live.update(live.record().inSession(session));
          lifecycle.opened(live, session);
          messages.prompt(live);
        } else {
          // Another try was faster.
          unit.effect(new Effect.DeleteSession(session));
        }
      }
      case CANCELLING -> {
        unit.effect(new Effect.DeleteSession(session));
        lifecycle.endStopped(live);
      }
      default -> unit.effect(new Effect.DeleteSession(session));
    }
  }

  @Override
  public void take(Input.OpenFailed failed) {
    LiveTask live = registry.byId(failed.task());
    if (live == null || live.record().session() != null) {
      return;
    }
    Code code = failed.code();
    if (live.status() == TaskStatus.CANCELLING) {
      lifecycle.endStopped(live);
    } else if (live.status() == TaskStatus.STARTING) {
      boolean passing = code == Code.UNAVAILABLE || code == Code.UNCERTAIN;
      if (passing && live.queue().openFailures() < settings.retries()) {
        int failures = live.queue().countOpenFailure();
        if (code == Code.UNCERTAIN) {
          live.queue().doubtOpened();
        }
        unit.markDirty(live);
        live.queue()
            .retry(
                timers.at(
                    unit.now() + (MessageSender.FIRST_RETRY_MILLIS << (failures - 1)),
                    new TimedEvent.OpenRetry(live)));
      } else {
        lifecycle.startFailed(live, failed.message());
      }
    }
  }

  /** It is time to create the session of a task again. */
  public void retry(LiveTask live) {
    live.queue().retry(null);
    unit.effect(new Effect.OpenSession(live.record(), live.queue().perhapsOpened()));
  }

  /**
   * Goes on with the start of a task after a restart. What was asked for before may be on its way
   * to the host; so it is looked for before it is asked for again, and not at once.
   */
  public void resume(LiveTask live) {
    if (live.record().session() == null) {
      live.queue().doubtOpened();
      live.queue()
          .retry(
              timers.at(unit.now() + Timers.AFTER_RESTART_MILLIS, new TimedEvent.OpenRetry(live)));
    } else if (live.record().promptId() == null) {
      messages.prompt(live);
    } else {
      messages.resumePrompt(live);
    }
  }

  /** Nothing was heard of a start for longer than all its tries can take. */
  public void startedInVain(LiveTask live, String words) {
    if (live.record().session() != null && live.queue().sending()) {
      // It may be at work; probes will tell.
      messages.failed(live, Code.UNCERTAIN, words);
    } else {
      lifecycle.startFailed(live, words);
    }
  }

  // --- prompts and messages

  @Override
  public void take(Input.Prompted prompted) {
    LiveTask live = registry.byId(prompted.task());
    if (live != null && live.awaitsPromptOf(prompted.activation())) {
      messages.taken(live, true);
    }
  }

  @Override
  public void take(Input.PromptFailed failed) {
    LiveTask live = registry.byId(failed.task());
    if (live != null && live.awaitsPromptOf(failed.activation())) {
      messages.failed(live, failed.code(), failed.message());
    }
  }
}
