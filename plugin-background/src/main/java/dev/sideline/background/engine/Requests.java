package dev.sideline.background.engine;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.PluginEvent.RequestGone.How;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.Answer.ReplyStatus;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.OnTimeout;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The permissions and questions of tasks. A task that has asked holds no slot until it is answered;
 * its parent is told what it asks.
 */
final class Requests implements Input.RequestAnswers {

  private static final long NEXT_TRY_MILLIS = 30_000;

  /** How often the host may refuse an answer that nobody but we have given. */
  private static final int MAX_REFUSALS = 2;

  private final Settings.Requests settings;
  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final Publisher publisher;

  private final AnsweredRequests answered;
  private long lastNumber;

  /** The number of the last request when the host was asked for all of them. */
  private long knownAtFetch;

  Requests(
      Settings settings,
      UnitOfWork unit,
      TaskRegistry registry,
      Slots slots,
      AnsweredRequests answered,
      Lifecycle lifecycle,
      Publisher publisher) {
    this.settings = settings.requests();
    this.unit = unit;
    this.registry = registry;
    this.slots = slots;
    this.answered = answered;
    this.lifecycle = lifecycle;
    this.publisher = publisher;
  }

  // --- what is asked

  void asked(LiveTask live, PendingRequest asked) {
    if (!isNews(live, asked)) {
      return;
    }
    lifecycle.onStarted(live);
    if (!live.task.status().active()) {
      return;
    }
    Request request = new Request(asked, ++lastNumber);
    if (!settings.timeout().isZero()) {
      request.timeoutMillis = unit.now() + settings.timeout().toMillis();
    }
    live.addRequest(request);
    lifecycle.moveActive(live, TaskStatus.INPUT_REQUIRED);
    slots.release(live);
    publisher.requestPending(live, request);
    lifecycle.requestAttention(live);
    unit.signal(new Signal.DeadlineSet(live));
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
  List<LiveTask> fetched(List<PendingRequest> waiting) {
    Set<String> ids = new HashSet<>();
    List<LiveTask> unsure = new ArrayList<>();
    for (PendingRequest request : waiting) {
      ids.add(request.id());
      LiveTask live = registry.bySession(request.sessionId());
      if (registry.hasOnlyEndedTasks(request.sessionId())) {
        // Should another task go on in that session, it is not what that waits for.
        answered.remember(request.id());
      } else if (live != null && live.task.status().active() && isNews(live, request)) {
        if (live.listed == null) {
          live.listed = new ArrayList<>(1);
          unsure.add(live);
        }
        live.listed.add(request);
      }
    }
    unit.each(registry.entries(), live -> compare(live, ids));
    return unsure;
  }

  /** Compares what a task is known to have asked with what the host lists. */
  private void compare(LiveTask live, Set<String> listed) {
    for (Request request : List.copyOf(live.requests())) {
      if (request.number <= knownAtFetch && (!request.answering || request.uncertain)) {
        known(live, request, listed.contains(request.asked.id()));
      }
    }
  }

  private void known(LiveTask live, Request request, boolean waits) {
    if (!waits) {
      answered.remember(request.asked.id());
      over(live, request, request.uncertain ? ReplyStatus.TAKEN : ReplyStatus.GONE);
    } else if (request.uncertain) {
      refused(live, request, "the host has not taken the answer");
    }
  }

  /** A task is at work: what the host has listed of it, it really waits for. */
  void confirmed(LiveTask live) {
    List<PendingRequest> listed = live.listed;
    live.listed = null;
    if (listed != null) {
      listed.forEach(request -> asked(live, request));
    }
  }

  private boolean isNews(LiveTask live, PendingRequest request) {
    return !answered.contains(request.id()) && live.request(request.id()) == null;
  }

  // --- what is answered

  /**
   * Answers.
   *
   * @param replier who wants to know what becomes of it; null if nobody does
   */
  void answer(LiveTask live, Request request, Reply reply, Signal.@Nullable Replier replier) {
    if (replier != null && request.answering) {
      String why = "another answer to it is under way";
      String id = request.asked.id();
      unit.signal(new Signal.ReplyCompleted(live, id, replier, ReplyStatus.REFUSED, why));
      return;
    }
    if (!live.task.status().active()) {
      // It is told to stop, and would go on with an answer.
      if (replier != null) {
        String id = request.asked.id();
        unit.signal(new Signal.ReplyCompleted(live, id, replier, ReplyStatus.GONE, null));
      }
      return;
    }
    request.answeredBy(replier);
    if (live.blockedCalls > 0 || live.working) {
      // By an answer alone an agent does not go on while a call of it waits for its own tasks.
      give(live, request, reply);
    } else {
      slots.reacquire(live, new SlotUse.GiveReply(request, reply));
    }
  }

  /** A task has to wait for a slot before it gets an answer, which is kept. */
  void keep(LiveTask live, Request request) {
    request.complete(unit, live, ReplyStatus.KEPT, null);
  }

  /** Gives the host an answer, if that is still waited for. */
  void give(LiveTask live, Request request, Reply reply) {
    if (live.request(request.asked.id()) == request) {
      unit.effect(new Effect.AnswerRequest(live.task.id(), request.asked.id(), reply));
    } else if (!live.requests().isEmpty()) {
      // Somebody else was faster.
      waitsOn(live);
    }
  }

  @Override
  public void take(Input.RequestReplied replied) {
    LiveTask live = registry.byId(replied.task());
    if (live != null) {
      replied(live, replied.requestId());
    }
  }

  @Override
  public void take(Input.RequestReplyFailed failed) {
    LiveTask live = registry.byId(failed.task());
    if (live != null) {
      replyFailed(live, failed.requestId(), failed.code(), failed.message());
      unit.signal(new Signal.DeadlineSet(live));
    }
  }

  private void replied(LiveTask live, String requestId) {
    answered.remember(requestId);
    Request request = live.request(requestId);
    if (request != null) {
      over(live, request, ReplyStatus.TAKEN);
    }
  }

  private void replyFailed(LiveTask live, String requestId, Code code, String message) {
    Request request = live.request(requestId);
    if (request == null) {
      return;
    }
    if (code == Code.NOT_FOUND) {
      over(live, request, ReplyStatus.GONE);
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
            live,
            new LiveTask.Ending(
                Reason.CANCELLED,
                "nobody answered what it asked, and the host takes no refusal of it: " + message,
                null));
        return;
      }
    }
    refused(live, request, message);
  }

  /** Should nobody else answer it, it is tried again, but not at once. */
  private void putOff(Request request) {
    if (request.timeoutMillis != 0) {
      request.timeoutMillis = Math.max(request.timeoutMillis, unit.now() + NEXT_TRY_MILLIS);
    }
  }

  private void refused(LiveTask live, Request request, String message) {
    request.answering = false;
    request.uncertain = false;
    request.complete(unit, live, ReplyStatus.REFUSED, message);
    putOff(request);
    waitsOn(live);
    unit.signal(new Signal.DeadlineSet(live));
  }

  /** Somebody has answered in the host, or the request was withdrawn. */
  void answeredInHost(LiveTask live, String requestId) {
    answered.remember(requestId);
    Request request = live.request(requestId);
    if (request != null) {
      over(live, request, request.answering ? ReplyStatus.TAKEN : ReplyStatus.GONE);
    }
  }

  /** Nobody has answered in time. */
  void timedOut(LiveTask live, Request request) {
    if (settings.onTimeout() == OnTimeout.CANCEL) {
      request.timedOut = true;
      lifecycle.stop(
          live, new LiveTask.Ending(Reason.CANCELLED, "nobody answered what it asked", null));
      return;
    }
    boolean allow =
        settings.onTimeout() == OnTimeout.ALLOW
            && request.asked.kind() == PendingRequest.Kind.PERMISSION;
    Reply reply =
        allow ? new Reply.Allow() : new Reply.Reject("Nobody answered in time. Go on without.");
    answer(live, request, reply, null);
    request.timedOut = true;
  }

  /** Nothing of what a task has asked is waited for any more: its agent was stopped. */
  void drop(LiveTask live) {
    for (Request request : List.copyOf(live.requests())) {
      answered.remember(request.asked.id());
      live.removeRequest(request);
      publisher.requestGone(live, request, How.WITHDRAWN);
      request.complete(unit, live, ReplyStatus.GONE, null);
    }
    backToWork(live);
  }

  private void over(LiveTask live, Request request, ReplyStatus fate) {
    live.removeRequest(request);
    publisher.requestGone(
        live, request, fate == ReplyStatus.TAKEN ? How.ANSWERED : How.GONE_IN_HOST);
    request.complete(unit, live, fate, null);
    if (!live.requests().isEmpty()) {
      waitsOn(live);
    } else if (live.task.status() == TaskStatus.INPUT_REQUIRED) {
      backToWork(live);
      if (!live.beingInterrupted() && live.blockedCalls == 0) {
        // If it was not answered here, it goes on without having asked for a slot.
        slots.acquireForced(live);
      }
    }
  }

  /** It has asked more than was answered. The slot that was taken for an answer is not needed. */
  private void waitsOn(LiveTask live) {
    if (live.requests().stream().noneMatch(request -> request.answering)) {
      slots.release(live);
    }
  }

  private void backToWork(LiveTask live) {
    if (live.requests().isEmpty() && live.task.status() == TaskStatus.INPUT_REQUIRED) {
      live.signOfLife(unit.now());
      lifecycle.moveActive(live, TaskStatus.RUNNING);
    }
  }
}
