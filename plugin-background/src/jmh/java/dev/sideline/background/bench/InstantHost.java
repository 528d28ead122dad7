package dev.sideline.background.bench;

import dev.sideline.api.HostContext;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * A host whose every answer is there at once, on the thread that asks, and whose agents work until
 * {@link #finish} is called. It remembers of its sessions what it takes to answer, and no more.
 */
final class InstantHost implements HostContext, SessionClient {

  private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);
  private static final String ANSWER =
      "All callers of the old parser use the new one now; 14 files changed, the tests pass.";

  private static final String ZEROS = "0".repeat(26);

  /** Higher than those of all hosts before. */
  private final AtomicLong ids = new AtomicLong(1_000 * System.currentTimeMillis());

  private final Map<String, String> promptOf = new ConcurrentHashMap<>();
  private final Consumer<Prompt> prompted;
  private final Consumer<PluginEvent> published;
  private final Optional<DataSource> database;
  private volatile boolean finished;
  private volatile Set<String> unreachable = Set.of();

  /**
   * @param prompted told of every message to a session, on a thread of the plugin
   * @param published told of what the plugin publishes, likewise
   * @param database null for none
   */
  InstantHost(Consumer<Prompt> prompted, Consumer<PluginEvent> published, DataSource database) {
    this.prompted = prompted;
    this.published = published;
    this.database = Optional.ofNullable(database);
  }

  @Override
  public Optional<DataSource> dataSource() {
    return database;
  }

  /** From now on all agents have given their answer. Sends no event. */
  void finish() {
    finished = true;
  }

  /** From now on nobody hears what becomes of messages to these sessions. */
  void lose(Set<String> sessions) {
    unreachable = sessions;
  }

  /** Of the sessions that were prompted, with which message. */
  Map<String, String> prompts() {
    return Map.copyOf(promptOf);
  }

  /** Takes up the sessions of a host before. */
  void restore(Map<String, String> prompts) {
    promptOf.putAll(prompts);
  }

  /** The sessions that were prompted. */
  List<String> promptedSessions() {
    return List.copyOf(promptOf.keySet());
  }

  /** Forgets its sessions, so that they do not count as the plugin's memory. */
  void forgetSessions() {
    promptOf.clear();
  }

  @Override
  public SessionClient sessions() {
    return this;
  }

  @Override
  public void publish(PluginEvent event) {
    published.accept(event);
  }

  @Override
  public CompletionStage<Session> create(NewSession request) {
    return CompletableFuture.completedStage(
        new Session(
            newId("ses_"), request.parentId(), request.title(), "/project", request.metadata()));
  }

  @Override
  public CompletionStage<Optional<Session>> get(String sessionId) {
    return CompletableFuture.completedStage(Optional.empty());
  }

  @Override
  public CompletionStage<List<Session>> children(String sessionId) {
    return CompletableFuture.completedStage(List.of());
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    return CompletableFuture.completedStage(Map.of());
  }

  @Override
  public CompletionStage<List<Message>> messages(String sessionId, int limit) {
    String promptId = promptOf.get(sessionId);
    if (promptId == null) {
      return CompletableFuture.completedStage(List.of());
    }
    Message question = message(promptId, Message.Role.USER, "", false);
    Message answer = message(promptId + "a", Message.Role.ASSISTANT, ANSWER, finished);
    return CompletableFuture.completedStage(List.of(answer, question));
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    if (unreachable.contains(prompt.sessionId())) {
      return new CompletableFuture<>();
    }
    promptOf.put(prompt.sessionId(), prompt.messageId());
    prompted.accept(prompt);
    return DONE;
  }

  @Override
  public CompletionStage<Void> abort(String sessionId) {
    return DONE;
  }

  @Override
  public CompletionStage<Void> delete(String sessionId) {
    return DONE;
  }

  @Override
  public CompletionStage<List<PendingRequest>> pendingRequests() {
    return CompletableFuture.completedStage(List.of());
  }

  @Override
  public CompletionStage<Void> reply(String requestId, Reply reply) {
    return DONE;
  }

  @Override
  public String newMessageId() {
    return newId("msg_");
  }

  /** As long as the ids of real hosts: a prefix and 26 characters. */
  private String newId(String prefix) {
    String number = Long.toString(ids.incrementAndGet());
    return prefix + ZEROS.substring(number.length()) + number;
  }

  private static Message message(String id, Message.Role role, String text, boolean complete) {
    return new Message(
        id,
        role,
        Instant.EPOCH,
        complete ? Instant.EPOCH : null,
        "worker",
        null,
        text,
        List.of(),
        null,
        complete ? "stop" : null,
        null,
        Usage.NONE);
  }
}
