package dev.sideline.background.engine.notify;

import dev.sideline.background.engine.lifecycle.Publisher;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.PendingNotifications.NotificationBatch;
import dev.sideline.background.engine.model.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answers to calls that show a parent what it would otherwise be told. It is not told while one
 * is on its way, and not at all once it has arrived.
 */
public final class InFlightAnswers {

  private final Publisher publisher;

  /** By the number of the call. */
  private final Map<Long, Shown> answers = new HashMap<>();

  /**
   * What an answer shows.
   *
   * @param ended tasks that have ended
   * @param asking tasks that need their parent
   * @param requests what they ask
   * @param told what was taken out of the parent's pending notifications to be told in it; null if
   *     nothing was
   */
  private record Shown(
      ParentSession parent,
      List<LiveTask> ended,
      List<LiveTask> asking,
      List<Request> requests,
      @Nullable NotificationBatch told) {}

  InFlightAnswers(Publisher publisher) {
    this.publisher = publisher;
  }

  /** An answer is on its way that shows a parent these tasks of its. */
  void begin(long call, ParentSession parent, List<LiveTask> entries) {
    parent.countAnswers(1);
    List<LiveTask> ended = new ArrayList<>();
    List<LiveTask> asking = new ArrayList<>();
    entries.forEach(live -> (live.status().terminal() ? ended : asking).add(live));
    answers.put(call, new Shown(parent, ended, asking, requests(asking), null));
  }

  /**
   * An answer is on its way in which a parent is told what was taken out of its pending
   * notifications.
   */
  void begin(long call, ParentSession parent, NotificationBatch told) {
    parent.countAnswers(1);
    List<LiveTask> asking = told.attention();
    answers.put(call, new Shown(parent, List.of(), asking, requests(asking), told));
  }

  private static List<Request> requests(List<LiveTask> asking) {
    return asking.stream().flatMap(live -> live.requests().stream()).toList();
  }

  /** The tasks that answers on their way to a parent show. */
  Set<LiveTask> shownTo(ParentSession parent) {
    if (!parent.isBeingAnswered()) {
      return Set.of();
    }
    Set<LiveTask> shown = new HashSet<>();
    for (Shown answer : answers.values()) {
      if (answer.parent == parent) {
        shown.addAll(answer.ended);
        shown.addAll(answer.asking);
      }
    }
    return shown;
  }

  /**
   * An answer has arrived, or has not.
   *
   * @param taken whether somebody was there to take it, who now knows
   * @return whose tasks it shows; null if it shows none that its caller would be told of
   */
  @Nullable ParentSession end(long call, boolean taken) {
    Shown shown = answers.remove(call);
    if (shown == null) {
      return null;
    }
    shown.parent.countAnswers(-1);
    if (taken) {
      shown.ended.forEach(shown.parent.pending()::clear);
      // What they have asked since, or that they have ended since, was not shown.
      shown.asking.forEach(live -> shown.parent.pending().noticed(live, shown.requests));
    }
    if (shown.told != null && taken) {
      shown.parent.pending().known(shown.told);
      publisher.toldInAnswer(shown.parent, shown.told);
    } else if (shown.told != null) {
      shown.parent.pending().putBack(shown.told, shown.parent.members());
    }
    return shown.parent;
  }
}
