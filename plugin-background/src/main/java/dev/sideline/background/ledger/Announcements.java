package dev.sideline.background.ledger;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.ledger.Entry.Request;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.Terms.Notify;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a parent is told of its tasks, and sees to it that it arrives.
 *
 * <p>While others of its tasks are live, a parent is told of each that ends without being woken.
 * When the last has ended, or one needs it, it is woken. What ends within a moment, or while a
 * notice is under way, is told together. A task is announced by exactly one notice; one that its
 * parent has read, or has cancelled itself, by none.
 *
 * <p>A parent that is at work is told when it has finished that, lest it be thrown off its course;
 * but it is not waited for for ever. A parent that was set to work too often in a row is told
 * without being woken, for a person to go on.
 *
 * <p>A notice is recorded as owed with its message id before it is sent, and tried until it has
 * arrived or the parent has gone. When a try leaves open whether it arrived, the parent's messages
 * are looked at before the next. When it is known not to have arrived, the next try gets a new
 * message id: hosts order messages by id, and one older than the parent's last answer would not
 * wake it.
 */
final class Announcements {

  private static final long FIRST_RETRY_MILLIS = 1_000;
  private static final long LAST_RETRY_MILLIS = 60_000;

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

  /** A notice that is under way. */
  static final class Delivery {
    private Notice notice;
    private final boolean last;
    private final List<Entry> closes;
    private final long owedSinceMillis;
    private final boolean evenIfBusy;

    /** What the parent was told before without being woken, and is woken for now. */
    private final List<Entry> toldAsleep;

    private int failures;
    private Agenda.@Nullable Item retry;

    /** Whether the host is just being asked to take it, or whether it has. */
    private boolean calling = true;

    /** Whether the last try has left open whether it has arrived. */
    private boolean open;

    /** Whether nobody is to be told any more, and only the answer to the last call is awaited. */
    private boolean dropped;

    private Delivery(
        Notice notice,
        boolean last,
        List<Entry> closes,
        long owedSinceMillis,
        boolean evenIfBusy,
        List<Entry> toldAsleep) {
      this.notice = notice;
      this.last = last;
      this.closes = closes;
      this.owedSinceMillis = owedSinceMillis;
      this.evenIfBusy = evenIfBusy;
      this.toldAsleep = toldAsleep;
    }

    /** Whether it may arrive, or have arrived, without our knowing. */
    boolean uncertain() {
      return calling || open;
    }

    boolean wakes() {
      return notice.wake();
    }

    private boolean announces(Entry entry) {
      return notice.announced().stream().anyMatch(task -> task.id().equals(entry.task.id()));
    }
  }

  private final Settings.Notices settings;
  private final Turn turn;
  private final Agenda agenda;
  private final Supplier<String> messageIds;
  private final Publisher publisher;
  private final Listener listener;

  /** Families whose parent was at work when it was to be told. */
  private final Set<Family> waitingForIdle = new LinkedHashSet<>();

  /** The tasks that answers under way show to their parent, by the number of the call. */
  private final Map<Long, Reading> beingRead = new HashMap<>();

