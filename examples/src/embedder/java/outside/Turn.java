package outside;

import dev.sideline.api.CancelSource;
import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

/** An agent's work on one prompt. Runs on the host's thread, a step at a time. */
final class Turn {

  private final MemoryHost host;
  private final Conversation conversation;
  private final Iterator<Step> steps;
  private final CancelSource cancel = new CancelSource();

  /** What it writes just now; null before its first word. */
  private Message message;

  private PendingRequest request;
  private boolean over;

  Turn(MemoryHost host, Conversation conversation, List<Step> steps) {
    this.host = host;
    this.conversation = conversation;
    this.steps = steps.iterator();
  }

  void next() {
    if (over) {
      return;
    }
    if (!steps.hasNext()) {
      finish("stop");
      end();
      return;
    }
    Step step = steps.next();
    if (step instanceof Step.Think think) {
      later(think.time(), this::next);
    } else if (step instanceof Step.Say say) {
      say(say.text());
      next();
    } else if (step instanceof Step.Use use) {
      ToolUse used = begin(use.tool(), "{}");
      later(use.time(), () -> toolEnded(used, ToolUse.State.COMPLETED, "done"));
    } else if (step instanceof Step.Call call) {
      call(call);
    } else if (step instanceof Step.Await await) {
      await.signal().whenComplete((done, thrown) -> host.run(this::next));
    } else if (step instanceof Step.Ask ask) {
      ask(ask);
    } else if (step instanceof Step.Retry retry) {
      conversation.status(SessionStatus.retrying(1, retry.reason(), host.now().plus(retry.time())));
      later(
          retry.time(),
          () -> {
            conversation.status(SessionStatus.BUSY);
            next();
          });
    } else if (step instanceof Step.Fail fail) {
      fail(new Failure(fail.name(), fail.message()));
    }
  }

  /** Answers what the agent waits for. */
  void answer(Reply reply) {
    request = null;
    if (reply instanceof Reply.Reject reject) {
      say(reject.message() == null ? "rejected" : reject.message());
    } else if (reply instanceof Reply.Answer answer) {
      say(
          answer.answers().stream()
              .map(texts -> String.join(", ", texts))
              .collect(Collectors.joining("; ")));
    } else {
      say("allowed");
    }
    next();
  }

  /** Stops in the middle. */
  void abort() {
    if (!over) {
      cutOff(new Failure(Failure.ABORTED, "The session was stopped."));
      end();
    }
  }

  /** Stops without a word, as its session is no more. */
  void vanish() {
    over = true;
    withdraw();
    cancel.cancel();
  }

  private void fail(Failure failure) {
    cutOff(failure);
    host.tell(new SessionEvent.Failed(conversation.session().id(), failure));
    end();
  }

  private void cutOff(Failure failure) {
    withdraw();
    List<ToolUse> uses = new ArrayList<>();
    for (ToolUse use : message().toolUses()) {
      uses.add(use.state().ended() ? use : with(use, ToolUse.State.FAILED, "stopped"));
    }
    write(message().withToolUses(uses).withFailure(failure).withCompletedAt(host.now()));
  }

  private void end() {
    over = true;
    cancel.cancel();
    host.ended(conversation);
  }

  private void withdraw() {
    if (request != null) {
      host.withdraw(request);
      request = null;
    }
  }

  private void ask(Step.Ask ask) {
    request =
        new PendingRequest(
            host.newId("req"), conversation.session().id(), ask.kind(), ask.text(), ask.options());
    host.ask(request, this);
  }

  private void call(Step.Call call) {
    ToolUse used = begin(call.tool(), call.arguments());
    if (conversation.denies(call.tool())) {
      toolEnded(used, ToolUse.State.FAILED, "denied");
      return;
    }
    host.callTool(call, conversation.session().id(), message.id(), used.callId(), cancel.signal())
        .whenComplete((result, thrown) -> host.run(() -> called(used, result, thrown)));
  }

  private void called(ToolUse used, ToolResult result, Throwable thrown) {
    if (thrown != null || result.error()) {
      toolEnded(used, ToolUse.State.FAILED, thrown == null ? result.text() : thrown.toString());
    } else {
      toolEnded(used, ToolUse.State.COMPLETED, result.text());
    }
  }

  private ToolUse begin(String tool, String arguments) {
    ToolUse use = new ToolUse(host.newId("call"), tool, ToolUse.State.RUNNING, arguments, "");
    List<ToolUse> uses = new ArrayList<>(message().toolUses());
    uses.add(use);
    write(message().withToolUses(uses));
    tell(use);
    return use;
  }

  /** A message that uses a tool is over with it; what the agent says then is another one. */
  private void toolEnded(ToolUse use, ToolUse.State state, String result) {
    if (over) {
      return;
    }
    ToolUse ended = with(use, state, result);
    write(message().withToolUses(List.of(ended)));
    tell(ended);
    finish("tool-calls");
    message = null;
    next();
  }

  private void say(String text) {
    write(message().withText(message().text() + text));
    host.tell(new SessionEvent.PartUpdated(conversation.session().id(), message().id(), null));
  }

  private void finish(String why) {
    write(
        message()
            .withUsage(new Usage(100, 10, 0, 0, 0, 0.001))
            .withFinish(why)
            .withCompletedAt(host.now()));
  }

  private Message message() {
    if (message == null) {
      message =
          Message.ofAssistant(host.newMessageId(), host.now(), "").withAgent(conversation.agent());
    }
    return message;
  }

  private void write(Message now) {
    message = now;
    conversation.write(now);
  }

  private void tell(ToolUse use) {
    host.tell(
        new SessionEvent.PartUpdated(
            conversation.session().id(),
            message.id(),
            new ToolUse(use.callId(), use.tool(), use.state(), use.arguments(), "")));
  }

  private void later(Duration time, Runnable work) {
    host.after(
        time,
        () -> {
          if (!over) {
            work.run();
          }
        });
  }

  private static ToolUse with(ToolUse use, ToolUse.State state, String result) {
    return new ToolUse(use.callId(), use.tool(), state, use.arguments(), result);
  }
}
