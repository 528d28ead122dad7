package dev.sideline.host.mcp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a connection that are not answered yet, by the ids of their requests, so that a
 * client's cancellation finds the call that it means. One for a call that is over, or that there
 * never was, finds nothing. Safe for use from any thread.
 */
final class OpenCalls {

  /** The entry in a request's {@code _meta} under which the id of the request travels. */
  static final String REQUEST = "dev.sideline/request";

  /** Requests that have been read and whose call has not begun; some never do. */
  private static final int MAX_ARRIVED = 1_000;

  private final Map<String, CallCancellation> arrived = new LinkedHashMap<>();
  private final Map<String, CallCancellation> byRequest = new HashMap<>();
  private final Set<CallCancellation> begun = new HashSet<>();
  private boolean closed;

  /** A request has been read; from now on it can be cancelled. */
  synchronized void arrived(String request) {
    arrived.put(request, new CallCancellation());
    if (arrived.size() > MAX_ARRIVED) {
      arrived.remove(arrived.keySet().iterator().next());
    }
  }

  /**
   * A call begins.
   *
   * @param request null if its request is not known; it then ends with the connection alone
   * @return given already if the request was cancelled before, or the connection has gone
   */
  CallCancellation begin(@Nullable String request) {
    CallCancellation call;
    boolean late;
    synchronized (this) {
      CallCancellation waiting = request == null ? null : arrived.remove(request);
      call = waiting == null ? new CallCancellation() : waiting;
      begun.add(call);
      if (request != null) {
        byRequest.put(request, call);
      }
      late = closed;
    }
    if (late) {
      call.give();
    }
    return call;
  }

  /** A call has been answered. */
  synchronized void end(@Nullable String request, CallCancellation call) {
    begun.remove(call);
    if (request != null) {
      byRequest.remove(request, call);
    }
  }

  /** The client does not wait for a call any more. */
  void cancel(String request) {
    CallCancellation call;
    synchronized (this) {
      CallCancellation open = byRequest.get(request);
      call = open == null ? arrived.get(request) : open;
    }
    if (call != null) {
      call.give();
    }
  }

  /** The client has gone: it waits for nothing any more. */
  void cancelAll() {
    List<CallCancellation> all;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(begun);
    }
    all.forEach(CallCancellation::give);
  }
}
