package dev.sideline.background.rights;

import dev.sideline.api.AgentInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An agent that a session may not launch.
 *
 * @param agent as it was named; empty if none was
 * @param launchable the agents that it may launch, as far as they are known
 * @param byDefault the one of them that is launched if none is named; null if one has to be
 */
public record AgentRefusal(
    String agent, Why why, List<AgentInfo> launchable, @Nullable String byDefault) {

  public AgentRefusal {
    launchable = List.copyOf(launchable);
  }

  /** Why it may not. */
  public enum Why {
    /** None was named, and there is no default. */
    NOT_NAMED,
    /** There is no such agent. */
    UNKNOWN,
    /** It is not offered to other agents, and the operator has not named it. */
    NOT_ALLOWED,
    /** The host forbids it to the agent that asks. */
    DENIED
  }
}
