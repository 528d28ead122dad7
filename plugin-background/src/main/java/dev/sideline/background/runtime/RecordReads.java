package dev.sideline.background.runtime;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.store.StoreException;
import dev.sideline.background.store.TaskStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Calls about tasks that have left memory: what they need is looked for in the record, and they are
 * made again with it. The engine, the host and all other calls do not wait meanwhile.
 */
final class RecordReads {

  /** Makes a call. */
  interface Asking {
    CompletableFuture<Answer> ask(LongFunction<Input> input);
  }

  private final TaskStore store;

  RecordReads(TaskStore store) {
    this.store = store;
  }

  /** Makes a call, as often as it takes to have all that it needs. */
  CompletableFuture<Answer> answer(LongFunction<Input> input, Asking asking) {
    if (!store.isDurable()) {
      return asking.ask(input);
    }
    return asking.ask(input).thenCompose(answer -> answer(input, asking, answer, Map.of()));
  }

  private CompletionStage<Answer> answer(
      LongFunction<Input> input, Asking asking, Answer answer, Map<Lookup, Lookup.Found> known) {
    if (!(answer instanceof Answer.Recall recall)) {
      return CompletableFuture.completedStage(answer);
    }
    return find(recall.lookups(), known)
        .handle(
            (found, failure) ->
                failure == null
                    ? asking
                        .ask(call -> new Input.Recalled(found, input.apply(call)))
                        .thenCompose(next -> answer(input, asking, next, found))
                    : CompletableFuture.completedStage(unreadable(failure)))
        .thenCompose(Function.identity());
  }

  private CompletionStage<Map<Lookup, Lookup.Found>> find(
      List<Lookup> lookups, Map<Lookup, Lookup.Found> known) {
    CompletionStage<Map<Lookup, Lookup.Found>> all =
        CompletableFuture.completedStage(new HashMap<>(known));
    for (Lookup lookup : lookups) {
      all =
          all.thenCombine(
              store.find(lookup),
              (found, more) -> {
                found.put(lookup, more);
                return found;
              });
    }
    return all;
  }

  private static Answer unreadable(Throwable thrown) {
    Throwable cause = Barrier.cause(thrown, CompletionException.class);
    if (cause instanceof StoreException told) {
      return new Answer.RecordUnreadable(String.valueOf(told.getMessage()));
    }
    Barrier.report("Reading the record", cause);
    return new Answer.RecordUnreadable("an error of Sideline's own, which its log describes");
  }
}
