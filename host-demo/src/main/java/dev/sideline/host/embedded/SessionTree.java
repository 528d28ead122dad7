package dev.sideline.host.embedded;

/**
 * What a session without a parent and all those below it have together. Belongs to the thread of
 * the sessions.
 */
final class SessionTree {

  /** That of the client which holds the conversation, or held it last. */
  Workplace workplace;

  SessionTree(Workplace workplace) {
    this.workplace = workplace;
  }
}
