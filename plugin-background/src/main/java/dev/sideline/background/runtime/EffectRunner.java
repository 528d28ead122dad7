package dev.sideline.background.runtime;

import dev.sideline.api.HostContext;
import dev.sideline.api.NewSession;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.ledger.Effect;
import dev.sideline.background.ledger.Findings;
import dev.sideline.background.ledger.Input;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.text.PromptText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the ledger wants of the host, and tells it what came of that. Called on the
 * effects thread; what the host answers arrives on the host's threads.
 */
final class EffectRunner {

  /** The key of a child session's metadata that holds the id of its task. */
  static final String TASK_METADATA = "sideline.task";

  private static final Logger LOG = LoggerFactory.getLogger(EffectRunner.class);

  /** Tools of this plugin, under whatever prefix a host gives them. */
  private static final Set<String> LAUNCH_TOOLS = Set.of("*background_task");

  private final HostContext host;
  private final SessionClient client;
  private final Settings settings;
  private final SharedStatuses statuses;
  private final Inspections inspections;
  private final NoticeDelivery notices;
  private final ResultChecks checks;
  private final Consumer<Input> mailbox;

  EffectRunner(
      HostContext host,
      Settings settings,
      Executor effects,
      ResultChecks checks,
      Consumer<Input> mailbox) {
    this.host = host;
    this.client = host.sessions();
    this.settings = settings;
    this.statuses = new SharedStatuses(client);
    this.inspections =
        new Inspections(
            client, statuses, new Findings(settings.texts().maxResult()), effects, mailbox);
    this.notices = new NoticeDelivery(client, statuses, effects, mailbox);
    this.checks = checks;
    this.mailbox = mailbox;
  }

  /** Carries out an effect; {@link Effect.Reply} is not one for the host. */
  void run(Effect effect) {
    if (effect instanceof Effect.OpenSession open) {
      openSession(open);
    } else if (effect instanceof Effect.SendPrompt send) {
      sendPrompt(send.task(), send.text());
    } else if (effect instanceof Effect.Inspect inspect) {
      inspections.begin(inspect);
    } else if (effect instanceof Effect.Abort abort) {
      abort(abort);
    } else if (effect instanceof Effect.DeleteSession delete) {
      delete(delete.session());
    } else if (effect instanceof Effect.FetchStatuses) {
      fetchStatuses();
    } else if (effect instanceof Effect.AnswerRequest answer) {
      answerRequest(answer);
    } else if (effect instanceof Effect.FetchRequests) {
      fetchRequests();
    } else if (effect instanceof Effect.CheckResult check) {
      checkResult(check);
    } else if (effect instanceof Effect.SendNotice send) {
      notices.send(send);
    } else if (effect instanceof Effect.ProbeNotice probe) {
      notices.probe(probe.notice());
    } else if (effect instanceof Effect.Publish publish) {
      publish(publish.event());
    }
  }

  private void openSession(Effect.OpenSession open) {
    Task task = open.task();
    if (!open.perhapsOpened()) {
      create(task);
      return;
    }
    Calls.then(
        findOpened(task),
        session ->
            session.ifPresentOrElse(
                found -> mailbox.accept(new Input.SessionOpened(task.id(), found.id())),
                () -> create(task)),
        failure ->
            mailbox.accept(
                new Input.OpenFailed(task.id(), Code.UNCERTAIN, Calls.messageOf(failure))));
  }

  private void create(Task task) {
    NewSession request =
        new NewSession(
            task.parent(),
            task.assignment().description(),
            task.assignment().directory(),
            Map.of(TASK_METADATA, task.id().value()));
    Calls.then(
        Calls.to(() -> client.create(request)),
        session -> mailbox.accept(new Input.SessionOpened(task.id(), session.id())),
        failure -> {
          if (failure.code() == Code.UNCERTAIN) {
            lookForOpened(task, failure);
          } else {
            mailbox.accept(
                new Input.OpenFailed(task.id(), failure.code(), Calls.messageOf(failure)));
          }
        });
  }

