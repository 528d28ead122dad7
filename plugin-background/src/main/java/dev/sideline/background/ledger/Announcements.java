package dev.sideline.background.ledger;

import dev.sideline.api.Reach;
import dev.sideline.background.ledger.News.Telling;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Terms.Notify;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a parent is told of its tasks, and whether it is woken for that.
 *
 * <p>While others of its tasks are live, a parent is told of each that ends without being woken.
 * When the last has ended, or one needs it, it is woken. What ends within a moment, or while a
 * notice is under way, is told together. A task is announced by exactly one notice; one that its
 * parent has read, or has cancelled itself, by none.
 *
 * <p>A parent that is at work is told when it has finished that, lest it be thrown off its course;
 * but it is not waited for for ever. A parent that was set to work too often in a row is told
 * without being woken, for a person to go on.
 */
final class Announcements implements Deliveries.Listener {

  /** What follows from a notice that has arrived, or need not be sent. */
  interface Listener {

    /** Nothing is owed for these tasks any more, and no task of their parent's is live. */
    void retire(List<Entry> entries);

    /**
     * Whether a parent may be set to work. If not, its family is {@linkplain #advance told of}
     * again when it may.
     */
    boolean mayWork(Family family);

    /** A session was set to work by a message. */
    void woken(String session, String messageId);

    /** The last that a family was waiting for has come. */
    void emptied(Family family);

    /** A session is owed nothing, and will not be woken for its tasks. */
    void quiet(Family family);
  }

  private static final long AFTER_DEFECT_MILLIS = 1_000;

  private final Settings.Notices settings;
  private final Turn turn;
  private final Agenda agenda;
  private final Supplier<String> messageIds;
  private final Publisher publisher;
  private final Listener listener;
  private final Deliveries deliveries;
  private final AnswersUnderWay answersUnderWay;

  /** Families whose parent was at work when it was to be told. */
  private final Set<Family> waitingForIdle = new LinkedHashSet<>();

  Announcements(
      Settings settings,
      Turn turn,
      Agenda agenda,
      Supplier<String> messageIds,
      Publisher publisher,
      Listener listener) {
    this.settings = settings.notices();
    this.turn = turn;
    this.agenda = agenda;
    this.messageIds = messageIds;
    this.publisher = publisher;
    this.listener = listener;
    this.answersUnderWay = new AnswersUnderWay(publisher);
    this.deliveries = new Deliveries(turn, agenda, messageIds, listener, this);
  }

  /** Takes what becomes of notices. */
  Deliveries deliveries() {
    return deliveries;
  }

  // --- what is to be told

  /**
   * Takes a task that has ended.
   *
   * @param announce whether its parent is to be told of it
   */
  void ended(Entry entry, boolean announce) {
    News news = entry.family.news;
    news.ended(entry);
    if (announce && !entry.silenced && entry.task.terms().notification() != Notify.SILENT) {
      news.toAnnounce(entry, turn.now());
    }
    advance(entry.family);
  }

  /** Takes a task that needs its parent. */
  void needsAttention(Entry entry) {
    if (entry.task.terms().notification() != Notify.SILENT || !entry.requests().isEmpty()) {
      entry.family.news.needsAttention(entry, turn.now());
      advance(entry.family);
    }
  }

  /**
   * Drops what a parent is to be told of a task, which it does not want to know; but not what is
   * under way to it already. Tells whether there was anything.
   */
  boolean drop(Entry entry) {
    Family family = entry.family;
    boolean underWay = family.delivery != null && family.delivery.announces(entry);
    if (underWay || !family.news.owes(entry)) {
      return false;
    }
    family.news.clear(entry);
    return true;
  }

  /** The parent has gone, and nothing is owed any more. */
  void drop(Family family) {
    deliveries.drop(family);
    family.news.abandon();
    waitingForIdle.remove(family);
    cancelNext(family);
  }

  /** Something has broken off, perhaps on the way to telling a parent. */
  void goOnAfterDefect(Family family) {
    deliveries.reviveAfterDefect(family);
    if (family.news.owed() && family.delivery == null && family.nextTelling == null) {
      tellAt(family, turn.now() + AFTER_DEFECT_MILLIS);
    }
  }

  // --- what is read meanwhile

  /** An answer that shows a parent these tasks of its is on its way; see {@link #read}. */
  void reading(long call, Family family, List<Entry> entries) {
    answersUnderWay.begin(call, family, entries);
  }

  /**
   * An answer has arrived, or has not.
   *
   * @param taken whether somebody was there to take it, who now knows
   */
  void read(long call, boolean taken) {
    Family family = answersUnderWay.end(call, taken);
    if (family != null) {
      advance(family);
    }
  }