  /**
   * An answer on its way.
   *
   * @param ended tasks that it shows as ended
   * @param asking tasks that it shows as needing their parent
   * @param requests what it shows that they ask
   */
  private record Reading(
      Family family, List<Entry> ended, List<Entry> asking, List<Request> requests) {}

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
  }

  // --- what is to be told

  /**
   * Takes a task that has ended.
   *
   * @param announce whether its parent is to be told of it
   */
  void ended(Entry entry, boolean announce) {
    Family family = entry.family;
    family.ended.add(entry);
    family.attention.remove(entry);
    Notify how = entry.task.terms().notification();
    if (announce && !entry.silenced && how != Notify.SILENT) {
      (how == Notify.ALL ? family.announcedLast : family.unannounced).add(entry);
      owe(family);
    }
    advance(family);
  }

  /** Takes a task that needs its parent. */
  void needsAttention(Entry entry) {
    if (entry.task.terms().notification() != Notify.SILENT || !entry.requests().isEmpty()) {
      entry.family.attention.add(entry);
      owe(entry.family);
      advance(entry.family);
    }
  }

  private void owe(Family family) {
    if (family.owedSinceMillis == 0) {
      family.owedSinceMillis = turn.now();
    }
  }

  /** Drops what a parent is to be told of a task, which it knows by now. */
  void clear(Entry entry) {
    Family family = entry.family;
    family.unannounced.remove(entry);
    family.announcedLast.remove(entry);
    family.toldAsleep.remove(entry);
    family.attention.remove(entry);
  }

  /**
   * Drops what a parent is to be told of a task, which it does not want to know; but not what is
   * under way to it already. Tells whether there was anything.
   */
  boolean drop(Entry entry) {
    Family family = entry.family;
    Delivery delivery = family.delivery;
    boolean owed = family.owes(entry);
    if (!owed || (delivery != null && delivery.announces(entry))) {
      return false;
    }
    clear(entry);
    return true;
  }

  // --- what is read meanwhile

  /** An answer that shows a parent these tasks of its is on its way; see {@link #read}. */
  void reading(long call, Family family, List<Entry> entries) {
    family.readings++;
    List<Entry> ended = new ArrayList<>();
    List<Entry> asking = new ArrayList<>();
    entries.forEach(entry -> (entry.task.status().terminal() ? ended : asking).add(entry));
    List<Request> requests = asking.stream().flatMap(entry -> entry.requests().stream()).toList();
    beingRead.put(call, new Reading(family, ended, asking, requests));
  }

  /**
   * Such an answer has arrived, or has not.
   *
   * @param taken whether somebody was there to take it, who now knows
   */
  void read(long call, boolean taken) {
    Reading reading = beingRead.remove(call);
    if (reading == null) {
      return;
    }
    reading.family.readings--;
    if (taken) {
      reading.ended.forEach(this::clear);
      // What they have asked since, or that they have ended since, was not shown.
      reading.requests.forEach(request -> request.told = true);
      for (Entry entry : reading.asking) {
        if (entry.requests().stream().allMatch(request -> request.told)) {
          reading.family.attention.remove(entry);
        }
      }
    }
    advance(reading.family);
  }

  // --- telling

  /** Tells a parent what it can be told now. */
  void advance(Family family) {
    if (family.gone || family.delivery != null) {
      return;
    }
    family.attention.removeIf(entry -> !entry.needsAttention());
    boolean last = family.live == 0;
    if (!anything(family, last)) {
      nothingToTell(family, last);
      return;
    }
    if (family.readings > 0) {
      return;
    }
    boolean wake = last || !family.attention.isEmpty();
    long due = wake ? 0 : family.owedSinceMillis + settings.delay().toMillis();
    if (due > turn.now()) {
      tellAt(family, due);
      return;
    }
    boolean patient = turn.now() < patienceEnds(family);
    if (waitingForIdle.contains(family) && patient) {
      tellAt(family, patienceEnds(family));
      return;
    }
    boolean mayWake = settings.maxWakes() == 0 || family.account.wakes < settings.maxWakes();
    if (!wake || !mayWake || listener.mayWork(family)) {
      send(family, last, wake && mayWake, !patient);
    }
  }

  private static boolean anything(Family family, boolean last) {
    return !family.unannounced.isEmpty() || !family.attention.isEmpty() || (last && family.owed());
  }

  private void nothingToTell(Family family, boolean last) {
    if (!family.owed()) {
      family.owedSinceMillis = 0;
      waitingForIdle.remove(family);
      cancelNext(family);
    }
    if (family.putOff != null) {
      turn.deliver(family.putOff);
      family.putOff = null;
    }
    if (last && family.readings == 0 && !family.ended.isEmpty()) {
      close(family, List.copyOf(family.ended));
      listener.quiet(family);
    }
  }

  private void close(Family family, List<Entry> entries) {
    family.ended.subList(0, entries.size()).clear();
    if (!entries.isEmpty()) {
      if (family.live == 0) {
        publisher.allEnded(family, entries.size());
      }
      listener.retire(entries);
    }
  }

  private long patienceEnds(Family family) {
    return family.owedSinceMillis + settings.busyParent().toMillis();
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

  private void send(Family family, boolean last, boolean wake, boolean evenIfBusy) {
    List<Entry> announced = List.copyOf(family.unannounced);
    if (last && !family.announcedLast.isEmpty()) {
      Set<Entry> all = new HashSet<>(announced);
      all.addAll(family.announcedLast);
      announced = family.ended.stream().filter(all::contains).toList();
    }
    Notice notice =
        new Notice(
            family.parent,
            messageIds.get(),
            tasks(announced),
            last ? tasks(family.ended) : List.of(),
            family.attention.stream()
                .map(entry -> entry.task.withProgress(entry.progress()))
                .toList(),
            family.live,
            wake);
    List<Entry> closes = last ? List.copyOf(family.ended) : List.of();
    List<Entry> toldAsleep = last ? List.copyOf(family.toldAsleep) : List.of();
    family.delivery =
        new Delivery(notice, last, closes, family.owedSinceMillis, evenIfBusy, toldAsleep);
    family.unannounced.clear();
    if (last) {
      family.announcedLast.clear();
      family.toldAsleep.clear();
    } else if (!wake) {
      family.toldAsleep.addAll(announced);
    }
    family.attention.forEach(Announcements::hasBeenTold);
    family.attention.clear();
    family.owedSinceMillis = family.owed() ? turn.now() : 0;
    cancelNext(family);
    waitingForIdle.remove(family);
    if (family.putOff != null) {
      turn.deliver(family.putOff);
      family.putOff = null;
    }
    turn.owe(notice);
    turn.effect(new Effect.SendNotice(notice, evenIfBusy));
  }

  private static void hasBeenTold(Entry entry) {
    entry.requests().forEach(request -> request.told = true);
  }

  private static List<Task> tasks(List<Entry> entries) {
    return entries.stream().map(entry -> entry.task).toList();
  }

  // --- what comes of it

  /** A notice has arrived. */
  void arrived(Family family, String messageId) {
    Delivery delivery = underWay(family, messageId);
    if (delivery == null) {
      return;
    }
    family.delivery = null;
    if (delivery.dropped) {
      tooLate(family, delivery);
      return;
    }
    turn.deliver(messageId);
    publisher.told(delivery.notice);
    family.account.noticed(messageId);
    if (delivery.wakes()) {
      family.account.wakes++;
      listener.woken(family.parent, messageId);
    }
    if (delivery.last) {
      // Later ones have been appended behind those that this notice closes.
      close(family, delivery.closes);
    }
    advance(family);
  }

  /** The parent was at work, and was not told. It may read meanwhile what it was to be told. */
  void parentBusy(Family family, String messageId) {
    Delivery delivery = underWay(family, messageId);
    if (delivery == null) {
      return;
    }
    family.delivery = null;
    if (delivery.dropped) {
      listener.emptied(family);
      return;
    }
    // It stays recorded as owed until another takes its place.
    family.putOff = messageId;
    restore(family, delivery);
    waitingForIdle.add(family);
    advance(family);
  }

  private void restore(Family family, Delivery delivery) {
    Map<TaskId, Entry> held = new HashMap<>();
    family.members.forEach(entry -> held.put(entry.task.id(), entry));
    List<Entry> since = List.copyOf(family.unannounced);
    family.unannounced.clear();
    for (Task task : delivery.notice.announced()) {
      Entry entry = held.get(task.id());
      if (entry != null) {
        boolean last = entry.task.terms().notification() == Notify.ALL;
        family.toldAsleep.remove(entry);
        (last ? family.announcedLast : family.unannounced).add(entry);
      }
    }
    family.unannounced.addAll(since);
    family.toldAsleep.addAll(delivery.toldAsleep);
    for (Task task : delivery.notice.attention()) {
      Entry entry = held.get(task.id());
      if (entry != null) {
        entry.requests().forEach(request -> request.told = false);
        family.attention.add(entry);
      }
    }
    family.owedSinceMillis = delivery.owedSinceMillis;
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

  /** A try has failed. */
  void failed(Family family, String messageId, Code code) {
    Delivery delivery = underWay(family, messageId);
    if (delivery == null) {
      return;
    }
    delivery.calling = false;
    delivery.open = code == Code.UNCERTAIN;
    if (delivery.dropped) {
      family.delivery = null;
      if (delivery.open) {
        tooLate(family, delivery);
      } else {
        listener.emptied(family);
      }
      return;
    }
    if (code == Code.NOT_FOUND) {
      nobodyThere(family, messageId);
      return;
    }
    delivery.failures++;
    long delay =
        Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(delivery.failures - 1, 16));
    Runnable next = code == Code.UNCERTAIN ? () -> probe(delivery) : () -> resend(delivery);
    delivery.retry = agenda.at(turn.now() + delay, next);
  }

  /** There is nobody to tell. What has ended stays readable for the sessions above, if any. */
  private void nobodyThere(Family family, String messageId) {
    forget(family);
    turn.deliver(messageId);
    family.delivery = null;
    advance(family);
  }

  /** A notice turned out not to have arrived. */
  void missing(Family family, String messageId) {
    Delivery delivery = underWay(family, messageId);
    if (delivery == null) {
      return;
    }
    if (delivery.dropped) {
      family.delivery = null;
      listener.emptied(family);
    } else {
      resend(delivery);
    }
  }

  /**
   * The parent has gone: nothing is owed any more. A notice that is under way may still arrive and
   * set it to work, so the answer to that is awaited.
   */
  void drop(Family family) {
    Delivery delivery = family.delivery;
    if (delivery != null && !delivery.dropped) {
      turn.deliver(delivery.notice.messageId());
      if (delivery.retry != null) {
        agenda.cancel(delivery.retry);
      }
      if (delivery.wakes() && delivery.calling) {
        delivery.dropped = true;
      } else {
        family.delivery = null;
        if (delivery.wakes() && delivery.open) {
          listener.woken(family.parent, delivery.notice.messageId());
        }
      }
    }
    if (family.putOff != null) {
      turn.deliver(family.putOff);
      family.putOff = null;
    }
    forget(family);
    family.ended.clear();
    family.owedSinceMillis = 0;
    waitingForIdle.remove(family);
    cancelNext(family);
  }

  private static void forget(Family family) {
    family.unannounced.clear();
    family.announcedLast.clear();
    family.toldAsleep.clear();
    family.attention.clear();
  }

  /** A notice that nobody is owed any more has arrived, or perhaps has. */
  private void tooLate(Family family, Delivery delivery) {
    listener.woken(family.parent, delivery.notice.messageId());
    listener.emptied(family);
  }

  private void probe(Delivery delivery) {
    delivery.calling = true;
    turn.effect(new Effect.ProbeNotice(delivery.notice));
  }

  private void resend(Delivery delivery) {
    turn.deliver(delivery.notice.messageId());
    delivery.notice = delivery.notice.withMessageId(messageIds.get());
    delivery.calling = true;
    delivery.open = false;
    turn.owe(delivery.notice);
    turn.effect(new Effect.SendNotice(delivery.notice, delivery.evenIfBusy));
  }

  private static @Nullable Delivery underWay(Family family, String messageId) {
    Delivery delivery = family.delivery;
    return delivery != null && delivery.notice.messageId().equals(messageId) ? delivery : null;
  }
}
