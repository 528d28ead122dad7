package dev.sideline.host.embedded;

import dev.sideline.api.Message;
import dev.sideline.api.Session;
import dev.sideline.api.SessionException;
import dev.sideline.host.Barrier;
import dev.sideline.host.embedded.store.Growing;
import dev.sideline.host.embedded.store.LoadedSession;
import dev.sideline.host.embedded.store.SessionState;
import dev.sideline.host.embedded.store.SessionStore;
import dev.sideline.host.embedded.store.StoredMessage;
import dev.sideline.host.embedded.store.StoredSession;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A record in a {@link SessionStore}. */
final class DurableRecord implements SessionRecord {

  private static final int MAX_WORKPLACES = 64;

  private final SessionStore store;
  private final Workplace usual;
  private final Clock clock;
  private final Executor thread;

  /** Those that were read, so that sessions of one client share one. */
  private final Map<String, Workplace> workplaces =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Workplace> eldest) {
          return size() > MAX_WORKPLACES;
        }
      };

  /**
   * @param usual for trees of which no workplace is recorded
   * @param thread that of the sessions
   */
  DurableRecord(SessionStore store, Workplace usual, Clock clock, Executor thread) {
    this.store = store;
    this.usual = usual;
    this.clock = clock;
    this.thread = thread;
  }

  @Override
  public boolean keeps() {
    return true;
  }

  @Override
  public Optional<String> refusal() {
    return store.refusal();
  }

  @Override
  public void created(EmbeddedSession session) {
    store.create(
        new StoredSession(session.session, session.number, state(session), session.allowed()),
        session.session.parentId() == null ? session.tree.workplace.stored() : null);
  }

  @Override
  public void changed(EmbeddedSession session) {
    store.update(session.session.id(), state(session));
  }

  private SessionState state(EmbeddedSession session) {
    session.usedMillis = clock.millis();
    return new SessionState(
        session.usedMillis, session.characters(), session.agent, session.model, session.variant);
  }

  @Override
  public void allowed(EmbeddedSession session) {
    store.allow(session.session.id(), session.allowed());
  }

  @Override
  public void attached(EmbeddedSession session) {
    SessionTree tree = session.tree;
    session.usedMillis = clock.millis();
    store.assign(tree.root, tree.workplace.stored(), session.usedMillis);
  }

  @Override
  public void wrote(EmbeddedSession session, long number, Message message, boolean open) {
    store.put(new StoredMessage(session.session.id(), number, open, null, message));
  }

  @Override
  public void dropped(EmbeddedSession session, long upTo) {
    store.drop(session.session.id(), upTo);
  }

  @Override
  public Growing follow(EmbeddedSession session, Turn turn) {
    String sessionId = session.session.id();
    return store.follow(
        () -> new StoredMessage(sessionId, turn.number(), true, turn.asked(), turn.soFar()));
  }

  @Override
  public void delete(String sessionId, Consumer<List<String>> gone) {
    store.delete(sessionId, ids -> thread.execute(() -> gone.accept(ids)));
  }

  @Override
  public void load(
      String sessionId,
      Consumer<Optional<LoadedSession>> found,
      Consumer<SessionException> otherwise) {
    when(store.load(sessionId), thread, found, otherwise);
  }

  @Override
  public void children(
      String sessionId, Consumer<List<Session>> found, Consumer<SessionException> otherwise) {
    when(store.children(sessionId), thread, found, otherwise);
  }

  @Override
  public Workplace workplace(@Nullable String content) {
    return content == null
        ? usual
        : workplaces.computeIfAbsent(content, text -> WorkplaceText.read(text, usual));
  }

  @Override
  public void afterwards(Runnable next, Consumer<SessionException> otherwise) {
    when(store.recorded(), thread, done -> next.run(), otherwise);
  }

  @Override
  public long position() {
    return store.position();
  }

  @Override
  public void acknowledge(long position, Runnable answer, Consumer<SessionException> otherwise) {
    if (store.isRecorded(position)) {
      answer.run();
    } else {
      when(store.recorded(), Runnable::run, done -> answer.run(), otherwise);
    }
  }

  private static <T> void when(
      CompletableFuture<T> answer,
      Executor where,
      Consumer<T> then,
      Consumer<SessionException> otherwise) {
    CompletableFuture<T> unused =
        answer.whenComplete(
            (result, failure) ->
                where.execute(
                    () -> {
                      if (failure == null) {
                        then.accept(result);
                      } else {
                        otherwise.accept(failure(failure));
                      }
                    }));
  }

  private static SessionException failure(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    return cause instanceof SessionException failure
        ? failure
        : new SessionException(
            SessionException.Code.UNCERTAIN,
            "internal error: " + Barrier.describe(cause == null ? thrown : cause),
            cause);
  }

  @Override
  public void purge() {
    store.purge();
  }

  @Override
  public void close() {
    store.close();
  }
}