  /**
   * Takes what a parent is to be told that can be told in answers alone; what becomes of the answer
   * is {@link #read}.
   *
   * @return null if that is nothing, or it is told otherwise
   */
  @Nullable Telling tellInAnswer(long call, Family family) {
    if (family.gone || family.reach != Reach.ANSWERED) {
      return null;
    }
    family.news.refresh();
    Telling telling =
        family.news.takeForAnswer(answersUnderWay.shownTo(family), family.live == 0, turn.now());
    if (telling != null) {
      answersUnderWay.begin(call, family, telling);
    }
    return telling;
  }

  // --- when it is told

  /** Tells a parent what it can be told now. */
  void advance(Family family) {
    if (family.gone) {
      return;
    }
    if (family.delivery != null) {
      deliveries.goOn(family);
      return;
    }
    News news = family.news;
    news.refresh();
    boolean last = family.live == 0;
    if (!news.anything(last)) {
      nothingToTell(family, last);
      return;
    }
    if (family.answersUnderWay > 0 || family.reach == Reach.ANSWERED) {
      return;
    }
    boolean wake = last || news.urgent();
    long due = wake ? 0 : news.sinceMillis() + settings.delay().toMillis();
    if (due > turn.now()) {
      tellAt(family, due);
      return;
    }
    boolean patient = turn.now() < patienceEnds(family);
    if (waitingForIdle.contains(family) && patient) {
      tellAt(family, patienceEnds(family));
      return;
    }
    boolean wakes = wake && mayWake(family);
    if (!wakes || listener.mayWork(family)) {
      tell(family, last, wakes, !patient);
    }
  }

  private boolean mayWake(Family family) {
    return family.reach == Reach.WOKEN
        && (settings.maxWakes() == 0 || family.account.wakes < settings.maxWakes());
  }

  private void nothingToTell(Family family, boolean last) {
    News news = family.news;
    if (!news.owed()) {
      news.settled();
      waitingForIdle.remove(family);
      cancelNext(family);
    }
    deliveries.forgetPutOff(family);
    List<Entry> ended = last && family.answersUnderWay == 0 ? news.toClose() : List.of();
    if (!ended.isEmpty()) {
      close(family, ended);
      listener.quiet(family);
    }
  }

  private long patienceEnds(Family family) {
    return family.news.sinceMillis() + settings.busyParent().toMillis();
  }

  private void tellAt(Family family, long atMillis) {
    cancelNext(family);
    family.nextTelling =
        agenda.at(
            atMillis,
            () -> {
              family.nextTelling = null;
              advance(family);
            });
  }

  private void cancelNext(Family family) {
    if (family.nextTelling != null) {
      agenda.cancel(family.nextTelling);
      family.nextTelling = null;
    }
  }

  private void tell(Family family, boolean last, boolean wake, boolean evenIfBusy) {
    // Asked for first: if there is none to be had, nothing has changed.
    String messageId = messageIds.get();
    Telling telling = family.news.take(last, wake, turn.now());
    cancelNext(family);
    waitingForIdle.remove(family);
    deliveries.send(family, messageId, telling, wake, evenIfBusy);
  }

  private void close(Family family, List<Entry> ended) {
    family.news.closed(ended.size());
    if (!ended.isEmpty()) {
      if (family.live == 0) {
        publisher.allEnded(family, ended.size());
      }
      listener.retire(ended);
    }
  }

  /** A session has stopped working, as far as is known. */
  void parentIdle(Family family) {
    if (waitingForIdle.remove(family)) {
      advance(family);
    }
  }

  /** The sessions that are waited for to stop working. */
  List<Family> waitingForIdle() {
    return List.copyOf(waitingForIdle);
  }

  // --- what comes of it

  @Override
  public void arrived(Family family, Delivery delivery) {
    publisher.told(delivery.notice());
    if (delivery.wakes()) {
      family.account.wakes++;
      listener.woken(family.parent, delivery.messageId());
    }
    if (delivery.telling().last()) {
      // Later ones have been appended behind those that this notice closes.
      close(family, delivery.telling().ended());
    }
    advance(family);
  }

  @Override
  public void parentBusy(Family family, Delivery delivery) {
    family.news.putBack(delivery.telling(), family.members);
    waitingForIdle.add(family);
    advance(family);
  }

  @Override
  public void refused(Family family, Delivery delivery) {
    publisher.notTold(family, delivery.notice());
    // The results stay readable, and what comes later is tried as if nothing had been.
    if (delivery.telling().last()) {
      close(family, delivery.telling().ended());
    }
    advance(family);
  }

  @Override
  public void nobodyThere(Family family) {
    // What has ended stays readable for the sessions above, if any.
    family.news.clear();
    advance(family);
  }
}
