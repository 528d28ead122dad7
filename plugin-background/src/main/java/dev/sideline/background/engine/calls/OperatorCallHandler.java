package dev.sideline.background.engine.calls;

import dev.sideline.background.engine.calls.WaitingCalls.Until;
import dev.sideline.background.engine.calls.WaitingCalls.Wait;
import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.model.Archive;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.Replier;
import dev.sideline.background.engine.model.Request;
import dev.sideline.background.engine.model.StopReason;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.OperatorView;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.engine.requests.Requests;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import java.util.List;

/**
 * The calls of whoever runs the host: about all tasks, whichever session has launched them. That it
 * may make them is for the host to see to.
 */
public final class OperatorCallHandler implements Input.OperatorCalls {

  /** No session has an empty id. */
  private static final String NO_SESSION = "";

  private final Settings.Sessions settings;
  private final UnitOfWork unit;
  private final OperatorViews views;
  private final Archive archive;
  private final WaitingCalls waitingCalls;
  private final Lifecycle lifecycle;
  private final Requests requests;

  public OperatorCallHandler(
      Settings settings,
      UnitOfWork unit,
      OperatorViews views,
      Archive archive,
      WaitingCalls waitingCalls,
      Lifecycle lifecycle,
      Requests requests) {
    this.settings = settings.sessions();
    this.unit = unit;
    this.views = views;
    this.archive = archive;
    this.waitingCalls = waitingCalls;
    this.lifecycle = lifecycle;
    this.requests = requests;
  }

  @Override
  public void take(Input.OperatorTasks call) {
    unit.reply(call.call(), new Answer.OperatorViews(views.all()));
  }

  @Override
  public void take(Input.OperatorTask call) {
    show(call.call(), call.id());
  }

  private void show(long call, TaskId id) {
    if (views.find(id) == null && views.lookups().areMissing(call, List.of(new Lookup.ById(id)))) {
      return;
    }
    OperatorView view = views.find(id);
    unit.reply(call, new Answer.OperatorViews(view == null ? List.of() : List.of(view)));
  }

  @Override
  public void take(Input.OperatorPurge purge) {
    unit.reply(purge.call(), new Answer.Cleared(archive.purge(purge.endedBeforeMillis()), 0));
  }

  @Override
  public void take(Input.OperatorCancel cancel) {
    LiveTask live = views.live(cancel.id());
    if (live == null) {
      show(cancel.call(), cancel.id());
      return;
    }
    lifecycle.stop(live, new StopReason(Reason.CANCELLED_BY_OPERATOR, cancel.reason(), null));
    waitingCalls.await(
        cancel.call(),
        List.of(live),
        new Wait(
            NO_SESSION,
            null,
            WaitMode.ALL,
            Until.SETTLED,
            unit.now(),
            unit.now() + settings.cancelGrace().toMillis()),
        new WaitedFor.CancelledByOperator(live));
  }

  @Override
  public void take(Input.OperatorAnswer answer) {
    for (LiveTask live : views.held()) {
      Request request = live.request(answer.requestId());
      if (request != null) {
        requests.answer(live, request, answer.reply(), new Replier(answer.call(), true));
        return;
      }
    }
    unit.reply(answer.call(), new Answer.OperatorAnswered(ReplyStatus.GONE, null));
  }
}
