package dev.sideline.background.ledger;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.PluginEvent.RequestGone.How;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.ledger.Answer.RequestAnswered.Fate;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.OnTimeout;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The permissions and questions of tasks. A task that has asked holds no slot until it is answered;
 * its parent is told what it asks.
 */
final class Requests {

  private static final long NEXT_TRY_MILLIS = 30_000;

  /** How often the host may refuse an answer that nobody but we have given. */
  private static final int MAX_REFUSALS = 2;

  private final Settings.Requests settings;
  private final Turn turn;
  private final Barrier barrier;
  private final Roster roster;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final Publisher publisher;

  private final AnsweredRequests answered;
  private long lastNumber;

  /** The number of the last request when the host was asked for all of them. */
  private long knownAtFetch;

  Requests(
      Settings settings,
      Turn turn,
      Barrier barrier,
      Roster roster,
      Slots slots,
      AnsweredRequests answered,
      Lifecycle lifecycle,
      Publisher publisher) {
    this.settings = settings.requests();
    this.turn = turn;
    this.barrier = barrier;
    this.roster = roster;
    this.slots = slots;
    this.answered = answered;
    this.lifecycle = lifecycle;
    this.publisher = publisher;
  }

  // --- what is asked

  void asked(Entry entry, PendingRequest asked) {
    if (!isNews(entry, asked)) {
      return;
    }
    lifecycle.hasBegun(entry);
    if (!entry.task.status().active()) {
      return;
    }
    Request request = new Request(asked, ++lastNumber);
    if (!settings.timeout().isZero()) {
      request.timeoutMillis = turn.now() + settings.timeout().toMillis();
    }
    entry.addRequest(request);
    lifecycle.moveActive(entry, TaskStatus.INPUT_REQUIRED);
    slots.giveBack(entry);
    publisher.requestPending(entry, request);
    lifecycle.needsAttention(entry);
  }

  /** The host is about to be asked for all requests. */
  void fetching() {
    knownAtFetch = lastNumber;
  }

  /**
   * All requests that waited when the host was asked.
   *
   * @return the tasks of which requests are listed that were not heard of: a host may list requests
   *     of an agent that was stopped, so a look has to show first that it is at work
   */
  List<Entry> fetched(List<PendingRequest> waiting) {
    Set<String> ids = new HashSet<>();
    List<Entry> unsure = new ArrayList<>();
    for (PendingRequest request : waiting) {
      ids.add(request.id());
      Entry entry = roster.bySession(request.sessionId());
      if (roster.hasOnlyEndedTasks(request.sessionId())) {
        // Should another task go on in that session, it is not what that waits for.
        answered.remember(request.id());
      } else if (entry != null && entry.task.status().active() && isNews(entry, request)) {
        if (entry.listed == null) {
          entry.listed = new ArrayList<>(1);
          unsure.add(entry);
        }
        entry.listed.add(request);
      }
    }
    barrier.each(roster.entries(), entry -> compare(entry, ids));
    return unsure;
  }

  /** Compares what a task is known to have asked with what the host lists. */
  private void compare(Entry entry, Set<String> listed) {
    for (Request request : List.copyOf(entry.requests())) {
      if (request.number <= knownAtFetch && (!request.answering || request.uncertain)) {
        known(entry, request, listed.contains(request.asked.id()));
      }
    }
  }

  private void known(Entry entry, Request request, boolean waits) {
    if (!waits) {
      answered.remember(request.asked.id());
      over(entry, request, request.uncertain ? Fate.TAKEN : Fate.GONE);
    } else if (request.uncertain) {
      refused(entry, request, "the host has not taken the answer");
    }
  }

  /**
   * A task is at work: what the host has listed of it, it really waits for.
   *
   * @return whether there was anything
   */
  boolean confirmed(Entry entry) {
    List<PendingRequest> listed = entry.listed;
    entry.listed = null;
    if (listed != null) {
      listed.forEach(request -> asked(entry, request));
    }
    return listed != null;
  }

  private boolean isNews(Entry entry, PendingRequest request) {
    return !answered.contains(request.id()) && entry.request(request.id()) == null;
  }

  // --- what is answered

