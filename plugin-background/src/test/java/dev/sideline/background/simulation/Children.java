package dev.sideline.background.simulation;

import dev.sideline.api.Message;
import dev.sideline.api.Message.Role;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.task.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/** Sessions are what their launch wanted them to be, and a notice leaves its parent as it is. */
final class Children implements Check {

  /** So far back it is looked for whom a parent has talked to, at least. */
  private static final int LOOKED_AT = 20;

  private final TaskHistory history;
  private final SimulatedHost host;

  /** How many messages a parent had when a notice was to be sent to it. */
  private final Map<String, Integer> lengths = new HashMap<>();

  /** The sessions that were created for a task, by its id. */
  private final Map<String, List<String>> byTask = new HashMap<>();

  /** Sessions that are to be removed. */
  private final Set<String> unused = new HashSet<>();

  /** Notices that are sent without an agent and a model. */
  private final Set<String> plain = new HashSet<>();

  Children(TaskHistory history, SimulatedHost host) {
    this.history = history;
    this.host = host;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.DeleteSession delete) {
        unused.add(delete.session());
      }
    }
    for (TaskHistory.Change change : changes) {
      boolean opened =
          change.now().session() != null
              && (change.before() == null || change.before().session() == null);
      if (opened
          && !change.now().provenance().adopted()
          && change.now().provenance().resumes() == null) {
        checkSession(change.now());
      }
    }
  }

  /**
   * The plugin has had a session created. There is one for each task, whatever becomes of the
   * process: another only if the first is to be removed.
   */
  void created(Session session) {
    for (String task : session.metadata().values()) {
      for (String before : byTask.computeIfAbsent(task, key -> new ArrayList<>())) {
        if (host.find(before) != null && !unused.contains(before)) {
          throw new BrokenPromise("a second session of " + task + ": " + before + ", " + session);
        }
      }
      byTask.get(task).add(session.id());
    }
  }

  private void checkSession(Task task) {
    SimulatedSession session = task.session() == null ? null : host.find(task.session());
    if (session == null) {
      return;
    }
    boolean right =
        Objects.equals(session.session.directory(), task.spec().directory())
            && task.parent().equals(session.session.parentId())
            && session.session.metadata().containsValue(task.id().value());
    if (!right) {
      throw new BrokenPromise("works in " + session.session + ": " + task);
    }
  }

  void sending(Effect.SendNotice send) {
    if (send.plain()) {
      plain.add(send.notice().messageId());
    }
    SimulatedSession parent = host.find(send.notice().parent());
    if (parent != null) {
      lengths.put(send.notice().messageId(), parent.newest(Integer.MAX_VALUE).size());
    }
  }

  /** The host has taken a message of the plugin. */
  void accepted(Prompt prompt) {
    Integer length = lengths.get(prompt.messageId());
    if (length != null) {
      checkNotice(prompt, length);
      return;
    }
    Task task = history.ofSession(prompt.sessionId());
    boolean current = task != null && prompt.messageId().equals(task.promptId());
    if (current && !prompt.agent().equals(task.spec().agent())) {
      throw new BrokenPromise("prompts another agent: " + prompt + ", " + task);
    }
    if (current && !Objects.equals(prompt.model(), task.model())) {
      throw new BrokenPromise("prompts another model: " + prompt + ", " + task);
    }
  }

  /** It goes to the agent and model that its parent used last, before or since it was sent. */
  private void checkNotice(Prompt prompt, int length) {
    SimulatedSession parent = host.existing(prompt.sessionId());
    List<Message> all = new ArrayList<>(parent.newest(Integer.MAX_VALUE));
    int since = all.size() - length;
    List<Message> candidates =
        new ArrayList<>(all.stream().skip(since).filter(Children::byUser).limit(1).toList());
    // It may be looked for at any time between, while the parent goes on writing.
    boolean mayBeUnknown =
        IntStream.rangeClosed(0, since)
            .anyMatch(from -> all.stream().skip(from).limit(LOOKED_AT).noneMatch(Children::byUser));
    all.stream().limit(since).filter(Children::byUser).forEach(candidates::add);
    boolean unknown = prompt.agent() == null && prompt.model() == null;
    if (unknown && plain.contains(prompt.messageId())) {
      // Refused with an agent and a model.
      return;
    }
    boolean known =
        candidates.stream()
            .anyMatch(
                message ->
                    Objects.equals(message.agent(), prompt.agent())
                        && Objects.equals(message.model(), prompt.model()));
    if (!known && !(unknown && mayBeUnknown)) {
      throw new BrokenPromise("switches its parent to another agent: " + prompt);
    }
  }

  private static boolean byUser(Message message) {
    return message.role() == Role.USER;
  }
}
