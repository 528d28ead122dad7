package dev.sideline.background.runtime;

import dev.sideline.api.Message;
import dev.sideline.background.ledger.Effect;
import dev.sideline.background.ledger.Finding;
import dev.sideline.background.ledger.Findings;
import dev.sideline.background.ledger.Input;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Looks at sessions, to see how far their tasks are. A few at a time. */
final class Inspections {

  /** Enough to find the last answer; more would only be carried about. */
  private static final int INSPECTED_MESSAGES = 20;

  /** How far back a prompt is looked for before an answer is taken for an answer to it. */
  private static final int MAX_INSPECTED_MESSAGES = 2_000;

  private static final int CONCURRENT = 16;

  private final GuardedSessionClient client;
  private final SharedStatuses statuses;
  private final Findings findings;
  private final Throttle throttle;
  private final Consumer<Input> mailbox;

  Inspections(
      GuardedSessionClient client,
      SharedStatuses statuses,
      Findings findings,
      Executor effects,
      Consumer<Input> mailbox) {
    this.client = client;
    this.statuses = statuses;
    this.findings = findings;
    this.throttle = new Throttle(CONCURRENT, effects);
    this.mailbox = mailbox;
  }

  void begin(Effect.Inspect inspect) {
    Calls.then(
        throttle.run(() -> look(inspect, INSPECTED_MESSAGES)),
        finding ->
            mailbox.accept(new Input.Inspected(inspect.task(), inspect.activation(), finding)),
        failure -> mailbox.accept(inspect.failed(failure.code(), Calls.messageOf(failure))));
  }

  /** The messages first: a status that is older than they are says nothing about them. */
  private CompletableFuture<Finding> look(Effect.Inspect inspect, int limit) {
    return client
        .messages(inspect.session(), limit)
        .thenCompose(messages -> judge(inspect, limit, messages));
  }

  private CompletableFuture<Finding> judge(
      Effect.Inspect inspect, int limit, List<Message> messages) {
    boolean complete = messages.size() < limit;
    String promptId = inspect.promptId();
    Finding finding = findings.judge(messages, complete, promptId, inspect.firstPromptId());
    // Either the prompt, or what was said, is further back; or the prompt is not there at all.
    boolean open = promptId == null ? finding.text().isEmpty() : !contains(messages, promptId);
    boolean furtherBack = open && !complete && limit < MAX_INSPECTED_MESSAGES;
    if (finding.kind().conclusive() && furtherBack) {
      return look(inspect, 10 * limit);
    }
    if (finding.kind().conclusive() && !inspect.withStatus()) {
      return CompletableFuture.completedFuture(finding);
    }
    return statuses
        .fetch()
        .thenCompose(
            now -> {
              boolean busy = now.containsKey(inspect.session());
              // An agent that is at work need not be understood.
              return furtherBack && !busy
                  ? look(inspect, 10 * limit)
                  : CompletableFuture.completedFuture(finding.withBusy(busy));
            });
  }

  private static boolean contains(List<Message> messages, String id) {
    return messages.stream().anyMatch(message -> message.id().equals(id));
  }
}
