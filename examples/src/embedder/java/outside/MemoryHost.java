package outside;

import dev.sideline.api.AgentCatalog;
import dev.sideline.api.AgentInfo;
import dev.sideline.api.CancelSignal;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Sessions in memory, whose agents follow scripts. One thread has all that is known, another one
 * delivers events, a third one keeps the time.
 */
public final class MemoryHost implements SessionClient, AutoCloseable {

  private final ExecutorService thread = Executors.newSingleThreadExecutor(named("host"));
  private final ExecutorService postman = Executors.newSingleThreadExecutor(named("host-events"));
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(named("host-timer"));
  private final AtomicLong ids = new AtomicLong();
  private final Map<String, Agent> agents = new ConcurrentHashMap<>();
  private final Consumer<SessionEvent> events;
  private volatile PluginHooks plugin;

  private final Map<String, Conversation> conversations = new LinkedHashMap<>();
  private final Map<String, PendingRequest> requests = new LinkedHashMap<>();
  private final Map<String, Turn> asking = new LinkedHashMap<>();

  /**
   * @param events takes each event, one at a time, on a thread of this host
   */
  public MemoryHost(Consumer<SessionEvent> events) {
    this.events = events;
  }

  public void agent(String name, Agent agent) {
    agents.put(name, agent);
  }

  /** The plugin whose tools the agents have from now on. */
  public void plugin(PluginHooks hooks) {
    plugin = hooks;
  }

  @Override
  public CompletionStage<Session> create(NewSession request) {
    return answer(
        () -> {
          Session session = Session.of(newId("ses"), request);
          if (request.parentId() != null) {
            String parents = conversation(request.parentId()).session().directory();
            session = session.withDirectory(or(request.directory(), parents));
          }
          conversations.put(session.id(), new Conversation(session, this::tell));
          tell(new SessionEvent.Created(session));
          return session;
        });
  }

  @Override
  public CompletionStage<Optional<Session>> get(String sessionId) {
    return answer(
        () -> Optional.ofNullable(conversations.get(sessionId)).map(Conversation::session));
  }

  @Override
  public CompletionStage<List<Session>> children(String sessionId) {
    return answer(() -> childrenOf(sessionId));
  }

  /** All of them: nobody is kept from anything here. */
  @Override
  public CompletionStage<AgentCatalog> agents(String sessionId) {
    return answer(
        () -> {
          conversation(sessionId);
          List<AgentInfo> all = new ArrayList<>();
          agents.keySet().stream().sorted().forEach(name -> all.add(AgentInfo.offered(name, "")));
          return new AgentCatalog(all, null);
        });
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    return answer(
        () -> {
          Map<String, SessionStatus> busy = new LinkedHashMap<>();
          conversations.forEach(
              (id, conversation) -> {
                if (conversation.status().kind() != SessionStatus.Kind.IDLE) {
                  busy.put(id, conversation.status());
                }
              });
          return busy;
        });
  }

  @Override
  public CompletionStage<List<Message>> messages(String sessionId, int limit) {
    return answer(() -> conversation(sessionId).newest(limit));
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    return answer(
        () -> {
          Conversation conversation = conversation(prompt.sessionId());
          Message message =
              Message.ofUser(prompt.messageId(), now(), prompt.text())
                  .withAgent(prompt.agent())
                  .withModel(prompt.model());
          if (conversation.take(prompt, message) && conversation.turn() == null) {
            workOn(conversation);
          }
          return null;
        });
  }

  @Override
  public CompletionStage<Void> abort(String sessionId) {
    return answer(
        () -> {
          Conversation conversation = conversations.get(sessionId);
          if (conversation != null && conversation.turn() != null) {
            conversation.forgetWhatWaits();
            conversation.turn().abort();
          }
          return null;
        });
  }

  @Override
  public CompletionStage<Void> delete(String sessionId) {
    return answer(
        () -> {
          remove(sessionId);
          return null;
        });
  }

  @Override
  public CompletionStage<List<PendingRequest>> pendingRequests() {
    return answer(() -> List.copyOf(requests.values()));
  }

