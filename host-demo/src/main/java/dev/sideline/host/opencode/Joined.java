package dev.sideline.host.opencode;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Several calls as one. */
final class Joined {

  private Joined() {}

  /** The results in the calls' order; fails when one of them has failed and all have ended. */
  static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> calls) {
    return CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
        .thenApply(ignored -> calls.stream().map(CompletableFuture::join).toList());
  }
}
