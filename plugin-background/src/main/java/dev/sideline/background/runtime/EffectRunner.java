package dev.sideline.background.runtime;

import dev.sideline.api.NewSession;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.probe.ProbeClassifier;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Task;
import dev.sideline.background.text.Deciders;
import dev.sideline.background.text.PromptText;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the engine wants of the host, each effect by itself, and tells it what came of
 * that: one that fails in whatever way is told as failed. Called on the effects thread, but for
 * {@link Effect.Reply}, which may come on any; what the host answers arrives on the host's threads.
 */
final class EffectRunner implements Effect.Performer {

  /** The key of a child session's metadata that holds the id of its task. */
  static final String TASK_METADATA = "sideline.task";

  private static final Logger LOG = LoggerFactory.getLogger(EffectRunner.class);

  /** Tools of this plugin, under whatever prefix a host gives them. */
  private static final Set<String> LAUNCH_TOOLS = Set.of("*background_task");

  private final GuardedSessionClient client;
  private final Consumer<PluginEvent> events;
  private final int maxDepth;
  private final SharedStatuses statuses;
  private final ProbeRunner probes;
  private final NotificationRunner notices;
  private final ResultChecks checks;
  private final Replies replies;
  private final Consumer<Input> mailbox;

  /**
   * @param events takes what the host may show
   * @param effects the effects thread
   * @param replies takes what callers are answered
   */
  EffectRunner(
      GuardedSessionClient client,
      Consumer<PluginEvent> events,
      Settings settings,
      Executor effects,
      ResultChecks checks,
      Replies replies,
      Consumer<Input> mailbox) {
    this.client = client;
    this.events = events;
    this.maxDepth = settings.launches().maxDepth();
    this.statuses = new SharedStatuses(client);
    this.probes =
        new ProbeRunner(
            client, statuses, new ProbeClassifier(settings.texts().maxResult()), effects, mailbox);
    this.notices =
        new NotificationRunner(
            client,
            statuses,
            Deciders.of(settings.rights().permissions(), client::whereToAnswer),
            effects,
            mailbox);
    this.checks = checks;
    this.replies = replies;
    this.mailbox = mailbox;
  }

  /** Carries out an effect. Never throws. */
  void run(Effect effect) {
    try {
      effect.carryOutBy(this);
    } catch (Throwable thrown) {
      Barrier.run("Telling of a failed effect", () -> failed(effect, Calls.failure(thrown)));
      Barrier.report("An effect", thrown);
    }
  }

  private void failed(Effect effect, SessionException failure) {
    Input told = effect.failed(failure.code(), Calls.messageOf(failure));
    if (told != null) {
      mailbox.accept(told);
    }
  }

  @Override
  public void reply(Effect.Reply reply) {
    replies.answer(reply);
  }

  @Override
  public void tellProgress(Effect.TellProgress progress) {
    replies.progress(progress);
  }

  // --- sessions of tasks

  @Override
  public void openSession(Effect.OpenSession open) {
    if (!open.perhapsOpened()) {
      create(open);
      return;
    }
    Calls.then(
        findOpened(open.task()),
        session -> session.ifPresentOrElse(found -> opened(open, found), () -> create(open)),
        failure ->
            failed(open, new SessionException(Code.UNCERTAIN, Calls.messageOf(failure), failure)));
  }

  private void create(Effect.OpenSession open) {
    Task task = open.task();
    NewSession request =
        new NewSession(
            task.parent(),
            task.spec().description(),
            task.spec().directory(),
            Map.of(TASK_METADATA, task.id().value()));
    Calls.then(
        // One that comes too late is used all the same, or removed.
        client.create(request, late -> opened(open, late)),
        session -> opened(open, session),
        failure -> {
          if (failure.code() == Code.UNCERTAIN) {
            lookForOpened(open, failure);
          } else {
            failed(open, failure);
          }
        });
  }

  /** The session may have been created. */
  private void lookForOpened(Effect.OpenSession open, SessionException original) {
    Calls.then(
        findOpened(open.task()),
        session ->
            session.ifPresentOrElse(found -> opened(open, found), () -> failed(open, original)),
        failure -> {
          // A host that cannot tell must not be asked to create another.
          Code code = failure.code() == Code.UNSUPPORTED ? Code.UNSUPPORTED : original.code();
          failed(open, new SessionException(code, Calls.messageOf(original), original));
        });
  }