  /**
   * Answers.
   *
   * @param became told once what became of it; null if nobody wants to know
   */
  void answer(
      Entry entry,
      Request request,
      Reply reply,
      @Nullable BiConsumer<Fate, @Nullable String> became) {
    if (!entry.task.status().active()) {
      // It is told to stop, and would go on with an answer.
      if (became != null) {
        became.accept(Fate.GONE, null);
      }
      return;
    }
    request.answeredBy(became);
    Runnable give =
        () -> {
          if (entry.request(request.asked.id()) == request) {
            turn.effect(new Effect.AnswerRequest(entry.task.id(), request.asked.id(), reply));
          } else if (!entry.requests().isEmpty()) {
            // Somebody else was faster.
            waitsOn(entry);
          }
        };
    if (entry.blockedCalls > 0) {
      // By that alone its agent does not go on: another call of it waits for its own tasks.
      give.run();
    } else if (!slots.askAgain(entry, give)) {
      slots.grant();
      if (!entry.working) {
        request.became(Fate.KEPT, null);
      }
    }
  }

  void replied(Entry entry, String requestId) {
    answered.remember(requestId);
    Request request = entry.request(requestId);
    if (request != null) {
      over(entry, request, Fate.TAKEN);
    }
  }

  void replyFailed(Entry entry, String requestId, Code code, String message) {
    Request request = entry.request(requestId);
    if (request == null) {
      return;
    }
    if (code == Code.NOT_FOUND) {
      over(entry, request, Fate.GONE);
      return;
    }
    if (code == Code.UNCERTAIN) {
      // It may go on by now: the next list of all requests tells.
      request.uncertain = true;
      request.number = ++lastNumber;
      putOff(request);
      return;
    }
    boolean forGood = code == Code.INVALID || code == Code.UNSUPPORTED;
    if (forGood && request.timedOut) {
      request.refusals++;
      if (request.refusals == MAX_REFUSALS) {
        lifecycle.stop(
            entry,
            new Entry.Ending(
                Reason.CANCELLED,
                "nobody answered what it asked, and the host takes no refusal of it: " + message,
                null));
        return;
      }
    }
    refused(entry, request, message);
  }

  /** Should nobody else answer it, it is tried again, but not at once. */
  private void putOff(Request request) {
    if (request.timeoutMillis != 0) {
      request.timeoutMillis = Math.max(request.timeoutMillis, turn.now() + NEXT_TRY_MILLIS);
    }
  }

  private void refused(Entry entry, Request request, String message) {
    request.answering = false;
    request.uncertain = false;
    request.became(Fate.REFUSED, message);
    putOff(request);
    waitsOn(entry);
  }

  /** Somebody has answered in the host, or the request was withdrawn. */
  void answeredInHost(Entry entry, String requestId) {
    answered.remember(requestId);
    Request request = entry.request(requestId);
    if (request != null) {
      over(entry, request, request.answering ? Fate.TAKEN : Fate.GONE);
    }
  }

  /** Nobody has answered in time. */
  void timedOut(Entry entry, Request request) {
    if (settings.onTimeout() == OnTimeout.CANCEL) {
      request.timedOut = true;
      lifecycle.stop(
          entry, new Entry.Ending(Reason.CANCELLED, "nobody answered what it asked", null));
      return;
    }
    boolean allow =
        settings.onTimeout() == OnTimeout.ALLOW
            && request.asked.kind() == PendingRequest.Kind.PERMISSION;
    Reply reply =
        allow ? new Reply.Allow() : new Reply.Reject("Nobody answered in time. Go on without.");
    answer(entry, request, reply, null);
    request.timedOut = true;
  }

  /** Nothing of what a task has asked is waited for any more: its agent was stopped. */
  void drop(Entry entry) {
    for (Request request : List.copyOf(entry.requests())) {
      answered.remember(request.asked.id());
      entry.removeRequest(request);
      publisher.requestGone(entry, request, How.WITHDRAWN);
      request.became(Fate.GONE, null);
    }
    backToWork(entry);
  }

  private void over(Entry entry, Request request, Fate fate) {
    entry.removeRequest(request);
    publisher.requestGone(entry, request, fate == Fate.TAKEN ? How.ANSWERED : How.GONE_IN_HOST);
    request.became(fate, null);
    if (!entry.requests().isEmpty()) {
      waitsOn(entry);
    } else if (entry.task.status() == TaskStatus.INPUT_REQUIRED) {
      backToWork(entry);
      if (!entry.beingInterrupted() && entry.blockedCalls == 0) {
        // If it was not answered here, it goes on without having asked for a slot.
        slots.takeAnyway(entry);
      }
    }
  }

  /** It has asked more than was answered. The slot that was taken for an answer is not needed. */
  private void waitsOn(Entry entry) {
    if (entry.requests().stream().noneMatch(request -> request.answering)) {
      slots.giveBack(entry);
    }
  }

  private void backToWork(Entry entry) {
    if (entry.requests().isEmpty() && entry.task.status() == TaskStatus.INPUT_REQUIRED) {
      entry.signOfLife(turn.now());
      lifecycle.moveActive(entry, TaskStatus.RUNNING);
    }
  }
}
