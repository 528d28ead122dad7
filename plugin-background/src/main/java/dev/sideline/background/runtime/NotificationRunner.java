package dev.sideline.background.runtime;

import dev.sideline.api.Message;
import dev.sideline.api.Message.Role;
import dev.sideline.api.ModelRef;
import dev.sideline.api.Prompt;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.task.Notice;
import dev.sideline.background.text.Deciders;
import dev.sideline.background.text.NoticeText;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends notices, and looks whether they have arrived. A few at a time. */
final class NotificationRunner {

  private static final Logger LOG = LoggerFactory.getLogger(NotificationRunner.class);

  /** How far back the parent's agent and model are looked for. */
  private static final int PARENT_MESSAGES = 30;

  /** How far back a notice is looked for, of which it is not known whether it has arrived. */
  private static final int PROBED_MESSAGES = 300;

  private static final int CONCURRENT = 16;

  private final GuardedSessionClient client;
  private final SharedStatuses statuses;
  private final Deciders deciders;
  private final ConcurrencyLimiter limiter;
  private final Consumer<Input> mailbox;

  NotificationRunner(
      GuardedSessionClient client,
      SharedStatuses statuses,
      Deciders deciders,
      Executor effects,
      Consumer<Input> mailbox) {
    this.client = client;
    this.statuses = statuses;
    this.deciders = deciders;
    this.limiter = new ConcurrencyLimiter(CONCURRENT, effects);
    this.mailbox = mailbox;
  }

  /** Sends a notice, unless its parent is at work and may finish that first. */
  void send(Effect.SendNotice send) {
    if (send.evenIfBusy()) {
      deliver(send);
      return;
    }
    Notice notice = send.notice();
    Calls.then(
        statuses.fetch(),
        now -> {
          if (now.containsKey(notice.parent())) {
            mailbox.accept(new Input.ParentBusy(notice.parent(), notice.messageId()));
          } else {
            deliver(send);
          }
        },
        // Nothing was sent.
        failure -> failed(send, Code.UNAVAILABLE, failure));
  }

  /** With the agent and model that the parent is using now, or it would be switched to others. */
  private void deliver(Effect.SendNotice send) {
    Notice notice = send.notice();
    Calls.then(
        limiter.run(
            () ->
                parentMessages(send)
                    .thenCompose(messages -> client.prompt(prompt(notice, messages)))),
        ok -> mailbox.accept(new Input.NoticeArrived(notice.parent(), notice.messageId())),
        failure -> failed(send, failure.code(), failure));
  }

  private CompletableFuture<List<Message>> parentMessages(Effect.SendNotice send) {
    return send.plain()
        ? CompletableFuture.completedFuture(List.of())
        : client.messages(send.notice().parent(), PARENT_MESSAGES);
  }

  private Prompt prompt(Notice notice, List<Message> parentMessages) {
    String agent = null;
    ModelRef model = null;
    for (Message message : parentMessages) {
      if (message.role() == Role.USER) {
        agent = message.agent();
        model = message.model();
        break;
      }
    }
    Prompt prompt =
        Prompt.of(notice.parent(), notice.messageId(), NoticeText.of(notice, deciders))
            .withAgent(agent)
            .withModel(model);
    return notice.wake() ? prompt : prompt.withoutWaking();
  }

  /** Looks whether a notice has arrived. */
  void probe(Effect.ProbeNotice probe) {
    Notice notice = probe.notice();
    Calls.then(
        limiter.run(() -> client.messages(notice.parent(), PROBED_MESSAGES)),
        messages -> {
          boolean arrived =
              messages.stream().anyMatch(message -> message.id().equals(notice.messageId()));
          mailbox.accept(
              arrived
                  ? new Input.NoticeArrived(notice.parent(), notice.messageId())
                  : new Input.NoticeMissing(notice.parent(), notice.messageId()));
        },
        failure -> failed(probe, failure.code(), failure));
  }

  private void failed(Effect effect, Code code, SessionException failure) {
    Input told = effect.failed(code, Calls.messageOf(failure));
    if (told != null) {
      mailbox.accept(told);
    }
    LOG.debug("A notice did not get through", failure);
  }
}