  private void opened(Effect.OpenSession open, Session session) {
    mailbox.accept(new Input.SessionOpened(open.task().id(), session.id()));
  }

  /** The session of a task, which its metadata tells. */
  private CompletableFuture<Optional<Session>> findOpened(Task task) {
    return client
        .children(task.parent())
        .thenApply(
            children ->
                children.stream()
                    .filter(child -> task.id().value().equals(child.metadata().get(TASK_METADATA)))
                    .findFirst());
  }

  @Override
  public void sendPrompt(Effect.SendPrompt send) {
    Task task = send.task();
    String session = task.session();
    String promptId = task.promptId();
    if (session == null || promptId == null) {
      throw new IllegalStateException(task.id() + " cannot be prompted before it has a session");
    }
    Calls.then(
        prompted(task, Prompt.of(session, promptId, send.text())),
        ok -> mailbox.accept(new Input.Prompted(task.id(), task.activation())),
        failure -> failed(send, failure));
  }

  private CompletableFuture<Void> prompted(Task task, Prompt message) {
    String schema = task.spec().resultSchema();
    if (schema == null) {
      return client.prompt(addressed(message, task));
    }
    // Where the host does not see to it that an answer fits its schema, the agent is asked to.
    return client
        .askStructuredOutput(message.sessionId())
        .thenCompose(
            offered -> {
              Prompt asking = offered ? message : askingFor(schema, message, task);
              return client.prompt(addressed(asking, task).withResultSchema(schema));
            });
  }

  private static Prompt askingFor(String schema, Prompt message, Task task) {
    String text = PromptText.withSchema(message.text(), schema, task.activation() == 1);
    return Prompt.of(message.sessionId(), message.messageId(), text);
  }

  private Prompt addressed(Prompt message, Task task) {
    boolean mayLaunch = task.ancestors().size() < maxDepth;
    return message
        .withAgent(task.spec().agent())
        .withModel(task.model())
        .withVariant(task.spec().variant())
        .withDeniedTools(mayLaunch ? Set.of() : LAUNCH_TOOLS);
  }

  @Override
  public void abort(Effect.Abort abort) {
    Calls.then(
        client.abort(abort.session()),
        ok -> mailbox.accept(new Input.AbortEnded(abort.task())),
        failure -> failed(abort, failure));
  }

  @Override
  public void deleteSession(Effect.DeleteSession delete) {
    Calls.then(
        client.delete(delete.session()),
        ok -> {},
        failure -> {
          if (failure.code() != Code.UNSUPPORTED) {
            LOG.warn("The unused session {} could not be removed", delete.session(), failure);
          }
        });
  }

  // --- probes, and what the host is asked

  @Override
  public void probe(Effect.Probe probe) {
    probes.begin(probe);
  }

  @Override
  public void fetchStatuses(Effect.FetchStatuses fetch) {
    Calls.then(
        statuses.fetch(),
        now -> mailbox.accept(new Input.StatusesFetched(Map.copyOf(now))),
        failure -> failed(fetch, failure));
  }

  @Override
  public void fetchRequests(Effect.FetchRequests fetch) {
    Calls.then(
        client.pendingRequests(),
        requests -> mailbox.accept(new Input.RequestsFetched(requests)),
        failure -> failed(fetch, failure));
  }

  @Override
  public void answerRequest(Effect.AnswerRequest answer) {
    Calls.then(
        client.reply(answer.requestId(), answer.reply()),
        ok -> mailbox.accept(new Input.RequestReplied(answer.task(), answer.requestId())),
        failure -> failed(answer, failure));
  }

  @Override
  public void checkResult(Effect.CheckResult check) {
    checks.check(
        check.schema(),
        check.answer(),
        result ->
            mailbox.accept(new Input.ResultChecked(check.task(), check.activation(), result)));
  }

  // --- parents, and the host itself

  @Override
  public void sendNotice(Effect.SendNotice send) {
    notices.send(send);
  }

  @Override
  public void probeNotice(Effect.ProbeNotice probe) {
    notices.probe(probe);
  }

  @Override
  public void reportDefect(Effect.ReportDefect report) {
    Barrier.report("A unit of work of the engine", report.defect());
  }

  @Override
  public void publish(Effect.Publish publish) {
    events.accept(publish.event());
  }
}
