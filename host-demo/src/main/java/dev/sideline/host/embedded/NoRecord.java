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

/** No record: what leaves memory is gone. */
final class NoRecord implements SessionRecord {

  private final Workplace usual;

  NoRecord(Workplace usual) {
    this.usual = usual;
  }

  @Override
  public boolean keeps() {
    return false;
  }

  @Override
  public Optional<String> refusal() {
    return Optional.empty();
  }

  @Override
  public void created(EmbeddedSession session) {}

  @Override
  public void changed(EmbeddedSession session) {}

  @Override
  public void allowed(EmbeddedSession session) {}

  @Override
  public void attached(EmbeddedSession session) {}

  @Override
  public void wrote(EmbeddedSession session, long number, Message message, boolean open) {}

  @Override
  public void dropped(EmbeddedSession session, long upTo) {}

  @Override
  public @Nullable Growing follow(EmbeddedSession session, Turn turn) {
    return null;
  }

  @Override
  public void delete(String sessionId, Consumer<List<String>> gone) {}

  @Override
  public void load(
      String sessionId,
      Consumer<Optional<LoadedSession>> found,
      Consumer<SessionException> otherwise) {
    found.accept(Optional.empty());
  }

  @Override
  public void children(
      String sessionId, Consumer<List<Session>> found, Consumer<SessionException> otherwise) {
    found.accept(List.of());
  }

  @Override
  public Workplace workplace(@Nullable String content) {
    return usual;
  }

  @Override
  public void afterwards(Runnable next, Consumer<SessionException> otherwise) {
    next.run();
  }

  @Override
  public long position() {
    return 0;
  }

  @Override
  public void acknowledge(long position, Runnable answer, Consumer<SessionException> otherwise) {
    answer.run();
  }

  @Override
  public void purge() {}

  @Override
  public void close() {}
}
