package dev.sideline.api.contract;

import dev.sideline.api.SessionClient;

/** Something that a host may or may not do for plugins, beyond what each has to. */
public enum Ability {
  /** {@link SessionClient#get}. */
  GET,
  /** {@link SessionClient#children}. */
  CHILDREN,
  /** {@link SessionClient#agents}. */
  AGENTS,
  /** {@link SessionClient#delete}. */
  DELETE,
  /** {@link SessionClient#pendingRequests} and {@link SessionClient#reply}. */
  REQUESTS
}
