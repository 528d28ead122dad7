package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PluginBoundaryTest {

  private final ClassLoader inside = new URLClassLoader(new URL[0]);
  private final PluginBoundary boundary = new PluginBoundary("p", inside, Duration.ofMinutes(1));

  @Test
  void a_failure_gives_the_other_result_and_is_counted_for_its_kind() {
    for (int i = 0; i < 3; i++) {
      String result =
          boundary.call(
              "spec",
              () -> {
                throw new StackOverflowError();
              },
              "otherwise");
      assertThat(result).isEqualTo("otherwise");
    }
    assertThat(boundary.call("onEvent", () -> "fine", "otherwise")).isEqualTo("fine");
    assertThat(boundary.failures("spec")).isEqualTo(3);
    assertThat(boundary.failures("onEvent")).isZero();
  }

  @Test
  void every_error_is_held_back_and_the_context_is_restored() {
    ClassLoader outside = Thread.currentThread().getContextClassLoader();
    boundary.run(
        "onEvent",
        () -> {
          throw new InternalError("broken");
        });
    assertThat(boundary.failures("onEvent")).isEqualTo(1);
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(outside);
  }

  @Test
  void a_call_inside_a_call_returns_to_the_context_of_the_outer_one() {
    boundary.run(
        "onEvent",
        () -> {
          boundary.run("observes", () -> {});
          assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(inside);
        });
    assertThat(boundary.failures("onEvent")).isZero();
  }

  @Test
  void a_failure_that_cannot_even_be_told_is_held_back() {
    boundary.run(
        "onEvent",
        () -> {
          throw new Error() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
              throw new OutOfMemoryError();
            }
          };
        });
    assertThat(boundary.failures("onEvent")).isEqualTo(1);
  }

  @Test
  void dispose_begins_when_the_calls_under_way_are_over_and_none_follows_it() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    List<String> order = new CopyOnWriteArrayList<>();
    Thread caller =
        new Thread(
            () ->
                boundary.run(
                    "observes",
                    () -> {
                      entered.countDown();
                      awaitQuietly(leave);
                      order.add("call");
                    }));
    caller.start();
    entered.await();
    Thread disposal = new Thread(() -> boundary.dispose(() -> order.add("dispose")));
    disposal.start();
    await().until(() -> "refused".equals(boundary.call("observes", () -> "let in", "refused")));

    leave.countDown();
    caller.join();
    disposal.join();

    assertThat(order).containsExactly("call", "dispose");
    assertThat(boundary.call("onEvent", () -> "inside", "gone")).isEqualTo("gone");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void no_call_gets_through_once_the_plugin_is_released() {
    boundary.release();
    assertThat(boundary.call("spec", () -> "inside", "gone")).isEqualTo("gone");
  }
}
