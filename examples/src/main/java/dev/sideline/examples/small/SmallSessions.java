package dev.sideline.examples.small;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in memory with the six methods that every host has. One thread has all that is known,
 * each agent at work has one of its own, and one more delivers the events.
 */
public final class SmallSessions implements SessionClient, AutoCloseable {

  private final ExecutorService owner = thread("small-sessions");
  private final ExecutorService postman = thread("small-events");
  private final AtomicLong ids = new AtomicLong();
  private final Map<String, Agent> agents;
  private final Consumer<SessionEvent> events;

  /** Touched by the owner's thread alone, and so is all that is in it. */
  private final Map<String, Conversation> conversations = new LinkedHashMap<>();

  /**
   * @param agents by their names
   * @param events takes every event, one at a time, and does not throw
   */
  public SmallSessions(Map<String, Agent> agents, Consumer<SessionEvent> events) {
    this.agents = Map.copyOf(agents);
    this.events = events;
  }

  // ---- The six methods

  @Override
  public CompletionStage<Session> create(NewSession request) {
    return answer(
        () -> {
          Session session = Session.of(newId("ses"), request);
          if (request.parentId() != null && request.directory() == null) {
            Conversation parent = conversation(request.parentId());
            session = session.withDirectory(parent.session.directory());
          }
          conversations.put(session.id(), new Conversation(session));
          tell(new SessionEvent.Created(session));
          return session;
        });
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    return answer(
        () -> {
          Conversation conversation = conversation(prompt.sessionId());
          if (conversation.has(prompt.messageId())) {
            return null; // sent once more, because an answer was lost
          }
          String agent = prompt.agent() == null ? conversation.agent : prompt.agent();
          if (agent == null ? prompt.wake() : !agents.containsKey(agent)) {
            throw new SessionException(Code.INVALID, "there is no agent '" + agent + "'");
          }
          conversation.agent = agent;
          write(
              conversation,
              Message.ofUser(prompt.messageId(), Instant.now(), prompt.text())
                  .withAgent(agent)
                  .withModel(prompt.model()));
          if (prompt.wake()) {
            conversation.waiting.add(prompt.withAgent(agent));
            workOn(conversation);
          }
          return null;
        });
  }

  @Override
  public CompletionStage<List<Message>> messages(String sessionId, int limit) {
    return answer(
        () -> {
          List<Message> newestFirst = new ArrayList<>(conversation(sessionId).messages);
          Collections.reverse(newestFirst);
          return List.copyOf(newestFirst.subList(0, Math.min(limit, newestFirst.size())));
        });
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    return answer(
        () -> {
          Map<String, SessionStatus> busy = new LinkedHashMap<>();
          for (Conversation conversation : conversations.values()) {
            if (conversation.turn != null) {
              busy.put(conversation.session.id(), SessionStatus.BUSY);
            }
          }
          return busy;
        });
  }

  @Override
  public CompletionStage<Void> abort(String sessionId) {
    return answer(
        () -> {
          Conversation conversation = conversations.get(sessionId);
          if (conversation != null && conversation.turn != null) {
            conversation.waiting.clear();
            conversation.turn.aborted = true;
            conversation.turn.thread.interrupt();
          }
          return null;
        });
  }

  @Override
  public String newMessageId() {
    return newId("msg");
  }

  // ---- A turn of an agent

  private void workOn(Conversation conversation) {
    Prompt prompt = conversation.turn == null ? conversation.waiting.poll() : null;
    if (prompt == null) {
      return;
    }
    Message answer = Message.ofAssistant(newId("msg"), Instant.now(), "").withAgent(prompt.agent());
    Turn turn = new Turn(answer.id(), itself -> work(conversation, itself, prompt));
    conversation.turn = turn;
    tell(new SessionEvent.StatusChanged(conversation.session.id(), SessionStatus.BUSY));
    write(conversation, answer);
    turn.thread.start();
  }

  /** On the thread of the agent. */
  private void work(Conversation conversation, Turn turn, Prompt prompt) {
    Failure failure = null;
    try {
      Agent agent = Objects.requireNonNull(agents.get(String.valueOf(prompt.agent())));
      agent.work(prompt, words -> later(() -> add(conversation, turn, words)));
    } catch (Throwable thrown) { // whatever it is: the turn is over, and the session goes on
      failure = new Failure("agent_failed", String.valueOf(thrown.getMessage()));
    }
    Failure why = failure;
    later(() -> end(conversation, turn, why));
  }

