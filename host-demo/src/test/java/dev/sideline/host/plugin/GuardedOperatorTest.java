package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Reply;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.TaskOperator.Answered;
import dev.sideline.api.TaskOperator.Fate;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class GuardedOperatorTest {

  private static final String FAILED =
      "showing or stopping tasks failed inside the plugin p; the host's log has the details";
  private static final String STOPPED = "the plugin p has been stopped";

  enum Method {
    TASKS,
    TASK,
    CANCEL,
    ANSWER;

    Object answer() {
      return switch (this) {
        case TASKS -> List.of();
        case TASK, CANCEL -> Optional.empty();
        case ANSWER -> new Answered(Fate.TAKEN, null);
      };
    }

    CompletableFuture<?> call(TaskOperator operator) {
      CompletionStage<?> stage =
          switch (this) {
            case TASKS -> operator.tasks();
            case TASK -> operator.task("bg_1");
            case CANCEL -> operator.cancel("bg_1", null);
            case ANSWER -> operator.answer("r", new Reply.Allow());
          };
      return stage.toCompletableFuture();
    }
  }

  /** What the plugin does when it is called. */
  private interface Manner {
    @Nullable CompletionStage<?> stage() throws Throwable;
  }

  private final ClassLoader inside = new URLClassLoader(new URL[0]);
  private final PluginBoundary boundary = new PluginBoundary("p", inside);
  private final List<ClassLoader> called = new ArrayList<>();
  private Manner manner = CompletableFuture::new;
  private final GuardedOperator operator =
      new GuardedOperator(
          "p",
          boundary,
          (TaskOperator)
              Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {TaskOperator.class},
                  (proxy, method, arguments) -> {
                    called.add(Thread.currentThread().getContextClassLoader());
                    return manner.stage();
                  }));

  @ParameterizedTest
  @EnumSource
  void a_call_reaches_the_plugin_in_its_own_context_and_its_answer_comes_back(Method method) {
    manner = () -> CompletableFuture.completedFuture(method.answer());
    ClassLoader outside = Thread.currentThread().getContextClassLoader();

    assertThat(method.call(operator).join()).isEqualTo(method.answer());

    assertThat(called).containsExactly(inside);
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(outside);
  }

  static Stream<Arguments> everyMethodAndTrouble() {
    List<Manner> troubles =
        List.of(
            () -> {
              throw new IllegalStateException("on purpose");
            },
            () -> {
              throw new NoClassDefFoundError("on purpose");
            },
            () -> {
              throw new StackOverflowError();
            },
            () -> null,
            () -> CompletableFuture.completedFuture(null),
            () -> CompletableFuture.failedFuture(new IllegalStateException("on purpose")),
            () -> CompletableFuture.failedFuture(new OutOfMemoryError("on purpose")));
    return Arrays.stream(Method.values())
        .flatMap(method -> troubles.stream().map(trouble -> Arguments.of(method, trouble)));
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("everyMethodAndTrouble")
  void whatever_the_plugin_does_a_call_ends_and_what_was_thrown_stays_inside(
      Method method, Manner trouble) {
    manner = trouble;

    assertFailed(method.call(operator), FAILED);

    assertThat(boundary.failures("operator")).isEqualTo(1);
  }

  @Test
  void a_list_that_cannot_be_read_is_no_answer() {
    manner = () -> CompletableFuture.completedFuture(Arrays.asList((Object) null));

    assertFailed(Method.TASKS.call(operator), FAILED);
  }

  @ParameterizedTest
  @EnumSource
  void a_call_that_the_plugin_has_left_open_ends_when_it_is_gone(Method method) {
    CompletableFuture<Object> late = new CompletableFuture<>();
    manner = () -> late;
    CompletableFuture<?> call = method.call(operator);
    assertThat(call).isNotDone();

    operator.release();
    late.complete(method.answer());

    assertFailed(call, STOPPED);
  }

  @ParameterizedTest
  @EnumSource
  void a_plugin_that_says_itself_that_it_has_ended_has_no_defect(Method method) {
    CompletableFuture<Object> open = new CompletableFuture<>();
    manner = () -> open;
    CompletableFuture<?> call = method.call(operator);

    operator.stop();
    open.completeExceptionally(new IllegalStateException("shutting down"));

    assertFailed(call, STOPPED);
    assertThat(boundary.failures("operator")).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void once_the_plugin_is_stopped_it_is_not_called(Method method) {
    operator.stop();

    assertFailed(method.call(operator), STOPPED);

    assertThat(called).isEmpty();
  }

  private static void assertFailed(CompletableFuture<?> call, String message) {
    assertThat(call).isCompletedExceptionally();
    assertThat(call.handle((answer, failure) -> failure).join())
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(message)
        .hasNoCause();
  }
}
