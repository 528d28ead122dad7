package dev.sideline.host.embedded;

import dev.sideline.api.Message;
import dev.sideline.api.Session;
import dev.sideline.api.SessionException;
import dev.sideline.host.embedded.store.Growing;
import dev.sideline.host.embedded.store.LoadedSession;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What of the sessions outlives the process. Called on the thread of the sessions, and returns at
 * once; tells what has come of it there, too, unless said otherwise.
 */
interface SessionRecord extends AutoCloseable {

  /** Whether there is one: what leaves memory can be read again. */
  boolean keeps();

  /** Why nothing can be recorded just now; empty if it can be. */
  Optional<String> refusal();

  void created(EmbeddedSession session);

  /** Something has changed of a session but its messages and what it allows. */
  void changed(EmbeddedSession session);

  void allowed(EmbeddedSession session);

  /** The tree of a session has its workplace anew. */
  void attached(EmbeddedSession session);

  /**
   * A message is there, or is another now.
   *
   * @param open whether it is an answer in work
   */
  void wrote(EmbeddedSession session, long number, Message message, boolean open);

  /** The messages up to a place are kept no longer, but for one in work. */
  void dropped(EmbeddedSession session, long upTo);

  /** Keeps what there is of an answer in work from time to time; null if it does not. */
  @Nullable Growing follow(EmbeddedSession session, Turn turn);

  /**
   * Removes a session and those below it, none of which is in memory any more.
   *
   * @param gone told which there were besides those in memory or not, children before parents
   */
  void delete(String sessionId, Consumer<List<String>> gone);

  void load(
      String sessionId,
      Consumer<Optional<LoadedSession>> found,
      Consumer<SessionException> otherwise);

  /** The children of a session that is perhaps not in memory, oldest first. */
  void children(
      String sessionId, Consumer<List<Session>> found, Consumer<SessionException> otherwise);

  /** The workplace of a tree that was read. */
  Workplace workplace(@Nullable String content);

  /** Goes on once all that was told so far is recorded. */
  void afterwards(Runnable next, Consumer<SessionException> otherwise);

  /** A number that grows with what is told; see {@link #acknowledge}. */
  long position();

  /**
   * Answers somebody once all is recorded that was told up to a position. On any thread, perhaps
   * this one.
   */
  void acknowledge(long position, Runnable answer, Consumer<SessionException> otherwise);

  /** Looks soon for what is more than may stay, which it does from time to time anyway. */
  void purge();

  /** Records what is left. Bounded in time. */
  @Override
  void close();
}
