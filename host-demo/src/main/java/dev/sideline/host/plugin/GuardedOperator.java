package dev.sideline.host.plugin;

import dev.sideline.api.Reply;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.TaskSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A plugin's view of all its tasks as the rest of the host sees it: a call always ends, whatever
 * the plugin does, and whether or not it is still there. One that fails, fails with an {@link
 * IllegalStateException} of the host's, never with what the plugin has thrown. Thread-safe.
 */
final class GuardedOperator implements TaskOperator {

  private static final String KIND = "operator";

  private final String pluginId;
  private final PluginBoundary boundary;
  private final AtomicLong calls = new AtomicLong();
  private final Map<Long, CompletableFuture<?>> open = new ConcurrentHashMap<>();

  /** Null once the plugin is stopped. */
  private volatile @Nullable TaskOperator operator;

  GuardedOperator(String pluginId, PluginBoundary boundary, TaskOperator operator) {
    this.pluginId = pluginId;
    this.boundary = boundary;
    this.operator = operator;
  }

  @Override
  public CompletionStage<List<TaskSnapshot>> tasks() {
    return guarded(TaskOperator::tasks, List::copyOf);
  }

  @Override
  public CompletionStage<Optional<TaskSnapshot>> task(String id) {
    return guarded(inside -> inside.task(id), UnaryOperator.identity());
  }

  @Override
  public CompletionStage<TaskPage> page(@Nullable String after, int limit) {
    return guarded(inside -> inside.page(after, limit), UnaryOperator.identity());
  }

  @Override
  public CompletionStage<Optional<TaskReport>> report(String id) {
    return guarded(inside -> inside.report(id), UnaryOperator.identity());
  }

  @Override
  public CompletionStage<Integer> purge(Instant endedBefore) {
    return guarded(inside -> inside.purge(endedBefore), UnaryOperator.identity());
  }

  @Override
  public CompletionStage<Optional<TaskSnapshot>> cancel(String id, @Nullable String reason) {
    return guarded(inside -> inside.cancel(id, reason), UnaryOperator.identity());
  }

  @Override
  public CompletionStage<Answered> answer(String requestId, Reply reply) {
    return guarded(inside -> inside.answer(requestId, reply), UnaryOperator.identity());
  }

  /**
   * @param checked takes an answer that is not null, and throws if it is none all the same
   */
  private <T> CompletionStage<T> guarded(
      Function<TaskOperator, CompletionStage<T>> call, UnaryOperator<T> checked) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Long number = calls.incrementAndGet();
    open.put(number, answer);
    if (!boundary.call(KIND, () -> begin(call, checked, answer), false)) {
      answer.completeExceptionally(failure());
    }
    CompletableFuture<T> unused = answer.whenComplete((result, failure) -> open.remove(number));
    return answer;
  }

  private <T> boolean begin(
      Function<TaskOperator, CompletionStage<T>> call,
      UnaryOperator<T> checked,
      CompletableFuture<T> answer) {
    TaskOperator inside = operator;
    if (inside == null) {
      return false;
    }
    call.apply(inside).whenComplete((result, failure) -> finish(answer, checked, result, failure));
    return true;
  }

  private <T> void finish(
      CompletableFuture<T> answer,
      UnaryOperator<T> checked,
      @Nullable T result,
      @Nullable Throwable failure) {
    Throwable problem = failure;
    if (problem == null) {
      try {
        T taken = checked.apply(Objects.requireNonNull(result, "the operator's answer is null"));
        answer.complete(taken);
        return;
      } catch (Throwable noAnswer) { // a list, too, is the plugin's code
        problem = noAnswer;
      }
    }
    boolean stopped = operator == null;
    answer.completeExceptionally(failure());
    if (!stopped) {
      boundary.report(KIND, problem);
    }
  }

  /** Lets no call through any more; those that are open are the plugin's to answer. */
  void stop() {
    operator = null;
  }

  /** Ends the calls that the plugin has left open. */
  void release() {
    stop();
    open.values().forEach(answer -> answer.completeExceptionally(failure()));
  }

  private IllegalStateException failure() {
    return new IllegalStateException(
        operator == null
            ? "the plugin %s has been stopped".formatted(pluginId)
            : "showing or stopping tasks failed inside the plugin %s; the host's log has the details"
                .formatted(pluginId));
  }
}
