package dev.sideline.api;

import java.util.Objects;

/**
 * An agent of a host, as one session sees it.
 *
 * @param name what {@link Prompt#agent} calls it
 * @param description what it is good for, for a model or a person to choose by; may be empty
 * @param access whether the session may have it work
 */
public record AgentInfo(String name, String description, Access access) {

  public AgentInfo {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(access, "access");
  }

  /** An agent that the session may have work for it. */
  public static AgentInfo offered(String name, String description) {
    return new AgentInfo(name, description, Access.OFFERED);
  }

  /** Whether a session may have an agent work. */
  public enum Access {
    /** It may. */
    OFFERED,
    /**
     * It is there for people, and not for other agents: a session may have it work only where the
     * operator says so.
     */
    RESERVED,
    /** The host forbids it to the agent that works in the session, whatever the operator says. */
    DENIED
  }
}
