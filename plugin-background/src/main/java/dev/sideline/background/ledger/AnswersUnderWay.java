package dev.sideline.background.ledger;

import dev.sideline.background.ledger.News.Telling;
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
final class AnswersUnderWay {

  private final Publisher publisher;

  /** By the number of the call. */
  private final Map<Long, Shown> answers = new HashMap<>();

  /**
   * What an answer shows.
   *
   * @param ended tasks that have ended
   * @param asking tasks that need their parent
   * @param requests what they ask
   * @param told what was taken out of the parent's news to be told in it; null if nothing was
   */
  private record Shown(
      Family family,
      List<Entry> ended,
      List<Entry> asking,
      List<Request> requests,
      @Nullable Telling told) {}

  AnswersUnderWay(Publisher publisher) {
    this.publisher = publisher;
  }

  /** An answer is on its way that shows a parent these tasks of its. */
  void begin(long call, Family family, List<Entry> entries) {
    family.answersUnderWay++;
    List<Entry> ended = new ArrayList<>();
    List<Entry> asking = new ArrayList<>();
    entries.forEach(entry -> (entry.task.status().terminal() ? ended : asking).add(entry));
    List<Request> requests = asking.stream().flatMap(entry -> entry.requests().stream()).toList();
    answers.put(call, new Shown(family, ended, asking, requests, null));
  }

  /** An answer is on its way in which a parent is told what was taken out of its news. */
  void begin(long call, Family family, Telling told) {
    family.answersUnderWay++;
    answers.put(call, new Shown(family, List.of(), List.of(), List.of(), told));
  }

  /** The tasks that answers on their way to a parent show. */
  Set<Entry> shownTo(Family family) {
    if (family.answersUnderWay == 0) {
      return Set.of();
    }
    Set<Entry> shown = new HashSet<>();
    for (Shown answer : answers.values()) {
      if (answer.family == family) {
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
  @Nullable Family end(long call, boolean taken) {
    Shown shown = answers.remove(call);
    if (shown == null) {
      return null;
    }
    shown.family.answersUnderWay--;
    if (shown.told != null) {
      if (taken) {
        publisher.toldInAnswer(shown.family, shown.told);
      } else {
        shown.family.news.putBack(shown.told, shown.family.members);
      }
    } else if (taken) {
      shown.ended.forEach(shown.family.news::clear);
      // What they have asked since, or that they have ended since, was not shown.
      shown.requests.forEach(request -> request.told = true);
      for (Entry entry : shown.asking) {
        if (entry.requests().stream().allMatch(request -> request.told)) {
          shown.family.news.noticed(entry);
        }
      }
    }
    return shown.family;
  }
}
