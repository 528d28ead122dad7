package dev.sideline.background.simulation;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Handling;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Everything of note that was seen, so that a simulation which has become tame is found out. */
final class CoverageTracker {

  /** Comes once in a million steps or so. */
  private static final Set<String> RARE =
      Set.of("ReplyStatus GONE", "ResumeRefusal ABANDONED", "SendStatus TOO_MANY", "Input.Fenced");

  private static final Set<String> CRASHES =
      Set.of(
          "a crash",
          "a crash between two effects of a step",
          "a crash while something is being recorded",
          "a restart with a notice that is owed",
          "a restart with a start without a session",
          "a restart with a start with a session",
          "a restart with a follower",
          "a restart with a finished task",
          "a restart with CANCELLING, told nothing",
          "a restart with COMPLETED, told UNTOLD",
          "a restart with COMPLETED, told ASLEEP",
          "a restart with COMPLETED, told KNOWN");

  private final Set<String> seen = new TreeSet<>();

  void see(Input input) {
    seen.add(name(input.getClass()));
  }

  void see(Effect effect) {
    seen.add(name(effect.getClass()));
    if (effect instanceof Effect.Publish publish) {
      seen.add(name(publish.event().getClass()));
    } else if (effect instanceof Effect.SendNotice send) {
      see(send.notice().attention().isEmpty() ? "a notice" : "a notice that asks for attention");
    }
  }

  /** What the plugin begins with. */
  void see(Recorded recorded) {
    if (!recorded.owed().isEmpty()) {
      see("a restart with a notice that is owed");
    }
    for (RecordedTask task : recorded.tasks()) {
      see("a restart with " + kind(task));
    }
  }

  private static String kind(RecordedTask recorded) {
    Task task = recorded.task();
    if (task.status() == TaskStatus.STARTING) {
      return task.session() == null ? "a start without a session" : "a start with a session";
    }
    if (task.status() == TaskStatus.PENDING && !task.provenance().after().isEmpty()) {
      return "a follower";
    }
    Handling.End end = recorded.handling().end();
    return end != null && end.told() == Handling.Told.CLOSED
        ? "a finished task"
        : task.status() + ", told " + (end == null ? "nothing" : end.told());
  }

  void see(Answer answer) {
    seen.add(name(answer.getClass()));
    if (answer instanceof Answer.CaughtUp told && !told.isEmpty()) {
      see("told in an answer");
    } else if (answer instanceof Answer.Sent sent) {
      see(sent.status());
    } else if (answer instanceof Answer.RequestAnswered answered) {
      see(answered.status());
    } else if (answer instanceof Answer.CannotResume cannot) {
      see(cannot.reason());
    } else if (answer instanceof Answer.LimitReached reached) {
      see("limit " + reached.limit().setting());
    }
  }

  void see(Task task) {
    see(task.status());
    if (task.outcome() != null) {
      see(task.outcome().reason());
    }
    if (task.progress().stalled()) {
      see("a stall");
    }
  }

  void see(Enum<?> value) {
    see(value.getDeclaringClass().getSimpleName() + " " + value);
  }

  void see(String what) {
    seen.add(what);
  }

  void seeAllOf(CoverageTracker others) {
    seen.addAll(others.seen);
  }

  /** What should have been seen, and was not; but for what is too rare for a short run. */
  Set<String> missing() {
    Set<String> missing = new TreeSet<>();
    Stream.of(Input.class, Effect.class, Answer.class)
        .flatMap(type -> Stream.of(type.getPermittedSubclasses()))
        .forEach(type -> missing.add(name(type)));
    Stream.<Enum<?>[]>of(
            Reason.values(),
            TaskStatus.values(),
            Answer.SendStatus.values(),
            Answer.ReplyStatus.values(),
            Answer.ResumeRefusal.values(),
            Network.Strange.values())
        .flatMap(Stream::of)
        .forEach(value -> missing.add(value.getDeclaringClass().getSimpleName() + " " + value));
    missing.add("an answer that nobody reads");
    missing.add("told in an answer");
    missing.addAll(CRASHES);
    // Answered by whoever keeps the calls, not by the engine.
    missing.remove(name(Answer.Abandoned.class));
    missing.removeAll(seen);
    missing.removeAll(RARE);
    return missing;
  }

  private static String name(Class<?> type) {
    Class<?> outer = type.getDeclaringClass();
    return outer == null
        ? type.getSimpleName()
        : outer.getSimpleName() + "." + type.getSimpleName();
  }
}
