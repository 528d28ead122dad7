package dev.sideline.background.runtime;

import dev.sideline.api.HostContext;
import dev.sideline.api.Message;
import dev.sideline.api.Message.Role;
import dev.sideline.api.ModelRef;
import dev.sideline.api.NewSession;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.ledger.Effect;
import dev.sideline.background.ledger.Finding;
import dev.sideline.background.ledger.Findings;
import dev.sideline.background.ledger.Input;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.text.NoticeText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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

  /** Enough to find the last answer; more would only be carried about. */
  private static final int INSPECTED_MESSAGES = 20;

  /** How far back a prompt is looked for before an answer is taken for an answer to it. */
  private static final int MAX_INSPECTED_MESSAGES = 2_000;

  /** How far back the parent's agent and model are looked for. */
  private static final int PARENT_MESSAGES = 30;

  /** How far back a notice is looked for, of which it is not known whether it has arrived. */
  private static final int PROBED_MESSAGES = 300;

  private static final int CONCURRENT_LOOKS = 16;
  private static final int CONCURRENT_NOTICES = 16;

  /** Tools of this plugin, under whatever prefix a host gives them. */
  private static final Set<String> LAUNCH_TOOLS = Set.of("*background_task");

  private final HostContext host;
  private final SessionClient client;
  private final Settings settings;
  private final Findings findings;
  private final SharedStatuses statuses;
  private final Throttle looks;
  private final Throttle notices;
  private final Consumer<Input> mailbox;

  EffectRunner(HostContext host, Settings settings, Executor effects, Consumer<Input> mailbox) {
    this.host = host;
    this.client = host.sessions();
    this.settings = settings;
    this.findings = new Findings(settings.texts().maxResult());
    this.statuses = new SharedStatuses(client);
    this.looks = new Throttle(CONCURRENT_LOOKS, effects);
    this.notices = new Throttle(CONCURRENT_NOTICES, effects);
    this.mailbox = mailbox;
  }

  /** Carries out an effect; {@link Effect.Reply} is not one for the host. */
  void run(Effect effect) {
    if (effect instanceof Effect.OpenSession open) {
      openSession(open.task());
    } else if (effect instanceof Effect.SendPrompt send) {
      sendPrompt(send.task(), send.text());
    } else if (effect instanceof Effect.Inspect inspect) {
      inspect(inspect);
    } else if (effect instanceof Effect.Abort abort) {
      abort(abort);
    } else if (effect instanceof Effect.DeleteSession delete) {
      delete(delete.session());
    } else if (effect instanceof Effect.FetchStatuses) {
      fetchStatuses();
    } else if (effect instanceof Effect.SendNotice send) {
      sendNotice(send.notice());
    } else if (effect instanceof Effect.ProbeNotice probe) {
      probeNotice(probe.notice());
    } else if (effect instanceof Effect.Publish publish) {
      publish(publish.event());
    }
  }

  private void openSession(Task task) {
    NewSession request =
        new NewSession(
            task.parent(),
            task.assignment().description(),
            task.assignment().directory(),
            Map.of(TASK_METADATA, task.id().value()));
    then(
        Calls.to(() -> client.create(request)),
        session -> mailbox.accept(new Input.SessionOpened(task.id(), session.id())),
        failure -> {
          if (failure.code() == Code.UNCERTAIN) {
            findOpened(task, failure);
          } else {
            mailbox.accept(new Input.OpenFailed(task.id(), failure.code(), messageOf(failure)));
          }
        });
  }

  /** The session may have been created: its metadata tells. */
  private void findOpened(Task task, SessionException original) {
    then(
        Calls.to(() -> client.children(task.parent())),
        children -> {
          Optional<Session> opened =
              children.stream()
                  .filter(child -> task.id().value().equals(child.metadata().get(TASK_METADATA)))
                  .findFirst();
          mailbox.accept(
              opened.isPresent()
                  ? new Input.SessionOpened(task.id(), opened.get().id())
                  : new Input.OpenFailed(task.id(), original.code(), messageOf(original)));
        },
        failure ->
            mailbox.accept(new Input.OpenFailed(task.id(), original.code(), messageOf(original))));
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
            text,
            task.assignment().agent(),
            task.model(),
            task.assignment().variant(),
            mayLaunch ? Set.of() : LAUNCH_TOOLS,
            true,
            null);
    TaskId id = task.id();
    int activation = task.activation();
    then(
        Calls.to(() -> client.prompt(prompt)),
        ok -> mailbox.accept(new Input.Prompted(id, activation)),
        failure ->
            mailbox.accept(
                new Input.PromptFailed(id, activation, failure.code(), messageOf(failure))));
  }

  private void inspect(Effect.Inspect inspect) {
    then(
        looks.run(() -> look(inspect, INSPECTED_MESSAGES)),
        finding ->
            mailbox.accept(new Input.Inspected(inspect.task(), inspect.activation(), finding)),
        failure ->
            mailbox.accept(
                failure.code() == Code.NOT_FOUND
                    ? new Input.Inspected(inspect.task(), inspect.activation(), Finding.gone())
                    : new Input.InspectFailed(inspect.task(), inspect.activation())));
  }

  /** The messages first: a status that is older than they are says nothing about them. */
  private CompletableFuture<Finding> look(Effect.Inspect inspect, int limit) {
    String session = inspect.session();
    return Calls.to(() -> client.messages(session, limit))
        .thenCompose(
            messages -> {
              boolean complete = messages.size() < limit;
              Finding finding = findings.judge(messages, complete, inspect.promptId());
              String promptId = inspect.promptId();
              if (finding.kind().conclusive()
                  && !complete
                  && limit < MAX_INSPECTED_MESSAGES
                  && promptId != null
                  && !contains(messages, promptId)) {
                // Either the prompt is further back, or it is not there yet and this is older.
                return look(inspect, 10 * limit);
              }
              if (finding.kind().conclusive() && !inspect.withStatus()) {
                return CompletableFuture.completedFuture(finding);
              }
              return statuses.fetch().thenApply(now -> finding.withBusy(now.containsKey(session)));
            });
  }

  private void abort(Effect.Abort abort) {
    then(
        Calls.to(() -> client.abort(abort.session())),
        ok -> mailbox.accept(new Input.AbortEnded(abort.task())),
        failure -> mailbox.accept(new Input.AbortEnded(abort.task())));
  }

  private void delete(String session) {
    then(
        Calls.to(() -> client.delete(session)),
        ok -> {},
        failure -> LOG.warn("The unused session {} could not be removed", session, failure));
  }

  private void fetchStatuses() {
    then(
        statuses.fetch(),
        now -> mailbox.accept(new Input.StatusesFetched(Map.copyOf(now))),
        failure -> mailbox.accept(new Input.StatusesFailed()));
  }

  /** With the agent and model that the parent is using now, or it would be switched to others. */
  private void sendNotice(Notice notice) {
    then(
        notices.run(
            () ->
                Calls.to(() -> client.messages(notice.parent(), PARENT_MESSAGES))
                    .thenCompose(
                        messages -> Calls.to(() -> client.prompt(prompt(notice, messages))))),
        ok -> mailbox.accept(new Input.NoticeArrived(notice.parent(), notice.messageId())),
        failure -> noticeFailed(notice, failure));
  }

  private static Prompt prompt(Notice notice, List<Message> parentMessages) {
    String agent = null;
    ModelRef model = null;
    for (Message message : parentMessages) {
      if (message.role() == Role.USER) {
        agent = message.agent();
        model = message.model();
        break;
      }
    }
    return new Prompt(
        notice.parent(),
        notice.messageId(),
        NoticeText.of(notice),
        agent,
        model,
        null,
        Set.of(),
        notice.wake(),
        null);
  }

  private void probeNotice(Notice notice) {
    then(
        notices.run(() -> Calls.to(() -> client.messages(notice.parent(), PROBED_MESSAGES))),
        messages -> {
          boolean arrived = contains(messages, notice.messageId());
          mailbox.accept(
              arrived
                  ? new Input.NoticeArrived(notice.parent(), notice.messageId())
                  : new Input.NoticeMissing(notice.parent(), notice.messageId()));
        },
        failure -> {
          // Not even the look succeeded: it is still open whether it has arrived.
          Code code = failure.code() == Code.NOT_FOUND ? Code.NOT_FOUND : Code.UNCERTAIN;
          mailbox.accept(new Input.NoticeFailed(notice.parent(), notice.messageId(), code));
        });
  }

  private static boolean contains(List<Message> messages, String id) {
    return messages.stream().anyMatch(message -> message.id().equals(id));
  }

  private void noticeFailed(Notice notice, SessionException failure) {
    LOG.debug("A notice to {} did not get through", notice.parent(), failure);
    mailbox.accept(new Input.NoticeFailed(notice.parent(), notice.messageId(), failure.code()));
  }

  private void publish(PluginEvent event) {
    try {
      host.publish(event);
    } catch (RuntimeException e) {
      // A barrier: a host that cannot show an event must not keep its tasks from going on.
      LOG.warn("The host could not take an event", e);
    }
  }

  private static <T> void then(
      CompletableFuture<T> call, Consumer<T> succeeded, Consumer<SessionException> failed) {
    CompletableFuture<Void> unused =
        call.thenAccept(succeeded)
            .whenComplete(
                (done, failure) -> {
                  // Also if the answer made no sense, such as a session that is null.
                  if (failure != null) {
                    failed.accept(Calls.failure(failure));
                  }
                });
  }

  private static String messageOf(SessionException failure) {
    @Nullable String message = failure.getMessage();
    return message == null ? failure.code().name() : message;
  }
}
