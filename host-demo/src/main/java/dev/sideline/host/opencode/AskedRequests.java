package dev.sideline.host.opencode;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.SessionEvent;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The permissions and questions that events have told of and that have not been answered, for the
 * cases in which the server does not tell itself. Those of sessions that nobody observes are not
 * among them. Bounded: what was asked longest ago is forgotten first. Safe for use from any thread.
 */
final class AskedRequests {

  private static final int MAX_REQUESTS = 1_000;

  private final Map<String, PendingRequest> byId = new Recent<>(MAX_REQUESTS);

  /** Takes an event of any kind. */
  synchronized void look(SessionEvent event) {
    if (event instanceof SessionEvent.RequestAsked asked) {
      byId.put(asked.request().id(), asked.request());
    } else if (event instanceof SessionEvent.RequestAnswered answered) {
      byId.remove(answered.requestId());
    } else if (event instanceof SessionEvent.Deleted) {
      byId.values().removeIf(request -> request.sessionId().equals(event.sessionId()));
    }
  }

  synchronized List<PendingRequest> that(Predicate<PendingRequest> wanted) {
    return byId.values().stream().filter(wanted).toList();
  }
}