  @Override
  public CompletionStage<Void> reply(String requestId, Reply reply) {
    return answer(
        () -> {
          PendingRequest request = requests.get(requestId);
          if (request == null) {
            throw new SessionException(Code.NOT_FOUND, "no request " + requestId + " waits");
          }
          boolean answers = reply instanceof Reply.Answer;
          boolean rejects = reply instanceof Reply.Reject;
          boolean question = request.kind() == PendingRequest.Kind.QUESTION;
          if (question ? !answers && !rejects : answers) {
            throw new SessionException(Code.INVALID, reply + " does not answer " + request);
          }
          Turn turn = asking.get(requestId);
          withdraw(request);
          turn.answer(reply);
          return null;
        });
  }

  @Override
  public String newMessageId() {
    return newId("msg");
  }

  /** Ends the agents and the host. What was asked before is still answered. */
  @Override
  public void close() {
    run(() -> List.copyOf(conversations.keySet()).forEach(this::remove));
    end(thread);
    timer.shutdownNow();
    end(timer);
    end(postman);
  }

  void run(Runnable work) {
    try {
      thread.execute(work);
    } catch (RejectedExecutionException e) {
      // The host is closed, and so is all that its agents did.
    }
  }

  void after(Duration time, Runnable work) {
    timer.schedule(() -> run(work), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  void tell(SessionEvent event) {
    postman.execute(() -> events.accept(event));
  }

  void ask(PendingRequest request, Turn turn) {
    requests.put(request.id(), request);
    asking.put(request.id(), turn);
    tell(new SessionEvent.RequestAsked(request));
  }

  void withdraw(PendingRequest request) {
    requests.remove(request.id());
    asking.remove(request.id());
    tell(new SessionEvent.RequestAnswered(request.sessionId(), request.id()));
  }

  void ended(Conversation conversation) {
    if (!workOn(conversation)) {
      conversation.rests();
    }
  }

  CompletionStage<ToolResult> callTool(
      Step.Call call, String sessionId, String messageId, String callId, CancelSignal gone) {
    return plugin
        .tool(call.tool())
        .call(
            ToolCall.of(sessionId, call.arguments())
                .withMessageId(messageId)
                .withCallId(callId)
                .withCancellation(gone));
  }

  String newId(String kind) {
    return String.format("%s_%012d", kind, ids.incrementAndGet());
  }

  Instant now() {
    return Instant.now();
  }

  private boolean workOn(Conversation conversation) {
    Prompt prompt = conversation.nextToWorkOn();
    if (prompt == null) {
      return false;
    }
    String name = conversation.agent();
    Agent agent = name == null ? null : agents.get(name);
    List<Step> steps =
        agent == null
            ? List.of(new Step.Fail("unknown_agent", "There is no agent " + name + "."))
            : agent.stepsFor(prompt);
    Turn turn = new Turn(this, conversation, steps);
    conversation.works(turn);
    run(turn::next);
    return true;
  }

  private void remove(String sessionId) {
    childrenOf(sessionId).forEach(child -> remove(child.id()));
    Conversation gone = conversations.remove(sessionId);
    if (gone != null) {
      if (gone.turn() != null) {
        gone.turn().vanish();
      }
      tell(new SessionEvent.Deleted(sessionId));
    }
  }

  private List<Session> childrenOf(String sessionId) {
    List<Session> children = new ArrayList<>();
    for (Conversation conversation : conversations.values()) {
      if (sessionId.equals(conversation.session().parentId())) {
        children.add(conversation.session());
      }
    }
    return children;
  }

  private Conversation conversation(String sessionId) {
    Conversation conversation = conversations.get(sessionId);
    if (conversation == null) {
      throw new SessionException(Code.NOT_FOUND, "there is no session " + sessionId);
    }
    return conversation;
  }

  private <T> CompletionStage<T> answer(Supplier<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      thread.execute(
          () -> {
            try {
              answer.complete(work.get());
            } catch (SessionException e) {
              answer.completeExceptionally(e);
            } catch (RuntimeException | Error e) {
              answer.completeExceptionally(
                  new SessionException(Code.UNCERTAIN, "a defect of the host: " + e, e));
              throw e;
            }
          });
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(new SessionException(Code.UNAVAILABLE, "the host is closed"));
    }
    return answer;
  }

  private static void end(ExecutorService executor) {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a thread of the host does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ThreadFactory named(String name) {
    return work -> new Thread(work, name);
  }

  private static String or(String first, String second) {
    return first == null ? second : first;
  }
}
