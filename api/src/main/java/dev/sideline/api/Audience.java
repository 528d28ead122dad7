package dev.sideline.api;

import java.util.List;
import java.util.Objects;

/**
 * The models that are shown tools, where a host has several kinds of them: what can be said of all
 * of one kind.
 *
 * @param reach how their sessions can be told what their agents have not asked for
 * @param agents those that they may have work, as far as that is known without asking; see {@link
 *     SessionClient#knownAgents}
 */
public record Audience(Reach reach, List<AgentInfo> agents) {

  public Audience {
    Objects.requireNonNull(reach, "reach");
    agents = List.copyOf(agents);
  }
}
