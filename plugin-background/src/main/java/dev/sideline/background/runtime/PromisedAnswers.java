package dev.sideline.background.runtime;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Which answers have to wait for the record, and which tasks they show. */
final class PromisedAnswers {

  private PromisedAnswers() {}

  /**
   * Whether an answer promises what a crash must not undo, or has something looked for that is to
   * be recorded by then.
   */
  static boolean promises(Answer answer) {
    if (answer instanceof Answer.Sent sent) {
      return sent.status() == SendStatus.KEPT || sent.status() == SendStatus.UNDER_WAY;
    }
    if (answer instanceof Answer.RequestAnswered answered) {
      return answered.status() == ReplyStatus.KEPT;
    }
    if (answer instanceof Answer.OperatorAnswered answered) {
      return answered.status() == ReplyStatus.KEPT;
    }
    return answer instanceof Answer.Launched || answer instanceof Answer.Recall;
  }

  /**
   * Whether an answer says that something is not done, and will not be. If it was to be done
   * before, that is still recorded, and after a crash it would be done all the same.
   */
  static boolean takesBack(Answer answer) {
    if (answer instanceof Answer.Sent sent) {
      return sent.status().inVain();
    }
    if (answer instanceof Answer.RequestAnswered answered) {
      return answered.status().inVain();
    }
    return answer instanceof Answer.OperatorAnswered answered && answered.status().inVain();
  }

  /** The answer to a call of which nothing is done, because it cannot be recorded. */
  static Answer refused(Answer answer) {
    if (answer instanceof Answer.Recall) {
      return new Answer.RecordUnreadable("what has ended last is not recorded yet");
    }
    return answer instanceof Answer.OperatorAnswered
        ? new Answer.OperatorAnswered(ReplyStatus.REFUSED, "it could not be recorded")
        : new Answer.NotRecorded();
  }

  /** What a call is told whose promise cannot be recorded, but holds in this process. */
  static Answer unrecorded(Answer answer) {
    return answer instanceof Answer.Launched || answer instanceof Answer.Recall
        ? refused(answer)
        : new Answer.Unrecorded(answer);
  }

  /** Whether an answer shows one of some tasks. */
  static boolean showsAny(Answer answer, Set<TaskId> tasks) {
    return !tasks.isEmpty() && shown(answer).anyMatch(tasks::contains);
  }

  /** The tasks that an answer shows. */
  static Stream<TaskId> shown(Answer answer) {
    if (answer instanceof Answer.Launched launched) {
      return Stream.of(id(launched.task()));
    } else if (answer instanceof Answer.CannotResume cannot) {
      return Stream.of(id(cannot.task()));
    } else if (answer instanceof Answer.KeyTaken taken) {
      return Stream.of(taken.task());
    } else if (answer instanceof Answer.Sent sent) {
      return Stream.of(id(sent.task()));
    } else if (answer instanceof Answer.RequestAnswered answered) {
      return Stream.of(id(answered.task()));
    } else if (answer instanceof Answer.PersonDecides decides) {
      return Stream.of(id(decides.task()));
    } else if (answer instanceof Answer.Shown shown) {
      return ids(shown.tasks());
    } else if (answer instanceof Answer.Listed listed) {
      return ids(listed.tasks());
    } else if (answer instanceof Answer.NoticesCleared cleared) {
      return ids(cleared.tasks());
    } else if (answer instanceof Answer.CancelEnded ended) {
      return Stream.of(ended.stopped(), ended.stopping(), ended.alreadyOver())
          .flatMap(PromisedAnswers::ids);
    } else if (answer instanceof Answer.CaughtUp told) {
      return Stream.concat(told.ended().stream(), told.attention().stream()).map(Task::id);
    } else if (answer instanceof Answer.OperatorViews views) {
      return views.tasks().stream().map(view -> view.task().id());
    }
    return Stream.of();
  }

  private static Stream<TaskId> ids(List<View> views) {
    return views.stream().map(PromisedAnswers::id);
  }

  private static TaskId id(View view) {
    return view.task().id();
  }

  /** The same answer without tasks that there are not, after all. */
  static Answer without(Answer answer, Set<TaskId> tasks) {
    if (answer instanceof Answer.Shown shown) {
      List<View> rest = rest(shown.tasks(), tasks);
      // What was waited for may have been these alone.
      boolean inVain = rest.stream().anyMatch(view -> !view.task().status().terminal());
      return new Answer.Shown(rest, shown.waitedInVain() && inVain);
    } else if (answer instanceof Answer.Listed listed) {
      List<View> rest = rest(listed.tasks(), tasks);
      return new Answer.Listed(rest, listed.total() - listed.tasks().size() + rest.size());
    } else if (answer instanceof Answer.NoticesCleared cleared) {
      return new Answer.NoticesCleared(rest(cleared.tasks(), tasks));
    } else if (answer instanceof Answer.CancelEnded ended) {
      return new Answer.CancelEnded(
          rest(ended.stopped(), tasks),
          rest(ended.stopping(), tasks),
          rest(ended.alreadyOver(), tasks));
    } else if (answer instanceof Answer.OperatorViews views) {
      return new Answer.OperatorViews(
          views.tasks().stream().filter(view -> !tasks.contains(view.task().id())).toList());
    } else if (answer instanceof Answer.CaughtUp) {
      // It tells of what has ended or asks, which a task that is not recorded has not.
      return answer;
    }
    return refused(answer);
  }

  private static List<View> rest(List<View> views, Set<TaskId> tasks) {
    return views.stream().filter(view -> !tasks.contains(id(view))).toList();
  }
}
