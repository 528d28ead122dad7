package dev.sideline.background.text;

import dev.sideline.api.AgentInfo;
import dev.sideline.background.rights.AgentRefusal;
import dev.sideline.background.rights.AgentRefusal.Why;
import java.util.List;
import java.util.stream.Collectors;

/** Agents in words: which there are, and why one may not be launched. */
public final class AgentText {

  private static final int MAX_AGENTS = 20;
  private static final int MAX_DESCRIPTION_CHARS = 100;

  private AgentText() {}

  /** Why an agent was not launched, and which may be. */
  static String refused(AgentRefusal refusal) {
    String agent = Phrases.quoted(refusal.agent());
    String why =
        switch (refusal.why()) {
          case NOT_NAMED -> "'agent' is missing, and there is no default one.";
          case UNKNOWN -> "there is no agent " + agent + ".";
          case NOT_ALLOWED ->
              "the agent "
                  + agent
                  + " is not there for other agents, and the operator has not named it (setting"
                  + " agents).";
          case DENIED -> "the host forbids you to have the agent " + agent + " work.";
        };
    String byDefault =
        refusal.byDefault() == null
            ? ""
            : " Leave 'agent' out for " + Phrases.quoted(refusal.byDefault()) + ".";
    boolean unknown = refusal.why() == Why.NOT_NAMED && refusal.launchable().isEmpty();
    return unknown ? why : why + " " + launchable(refusal.launchable()) + byDefault;
  }

  private static String launchable(List<AgentInfo> agents) {
    return agents.isEmpty() ? "You can launch none." : "You can launch: " + names(agents) + ".";
  }

  /** Names and what they are good for, on one line. */
  public static String names(List<AgentInfo> agents) {
    return agents.stream().limit(MAX_AGENTS).map(AgentText::name).collect(Collectors.joining(", "))
        + (agents.size() > MAX_AGENTS ? " and " + (agents.size() - MAX_AGENTS) + " more" : "");
  }

  private static String name(AgentInfo agent) {
    String name = Phrases.name(agent.name());
    return agent.description().isBlank()
        ? name
        : name + " (" + Phrases.quoted(agent.description(), MAX_DESCRIPTION_CHARS) + ")";
  }
}
