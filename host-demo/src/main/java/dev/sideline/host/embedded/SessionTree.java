package dev.sideline.host.embedded;

/**
 * What a session without a parent and all those below it have together. Belongs to the thread of
 * the sessions.
 */
final class SessionTree {

  /** The id of the session without a parent. */
  final String root;

  /** That of the client which holds the conversation, or held it last. */
  Workplace workplace;

  SessionTree(String root, Workplace workplace) {
    this.root = root;
    this.workplace = workplace;
  }
}
