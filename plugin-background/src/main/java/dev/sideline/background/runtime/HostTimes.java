package dev.sideline.background.runtime;

import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.engine.protocol.Input;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * The edge at which times that a host names by its clock become times of the {@link Timeline}, so
 * that the engine knows one time only. A host may name any time, also one that fits nowhere.
 */
final class HostTimes {

  private final Timeline timeline;

  HostTimes(Timeline timeline) {
    this.timeline = timeline;
  }

  /** The same input, with its times told by the timeline. */
  Input onTimeline(Input input) {
    if (input instanceof Input.Observed observed
        && observed.event() instanceof SessionEvent.StatusChanged changed
        && changed.status().nextTry() != null) {
      SessionStatus status = onTimeline(changed.status());
      return new Input.Observed(new SessionEvent.StatusChanged(changed.sessionId(), status));
    }
    if (input instanceof Input.StatusesFetched fetched
        && fetched.statuses().values().stream().anyMatch(status -> status.nextTry() != null)) {
      Map<String, SessionStatus> statuses = new HashMap<>(fetched.statuses());
      statuses.replaceAll((session, status) -> onTimeline(status));
      return new Input.StatusesFetched(Map.copyOf(statuses));
    }
    return input;
  }

  private SessionStatus onTimeline(SessionStatus status) {
    Instant nextTry = status.nextTry();
    return nextTry == null
        ? status
        : new SessionStatus(
            status.kind(),
            status.attempt(),
            status.reason(),
            Instant.ofEpochMilli(timeline.at(nextTry)));
  }
}