  /** The session may have been created. */
  private void lookForOpened(Task task, SessionException original) {
    Input notFound = new Input.OpenFailed(task.id(), original.code(), Calls.messageOf(original));
    Calls.then(
        findOpened(task),
        session ->
            mailbox.accept(
                session
                    .<Input>map(found -> new Input.SessionOpened(task.id(), found.id()))
                    .orElse(notFound)),
        failure ->
            // A host that cannot tell must not be asked to create another.
            mailbox.accept(
                failure.code() == Code.UNSUPPORTED
                    ? new Input.OpenFailed(task.id(), Code.UNSUPPORTED, Calls.messageOf(original))
                    : notFound));
  }

  /** The session of a task, which its metadata tells. */
  private CompletableFuture<Optional<Session>> findOpened(Task task) {
    return Calls.to(() -> client.children(task.parent()))
        .thenApply(
            children ->
                children.stream()
                    .filter(child -> task.id().value().equals(child.metadata().get(TASK_METADATA)))
                    .findFirst());
  }

  private void sendPrompt(Task task, String text) {
    String session = task.session();
    String promptId = task.promptId();
    if (session == null || promptId == null) {
      throw new IllegalStateException(task.id() + " cannot be prompted before it has a session");
    }
    boolean mayLaunch = task.lineage().size() < settings.launches().maxDepth();
    Prompt prompt =
        new Prompt(
            session,
            promptId,
            promptText(task, text),
            task.assignment().agent(),
            task.model(),
            task.assignment().variant(),
            mayLaunch ? Set.of() : LAUNCH_TOOLS,
            true,
            task.assignment().resultSchema());
    TaskId id = task.id();
    int activation = task.activation();
    Calls.then(
        Calls.to(() -> client.prompt(prompt)),
        ok -> mailbox.accept(new Input.Prompted(id, activation)),
        failure ->
            mailbox.accept(
                new Input.PromptFailed(id, activation, failure.code(), Calls.messageOf(failure))));
  }

  /** Where the host does not see to it that an answer fits its schema, the agent is asked to. */
  private String promptText(Task task, String text) {
    String schema = task.assignment().resultSchema();
    return schema == null || client.structuredOutput()
        ? text
        : PromptText.withSchema(text, schema, task.activation() == 1);
  }

  private void abort(Effect.Abort abort) {
    Calls.then(
        Calls.to(() -> client.abort(abort.session())),
        ok -> mailbox.accept(new Input.AbortEnded(abort.task())),
        failure -> mailbox.accept(new Input.AbortEnded(abort.task())));
  }

  private void delete(String session) {
    Calls.then(
        Calls.to(() -> client.delete(session)),
        ok -> {},
        failure -> {
          if (failure.code() != Code.UNSUPPORTED) {
            LOG.warn("The unused session {} could not be removed", session, failure);
          }
        });
  }

  private void fetchStatuses() {
    Calls.then(
        statuses.fetch(),
        now -> mailbox.accept(new Input.StatusesFetched(Map.copyOf(now))),
        failure -> mailbox.accept(new Input.StatusesFailed()));
  }

  private void answerRequest(Effect.AnswerRequest answer) {
    Calls.then(
        Calls.to(() -> client.reply(answer.requestId(), answer.reply())),
        ok -> mailbox.accept(new Input.RequestReplied(answer.task(), answer.requestId())),
        failure ->
            mailbox.accept(
                new Input.RequestReplyFailed(
                    answer.task(), answer.requestId(), failure.code(), Calls.messageOf(failure))));
  }

  private void fetchRequests() {
    Calls.then(
        Calls.to(client::pendingRequests),
        requests -> mailbox.accept(new Input.RequestsFetched(List.copyOf(requests))),
        failure -> mailbox.accept(new Input.RequestsFailed()));
  }

  private void checkResult(Effect.CheckResult check) {
    checks.check(
        check.schema(),
        check.answer(),
        result ->
            mailbox.accept(new Input.ResultChecked(check.task(), check.activation(), result)));
  }

  private void publish(PluginEvent event) {
    try {
      host.publish(event);
    } catch (RuntimeException e) {
      // A barrier: a host that cannot show an event must not keep its tasks from going on.
      LOG.warn("The host could not take an event", e);
    }
  }
}
