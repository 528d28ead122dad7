package dev.sideline.background.simulation;

import dev.sideline.api.Message;
import dev.sideline.api.Message.Role;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * What a task is said to have answered, its agent has said last, and has not broken off. Agents
 * never say a thing twice.
 */
final class Words implements Check {

  private final int maxChars;
  private final SimulatedHost host;

  Words(int maxChars, SimulatedHost host) {
    this.maxChars = maxChars;
    this.host = host;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    for (TaskHistory.Change change : changes) {
      Outcome outcome = change.now().outcome();
      SimulatedSession session =
          change.now().session() == null ? null : host.find(change.now().session());
      if (change.ends() && session != null && outcome != null) {
        check(change.now(), outcome, session);
      }
    }
  }

  private void check(Task task, Outcome outcome, SimulatedSession session) {
    List<String> said = said(session, task.promptId());
    boolean answered =
        switch (outcome.reason()) {
          case OK, PARTIAL, EMPTY ->
              outcome.text().equals(answer(task, session, said))
                  && !hasFailed(session, task.promptId());
          default -> isPart(outcome.text(), session);
        };
    if (!answered || (outcome.reason() == Reason.OK && outcome.text().isEmpty())) {
      throw new BrokenPromise("has said " + said + " and not '" + outcome.text() + "': " + task);
    }
  }

  private String answer(Task task, SimulatedSession session, List<String> said) {
    String text = said.isEmpty() ? "" : said.get(0);
    if (task.spec().resultSchema() == null) {
      return end(text);
    }
    String json = session.answer().structured();
    return json != null ? json : text.isEmpty() ? "{}" : end(text);
  }

  private String end(String text) {
    return text.substring(Math.max(0, text.length() - maxChars));
  }

  /** What an agent has said since it was told something, the last first. */
  private static List<String> said(SimulatedSession session, String promptId) {
    List<String> said = new ArrayList<>();
    for (Message message : session.newest(Integer.MAX_VALUE)) {
      if (message.id().equals(promptId)) {
        break;
      }
      if (message.role() == Role.ASSISTANT && !message.text().isBlank()) {
        said.add(message.text().strip());
      }
    }
    return said;
  }

  /** Whether the last of what an agent was to say since it was told something is an error. */
  private static boolean hasFailed(SimulatedSession session, String promptId) {
    for (Message message : session.newest(Integer.MAX_VALUE)) {
      if (message.id().equals(promptId)) {
        return false;
      }
      if (message.role() == Role.ASSISTANT) {
        return message.failure() != null;
      }
    }
    return false;
  }

  private static boolean isPart(String text, SimulatedSession session) {
    return text.isEmpty()
        || session.newest(Integer.MAX_VALUE).stream()
            .anyMatch(message -> message.role() == Role.ASSISTANT && message.text().contains(text));
  }
}
