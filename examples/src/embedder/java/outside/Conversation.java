package outside;

import dev.sideline.api.Message;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A session and what stands in it. Touched by the host's thread alone. */
final class Conversation {

  private final Session session;
  private final Consumer<SessionEvent> events;
  private final List<Message> messages = new ArrayList<>();

  /** Messages that were only there to be read. */
  private final Map<String, Prompt> lying = new HashMap<>();

  private final Deque<Prompt> waiting = new ArrayDeque<>();
  private SessionStatus status = SessionStatus.IDLE;
  private Set<String> deniedTools = Set.of();
  private String agent;
  private Turn turn;

  Conversation(Session session, Consumer<SessionEvent> events) {
    this.session = session;
    this.events = events;
  }

  Session session() {
    return session;
  }

  SessionStatus status() {
    return status;
  }

  Turn turn() {
    return turn;
  }

  String agent() {
    return agent;
  }

  /** The newest first. */
  List<Message> newest(int limit) {
    List<Message> newest = new ArrayList<>();
    for (int i = messages.size() - 1; i >= 0 && newest.size() < limit; i--) {
      newest.add(messages.get(i));
    }
    return newest;
  }

  /** Takes a message, unless it has it; whether there is something new to work on. */
  boolean take(Prompt prompt, Message message) {
    boolean known = messages.stream().anyMatch(there -> there.id().equals(prompt.messageId()));
    boolean lay = lying.remove(prompt.messageId()) != null;
    if (!known) {
      deniedTools = prompt.deniedTools().isEmpty() ? deniedTools : prompt.deniedTools();
      agent = prompt.agent() == null ? agent : prompt.agent();
      messages.add(message);
      tell(message);
    }
    if (!prompt.wake()) {
      if (!known || lay) {
        lying.put(prompt.messageId(), prompt);
      }
      return false;
    }
    if (!known || lay) {
      waiting.add(prompt);
      return true;
    }
    return false;
  }

  Prompt nextToWorkOn() {
    return waiting.poll();
  }

  void forgetWhatWaits() {
    waiting.clear();
  }

  boolean denies(String tool) {
    return deniedTools.stream()
        .anyMatch(pattern -> tool.matches(("\\Q" + pattern + "\\E").replace("*", "\\E.*\\Q")));
  }

  void works(Turn now) {
    turn = now;
    status(SessionStatus.BUSY);
  }

  void rests() {
    turn = null;
    status(SessionStatus.IDLE);
    events.accept(new SessionEvent.Idle(session.id()));
  }

  void status(SessionStatus now) {
    status = now;
    events.accept(new SessionEvent.StatusChanged(session.id(), now));
  }

  /** Puts a message at the end, or in the place of the one with its id. */
  void write(Message message) {
    for (int i = 0; i < messages.size(); i++) {
      if (messages.get(i).id().equals(message.id())) {
        messages.set(i, message);
        tell(message);
        return;
      }
    }
    messages.add(message);
    tell(message);
  }

  private void tell(Message message) {
    events.accept(
        new SessionEvent.MessageUpdated(
            session.id(), message.withText("").withToolUses(List.of()).withStructured(null)));
  }
}
