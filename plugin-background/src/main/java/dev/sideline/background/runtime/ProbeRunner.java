package dev.sideline.background.runtime;

import dev.sideline.api.Message;
import dev.sideline.background.engine.probe.ProbeClassifier;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Probes sessions, to see how far their tasks are. A few at a time. */
final class ProbeRunner {

  /** Enough to find the last answer; more would only be carried about. */
  private static final int INSPECTED_MESSAGES = 20;

  /** How far back a prompt is looked for before an answer is taken for an answer to it. */
  private static final int MAX_INSPECTED_MESSAGES = 2_000;

  private static final int CONCURRENT = 16;

  private final GuardedSessionClient client;
  private final SharedStatuses statuses;
  private final ProbeClassifier classifier;
  private final ConcurrencyLimiter limiter;
  private final Consumer<Input> mailbox;

  ProbeRunner(
      GuardedSessionClient client,
      SharedStatuses statuses,
      ProbeClassifier classifier,
      Executor effects,
      Consumer<Input> mailbox) {
    this.client = client;
    this.statuses = statuses;
    this.classifier = classifier;
    this.limiter = new ConcurrencyLimiter(CONCURRENT, effects);
    this.mailbox = mailbox;
  }

  void begin(Effect.Probe probe) {
    Calls.then(
        limiter.run(() -> look(probe, INSPECTED_MESSAGES)),
        result -> mailbox.accept(new Input.Probed(probe.task(), probe.activation(), result)),
        failure -> mailbox.accept(probe.failed(failure.code(), Calls.messageOf(failure))));
  }

  /** The messages first: a status that is older than they are says nothing about them. */
  private CompletableFuture<ProbeResult> look(Effect.Probe probe, int limit) {
    return client
        .messages(probe.session(), limit)
        .thenCompose(messages -> judge(probe, limit, messages));
  }

  private CompletableFuture<ProbeResult> judge(
      Effect.Probe probe, int limit, List<Message> messages) {
    boolean complete = messages.size() < limit;
    String promptId = probe.promptId();
    ProbeResult result = classifier.judge(messages, complete, promptId, probe.firstPromptId());
    // Either the prompt, or what was said, is further back; or the prompt is not there at all.
    boolean open = promptId == null ? result.text().isEmpty() : !contains(messages, promptId);
    boolean furtherBack = open && !complete && limit < MAX_INSPECTED_MESSAGES;
    if (result.kind().conclusive() && furtherBack) {
      return look(probe, 10 * limit);
    }
    if (result.kind().conclusive() && !probe.withStatus()) {
      return CompletableFuture.completedFuture(result);
    }
    return statuses
        .fetch()
        .thenCompose(
            now -> {
              boolean busy = now.containsKey(probe.session());
              // An agent that is at work need not be understood.
              return furtherBack && (!busy || probe.promptSought())
                  ? look(probe, 10 * limit)
                  : CompletableFuture.completedFuture(result.withBusy(busy));
            });
  }

  private static boolean contains(List<Message> messages, String id) {
    return messages.stream().anyMatch(message -> message.id().equals(id));
  }
}
