package dev.sideline.background.runtime;

import dev.sideline.api.SessionStatus;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asks the host what its sessions do, once for all who want to know at the same time: there is one
 * request under way, and one more that begins after it for whoever came meanwhile, since an answer
 * that was on its way before a question was asked may be older than what the question is about.
 */
final class SharedStatuses {

  private final GuardedSessionClient client;
  private boolean underWay;
  private @Nullable CompletableFuture<Map<String, SessionStatus>> next;

  SharedStatuses(GuardedSessionClient client) {
    this.client = client;
  }

  CompletableFuture<Map<String, SessionStatus>> fetch() {
    CompletableFuture<Map<String, SessionStatus>> mine;
    synchronized (this) {
      if (underWay) {
        if (next == null) {
          next = new CompletableFuture<>();
        }
        return next;
      }
      underWay = true;
      mine = new CompletableFuture<>();
    }
    begin(mine);
    return mine;
  }

  private void begin(CompletableFuture<Map<String, SessionStatus>> mine) {
    CompletableFuture<Map<String, SessionStatus>> unused =
        client
            .statuses()
            .whenComplete(
                (statuses, failure) -> {
                  // Each by itself: those who come later must not wait for what those who came
                  // first do with it.
                  Barrier.run("Asking for the statuses", this::beginNext);
                  if (failure != null) {
                    mine.completeExceptionally(failure);
                  } else {
                    mine.complete(statuses);
                  }
                });
  }

  private void beginNext() {
    CompletableFuture<Map<String, SessionStatus>> following;
    synchronized (this) {
      following = next;
      next = null;
      underWay = following != null;
    }
    if (following != null) {
      begin(following);
    }
  }
}
