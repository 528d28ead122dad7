package dev.sideline.background.ledger;

import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.List;

/** Collects what comes of one input, and holds the time at which it was taken. */
final class Turn {

  private long nowMillis;
  private final List<Entry> touched = new ArrayList<>();
  private final List<Task> saved = new ArrayList<>();
  private final List<Notice> owed = new ArrayList<>();
  private final List<String> delivered = new ArrayList<>();
  private final List<TaskId> forgotten = new ArrayList<>();
  private final List<Effect> effects = new ArrayList<>();

  void begin(long now) {
    nowMillis = now;
  }

  long now() {
    return nowMillis;
  }

  /** Has a task recorded as it stands at the end of this turn. */
  void touch(Entry entry) {
    if (entry.touch()) {
      touched.add(entry);
    }
  }

  void owe(Notice notice) {
    owed.add(notice);
  }

  void deliver(String messageId) {
    delivered.add(messageId);
  }

  void forget(TaskId id) {
    forgotten.add(id);
  }

  void forget(List<TaskId> ids) {
    forgotten.addAll(ids);
  }

  void effect(Effect effect) {
    effects.add(effect);
  }

  void reply(long call, Answer answer) {
    reply(call, answer, false);
  }

  /** Answers a call, and wants to know whether somebody was there to take it. */
  void replyConfirmed(long call, Answer answer) {
    reply(call, answer, true);
  }

  private void reply(long call, Answer answer, boolean confirm) {
    effects.add(new Effect.Reply(call, answer, confirm));
  }

  /** What has been collected; starts anew. */
  Step end() {
    for (Entry entry : touched) {
      entry.untouch();
      saved.add(entry.task);
    }
    touched.clear();
    if (saved.isEmpty() && owed.isEmpty() && delivered.isEmpty() && forgotten.isEmpty()) {
      if (effects.isEmpty()) {
        return Step.NOTHING;
      }
      return new Step(Changes.NONE, drain(effects));
    }
    Changes changes = new Changes(drain(saved), drain(owed), drain(delivered), drain(forgotten));
    return new Step(changes, drain(effects));
  }

  private static <T> List<T> drain(List<T> list) {
    if (list.isEmpty()) {
      return List.of();
    }
    List<T> copy = List.copyOf(list);
    list.clear();
    return copy;
  }
}
