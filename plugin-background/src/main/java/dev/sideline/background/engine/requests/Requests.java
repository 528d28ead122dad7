package dev.sideline.background.engine.requests;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.PluginEvent.RequestGone.How;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.lifecycle.Publisher;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.Remembered;
import dev.sideline.background.engine.model.Replier;
import dev.sideline.background.engine.model.Request;
import dev.sideline.background.engine.model.RequestPhase;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.SlotUse;
import dev.sideline.background.engine.model.StopReason;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Handling.Asked;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.scheduling.Slots;
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
public final class Requests implements Input.RequestAnswers {

  private static final long NEXT_TRY_MILLIS = 30_000;

  /** How often the host may refuse an answer that nobody but we have given. */
  private static final int MAX_REFUSALS = 2;

  private final Settings.Requests settings;
  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final Publisher publisher;

  private final Remembered<String> answered;
  private long lastNumber;

  /** The number of the last request when the host was asked for all of them. */
  private long knownAtFetch;

  public Requests(
      Settings settings,
      UnitOfWork unit,
      TaskRegistry registry,
      Slots slots,
      Remembered<String> answered,
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

  // --- what was asked before a restart

  /** Takes up what a task waits for. The host tells whether it still does. */
  public void restore(LiveTask live, List<Asked> recorded) {
    for (Asked state : recorded) {
      for (PendingRequest asked : live.record().progress().requests()) {
        if (asked.id().equals(state.id())) {
          live.addRequest(Request.restored(asked, state, ++lastNumber));
        }
      }
    }
  }

  // --- what is asked

  public void asked(LiveTask live, PendingRequest asked) {
    if (!isNews(live, asked)) {
      return;
    }
    lifecycle.onStarted(live);
    if (!live.status().active()) {
      return;
    }
    long timeout = settings.timeout().isZero() ? 0 : unit.now() + settings.timeout().toMillis();
    Request request = new Request(asked, ++lastNumber, timeout);
    live.addRequest(request);
    lifecycle.moveActive(live, TaskStatus.INPUT_REQUIRED);
    slots.release(live);
    publisher.requestPending(live, request);
    lifecycle.requestAttention(live);
    unit.signal(new Signal.DeadlineSet(live));
  }

  /** The host is about to be asked for all requests. */
  public void fetching() {
    knownAtFetch = lastNumber;
  }

  /**
   * All requests that waited when the host was asked.
   *
   * @return the tasks of which requests are listed that were not heard of: a host may list requests
   *     of an agent that was stopped, so a probe has to show first that it is at work
   */
  public List<LiveTask> fetched(List<PendingRequest> waiting) {
    Set<String> ids = new HashSet<>();
    List<LiveTask> unsure = new ArrayList<>();
    for (PendingRequest request : waiting) {
      ids.add(request.id());
      LiveTask live = registry.bySession(request.sessionId());
      if (registry.hasOnlyEndedTasks(request.sessionId())) {
        // Should another task go on in that session, it is not what that waits for.
        answered.remember(request.id());
      } else if (live != null && live.status().active() && isNews(live, request)) {
        if (live.probe().list(request)) {
          unsure.add(live);
        }
      }
    }
    unit.each(registry.entries(), live -> compare(live, ids));
    return unsure;
  }

  /** Compares what a task is known to have asked with what the host lists. */
  private void compare(LiveTask live, Set<String> listed) {
    for (Request request : List.copyOf(live.requests())) {
      if (request.number() <= knownAtFetch && !isBeingGiven(live, request)) {
        known(live, request, listed.contains(request.id()));
      }
    }
  }

  /** Whether the host has an answer to it, or is being asked to take it. */
  private static boolean isBeingGiven(LiveTask live, Request request) {
    return request.phase() == RequestPhase.ANSWERING
        && live.slot().wanted().stream()
            .noneMatch(use -> use instanceof SlotUse.GiveReply waits && waits.request() == request);
  }

  private void known(LiveTask live, Request request, boolean waits) {
    if (waits) {
      slots.atRest(live);
    }
    if (!waits) {
      answered.remember(request.id());
      over(
          live,
          request,
          request.phase() == RequestPhase.UNCERTAIN ? ReplyStatus.TAKEN : ReplyStatus.GONE);
    } else if (request.phase() == RequestPhase.UNCERTAIN && request.kept()) {
      // Somebody counts on it; but one that is told to stop would go on with it.
      if (live.status().active()) {
        giveOrWait(live, request, request.answerAgain());
      }
    } else if (request.phase() == RequestPhase.UNCERTAIN) {
      refused(live, request, "the host has not taken the answer");
    }
  }

  /** A task is at work: what the host has listed of it, it really waits for. */
  public void confirmed(LiveTask live) {
    List<PendingRequest> listed = live.probe().listed();
    live.probe().clearListed();
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
  public void answer(LiveTask live, Request request, Reply reply, @Nullable Replier replier) {
    if (replier != null && request.answering()) {
      String why = "another answer to it is under way";
      String id = request.id();
      unit.signal(new Signal.ReplyCompleted(live, id, replier, ReplyStatus.REFUSED, why));
      return;
    }
    if (!live.status().active()) {
      // It is told to stop, and would go on with an answer.
      if (replier != null) {
        String id = request.id();
        unit.signal(new Signal.ReplyCompleted(live, id, replier, ReplyStatus.GONE, null));
      }
      return;
    }
    request.answeredBy(replier, reply);
    unit.markDirty(live);
    giveOrWait(live, request, reply);
  }

  private void giveOrWait(LiveTask live, Request request, Reply reply) {
    if (live.isBlocked() || slots.has(live)) {
      // By an answer alone an agent does not go on while a call of it waits for its own tasks.
      give(live, request, reply);
    } else {
      slots.reacquire(live, new SlotUse.GiveReply(request, reply));
    }
  }

  /** A task has to wait for a slot before it gets an answer, which is kept. */
  public void keep(LiveTask live, Request request) {
    request.keep();
    unit.completed(live, request, ReplyStatus.KEPT, null);
  }

  /** Gives the host an answer, if that is still waited for. */
  public void give(LiveTask live, Request request, Reply reply) {
    if (live.request(request.id()) == request) {
      unit.effect(new Effect.AnswerRequest(live.record().id(), request.id(), reply));
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
    if (request.phase() != RequestPhase.ANSWERING) {
      // Told of an answer that was not given.
      return;
    }
    if (code == Code.UNCERTAIN) {
      // It may go on by now: the next list of all requests tells.
      request.uncertain(++lastNumber);
      putOff(request);
      unit.markDirty(live);
      return;
    }
    boolean forGood = code == Code.INVALID || code == Code.UNSUPPORTED;
    if (forGood && request.timedOut() && request.countRefusal() == MAX_REFUSALS) {
      String detail =
          "nobody answered what it asked, and the host takes no refusal of it: " + message;
      lifecycle.stop(live, new StopReason(Reason.CANCELLED, detail, null));
      return;
    }
    refused(live, request, message);
  }

  /** Should nobody else answer it, it is tried again, but not at once. */
  private void putOff(Request request) {
    request.putOff(unit.now() + NEXT_TRY_MILLIS);
  }

  private void refused(LiveTask live, Request request, String message) {
    boolean countedOn = request.kept();
    request.reopen();
    unit.markDirty(live);
    if (countedOn) {
      // Its parent was told that the answer is kept, and has to know that it came to nothing.
      request.told(false);
      lifecycle.requestAttention(live);
    }
    unit.completed(live, request, ReplyStatus.REFUSED, message);
    putOff(request);
    waitsOn(live);
    unit.signal(new Signal.DeadlineSet(live));
  }

  /** Somebody has answered in the host, or the request was withdrawn. */
  public void answeredInHost(LiveTask live, String requestId) {
    answered.remember(requestId);
    Request request = live.request(requestId);
    if (request != null) {
      over(live, request, request.answering() ? ReplyStatus.TAKEN : ReplyStatus.GONE);
    }
  }

  /** Nobody has answered in time. */
  public void timedOut(LiveTask live, Request request) {
    if (settings.onTimeout() == OnTimeout.CANCEL) {
      request.timeOut();
      lifecycle.stop(live, new StopReason(Reason.CANCELLED, "nobody answered what it asked", null));
      return;
    }
    boolean allow =
        settings.onTimeout() == OnTimeout.ALLOW
            && request.asked().kind() == PendingRequest.Kind.PERMISSION;
    Reply reply =
        allow ? new Reply.Allow() : new Reply.Reject("Nobody answered in time. Go on without.");
    answer(live, request, reply, null);
    request.timeOut();
  }

  /** Nothing of what a task has asked is waited for any more: its agent was stopped. */
  public void drop(LiveTask live) {
    for (Request request : List.copyOf(live.requests())) {
      answered.remember(request.id());
      live.removeRequest(request, unit);
      publisher.requestGone(live, request, How.WITHDRAWN);
      unit.completed(live, request, ReplyStatus.GONE, null);
    }
    backToWork(live);
  }

  private void over(LiveTask live, Request request, ReplyStatus fate) {
    live.removeRequest(request, unit);
    publisher.requestGone(
        live, request, fate == ReplyStatus.TAKEN ? How.ANSWERED : How.GONE_IN_HOST);
    unit.completed(live, request, fate, null);
    if (!live.requests().isEmpty()) {
      waitsOn(live);
    } else if (live.status() == TaskStatus.INPUT_REQUIRED) {
      backToWork(live);
      if (!live.beingInterrupted() && !live.isBlocked()) {
        // If it was not answered here, it goes on without having asked for a slot.
        slots.acquireForced(live);
      }
    }
  }

  /** It has asked more than was answered. The slot that was taken for an answer is not needed. */
  private void waitsOn(LiveTask live) {
    if (live.requests().stream().noneMatch(Request::answering)) {
      slots.release(live);
    }
  }

  private void backToWork(LiveTask live) {
    if (live.requests().isEmpty() && live.status() == TaskStatus.INPUT_REQUIRED) {
      live.signOfLife(unit);
      lifecycle.moveActive(live, TaskStatus.RUNNING);
    }
  }
}
