package dev.sideline.background.engine.calls;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reply;
import dev.sideline.background.engine.messaging.MessageSender;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.MessageQueue.Message;
import dev.sideline.background.engine.model.Replier;
import dev.sideline.background.engine.model.Request;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Answer.Sent;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.requests.Requests;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.Permissions;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The calls that tell a task something: a message, or the answer to what it asks. */
public final class SendHandler {

  private final Settings settings;
  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final TaskResolver resolver;
  private final MessageSender messages;
  private final Requests requests;

  public SendHandler(
      Settings settings,
      UnitOfWork unit,
      TaskRegistry registry,
      TaskResolver resolver,
      MessageSender messages,
      Requests requests) {
    this.settings = settings;
    this.unit = unit;
    this.registry = registry;
    this.resolver = resolver;
    this.messages = messages;
    this.requests = requests;
  }

  // --- messages

  void send(Input.Send send) {
    Set<TaskId> ids = resolver.resolve(send.call(), send.caller(), List.of(send.ref()));
    if (ids == null) {
      return;
    }
    TaskId id = ids.iterator().next();
    LiveTask live = registry.byId(id);
    if (live == null || live.status().terminal()) {
      resolver
          .views(List.of(id))
          .forEach(view -> unit.reply(send.call(), new Sent(view, SendStatus.TASK_OVER, null)));
      return;
    }
    SendStatus refusal = messages.refusal(live);
    if (refusal != null) {
      sent(send.call(), live, refusal, null);
    } else {
      messages.send(live, Message.sent(send.message(), send.interrupt(), send.call()));
    }
  }

  /** It is known what became of a message. */
  public void completed(Signal.SendCompleted sent) {
    sent(sent.call(), sent.live(), sent.status(), sent.detail());
  }

  private void sent(long call, LiveTask live, SendStatus status, @Nullable String detail) {
    unit.reply(call, new Sent(resolver.view(live), status, detail));
  }

  // --- answers to requests

  void answerRequest(Input.AnswerRequest answer) {
    LiveTask live = null;
    Request request = null;
    List<PendingRequest> open = new ArrayList<>();
    if (answer.ref() != null) {
      Set<TaskId> ids = resolver.resolve(answer.call(), answer.caller(), List.of(answer.ref()));
      if (ids == null) {
        return;
      }
      live = registry.byId(ids.iterator().next());
      request = live == null ? null : live.request(answer.requestId());
    } else {
      for (LiveTask asking : registry.entriesOfTree(answer.caller())) {
        for (Request asked : asking.requests()) {
          open.add(asked.asked());
          if (asked.id().equals(answer.requestId())) {
            live = asking;
            request = asked;
          }
        }
      }
    }
    if (live == null || request == null) {
      List<PendingRequest> known =
          live == null ? open : live.requests().stream().map(asked -> asked.asked()).toList();
      unit.reply(answer.call(), new Answer.UnknownRequest(answer.requestId(), known));
    } else if (isForAPerson(answer.reply(), request)) {
      unit.reply(answer.call(), new Answer.PersonDecides(resolver.view(live), answer.requestId()));
    } else {
      requests.answer(live, request, answer.reply(), new Replier(answer.call(), false));
    }
  }

  /**
   * A caller is a model: what it may give is what the operator lets it give, and never for good.
   */
  private boolean isForAPerson(Reply reply, Request request) {
    return request.asked().kind() == PendingRequest.Kind.PERMISSION
        && (reply instanceof Reply.AllowAlways
            || (reply instanceof Reply.Allow
                && settings.rights().permissions() == Permissions.PERSON));
  }

  /** It is known what became of an answer to a request. */
  public void completed(Signal.ReplyCompleted replied) {
    ReplyStatus status = replied.status();
    unit.reply(
        replied.replier().call(),
        replied.replier().operator()
            ? new Answer.OperatorAnswered(status, replied.detail())
            : new Answer.RequestAnswered(
                resolver.view(replied.live()), replied.requestId(), status, replied.detail()));
  }
}
