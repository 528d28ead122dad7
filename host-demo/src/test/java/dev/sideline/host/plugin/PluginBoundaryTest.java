package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;

class PluginBoundaryTest {

  private final ClassLoader inside = new URLClassLoader(new URL[0]);
  private final PluginBoundary boundary = new PluginBoundary("p", inside);

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
  void a_broken_machine_is_not_held_back_and_the_context_is_restored_all_the_same() {
    ClassLoader outside = Thread.currentThread().getContextClassLoader();
    assertThatThrownBy(
            () ->
                boundary.run(
                    "onEvent",
                    () -> {
                      throw new InternalError("broken");
                    }))
        .isInstanceOf(InternalError.class)
        .hasMessage("broken");
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
  void no_call_gets_through_once_the_plugin_is_released() {
    boundary.release();
    assertThat(boundary.call("spec", () -> "inside", "gone")).isEqualTo("gone");
  }
}