  private void add(Conversation conversation, Turn turn, String words) {
    Message answer = conversation.message(turn.answerId);
    write(conversation, answer.withText(answer.text() + words));
    tell(new SessionEvent.PartUpdated(conversation.session.id(), turn.answerId, null));
  }

  /** First the message, then the failure, then that it is idle: each is true when it is told. */
  private void end(Conversation conversation, Turn turn, @Nullable Failure thrown) {
    String session = conversation.session.id();
    Failure failure = turn.aborted ? new Failure(Failure.ABORTED, "It was stopped.") : thrown;
    Message answer = conversation.message(turn.answerId).withCompletedAt(Instant.now());
    write(conversation, failure == null ? answer.withFinish("stop") : answer.withFailure(failure));
    if (failure != null) {
      tell(new SessionEvent.Failed(session, failure));
    }
    conversation.turn = null;
    workOn(conversation);
    if (conversation.turn == null) {
      tell(new SessionEvent.StatusChanged(session, SessionStatus.IDLE));
      tell(new SessionEvent.Idle(session));
    }
  }

  // ---- Events

  private void write(Conversation conversation, Message message) {
    conversation.put(message);
    tell(new SessionEvent.MessageUpdated(conversation.session.id(), message.withText("")));
  }

  private void tell(SessionEvent event) {
    put(postman, () -> events.accept(event));
  }

  // ---- Threads

  /** Whatever happens, whoever asks is answered. */
  private <T extends @Nullable Object> CompletionStage<T> answer(Supplier<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      owner.execute(
          () -> {
            try {
              answer.complete(work.get());
            } catch (SessionException refused) {
              answer.completeExceptionally(refused);
            } catch (Throwable defect) {
              answer.completeExceptionally(
                  new SessionException(Code.UNCERTAIN, "a defect of the host", defect));
            }
          });
    } catch (RejectedExecutionException closed) {
      answer.completeExceptionally(new SessionException(Code.UNAVAILABLE, "the host has ended"));
    }
    return answer;
  }

  private void later(Runnable work) {
    put(owner, work);
  }

  private static void put(ExecutorService thread, Runnable work) {
    try {
      thread.execute(work);
    } catch (RejectedExecutionException closed) {
      // Nobody is there any more who would hear of it.
    }
  }

  private Conversation conversation(String sessionId) {
    Conversation conversation = conversations.get(sessionId);
    if (conversation == null) {
      throw new SessionException(Code.NOT_FOUND, "there is no session '" + sessionId + "'");
    }
    return conversation;
  }

  /** Ascends, also as text. */
  private String newId(String kind) {
    return String.format("%s_%012d", kind, ids.incrementAndGet());
  }

  /** Stops the agents, and then the host, to be called when the plugin has been disposed. */
  @Override
  public void close() {
    later(
        () -> {
          for (Conversation conversation : conversations.values()) {
            if (conversation.turn != null) {
              conversation.turn.thread.interrupt();
            }
          }
          owner.shutdown();
          postman.shutdown();
        });
  }

  private static ExecutorService thread(String name) {
    return Executors.newSingleThreadExecutor(work -> daemon(work, name));
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** A session and what stands in it. */
  private static final class Conversation {

    private final Session session;
    private final List<Message> messages = new ArrayList<>();
    private final Deque<Prompt> waiting = new ArrayDeque<>();
    private @Nullable String agent;
    private @Nullable Turn turn;

    private Conversation(Session session) {
      this.session = session;
    }

    private boolean has(String messageId) {
      return indexOf(messageId) >= 0;
    }

    private Message message(String messageId) {
      return messages.get(indexOf(messageId));
    }

    private void put(Message message) {
      int index = indexOf(message.id());
      if (index < 0) {
        messages.add(message);
      } else {
        messages.set(index, message);
      }
    }

    private int indexOf(String messageId) {
      for (int i = messages.size() - 1; i >= 0; i--) {
        if (messages.get(i).id().equals(messageId)) {
          return i;
        }
      }
      return -1;
    }
  }

  /** An agent at work on a prompt. */
  private static final class Turn {

    private final String answerId;
    private final Thread thread;
    private boolean aborted;

    private Turn(String answerId, Consumer<Turn> body) {
      this.answerId = answerId;
      this.thread = daemon(() -> body.accept(this), "small-agent");
    }
  }
}
