package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.ToolResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A plugin that throws or hangs harms itself alone. */
class MisbehavingPluginTest {

  private static final List<String> THROWN =
      List.of(
          "throw new IllegalStateException(\"bad\");",
          "throw new NoClassDefFoundError(\"a/B\");",
          "throw new AssertionError();",
          "throw new OutOfMemoryError(\"as for an array that is too large\");",
          "throw new RuntimeException() { public String toString() { throw this; } };",
          "Main.recurse();",
          "Main.sneak(new Exception(\"checked\"));",
          "Main.sneak(new InterruptedException());");

  private static final String MAIN =
      """
      static final CountDownLatch NEVER = new CountDownLatch(1);
      static void recurse() { recurse(); }
      @SuppressWarnings("unchecked")
      static <E extends Throwable> void sneak(Throwable t) throws E { throw (E) t; }
      static void hang() {
        try { NEVER.await(); } catch (InterruptedException e) { sneak(e); }
      }
      static void hangForGood() {
        boolean over = false;
        while (!over) {
          try { over = NEVER.await(1, TimeUnit.HOURS); } catch (InterruptedException e) {}
        }
      }
      """;

  @TempDir Path folder;

  @BeforeEach
  void a_good_plugin() {
    PluginJar.named("good")
        .hooks(
            """
            public List<Tool> tools() { return List.of(tool("good", call -> done("fine"))); }
            public void onEvent(SessionEvent event) { say("good saw " + event.sessionId()); }
            public void onEventsLost() { say("good was told"); }
            public void dispose() { say("good was disposed"); }
            """)
        .writeTo(folder);
  }

  static Stream<String> thrown() {
    return THROWN.stream();
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void a_plugin_that_throws_in_every_hook_harms_itself_alone(String statement) {
    PluginJar.named("bad")
        .main(MAIN)
        .hooks(
            """
            int seen;
            public List<Tool> tools() { return List.of(tool("bad", call -> { %1$s return null; })); }
            public boolean observes(String id) { if (id.equals("o")) { %1$s } return true; }
            public void onEvent(SessionEvent event) {
              say("bad saw " + event.sessionId());
              if (seen++ < 2) { %1$s }
            }
            public void onEventsLost() { say("bad was told"); %1$s }
            public void dispose() { say("bad was disposed"); %1$s }
            """
                .formatted(statement.replace("throw new", "if (true) throw new")))
        .writeTo(folder);
    TestPlugins plugins = new TestPlugins(folder);
    try (plugins) {
      assertThat(plugins.host.problems()).isEmpty();
      assertThat(plugins.call("bad").error()).isTrue();
      assertThat(plugins.call("bad").text())
          .startsWith("bad failed inside the plugin bad")
          .doesNotContain("Exception", "Error", "\tat ");
      plugins.event("s1");
      plugins.event("s2");
      plugins.event("o");
      plugins.host.events().eventsLost();
      plugins.event("s3");
      await()
          .until(
              () ->
                  plugins.said.containsAll(
                      List.of("good saw s3", "good was told", "bad saw s3", "bad was told")));
      assertThat(plugins.said).contains("bad saw s1", "bad saw s2").doesNotContain("bad saw o");
      assertThat(plugins.call("good").text()).isEqualTo("fine");
      assertThat(plugins.host.events().observes("s1")).isTrue();
    }
    assertThat(plugins.said).contains("bad was disposed", "good was disposed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "return null;",
        "return CompletableFuture.completedFuture(null);",
        "return CompletableFuture.failedFuture(new Exception(\"secret\"));",
        "return CompletableFuture.supplyAsync(() -> { throw new IllegalStateException(); });",
        "throw new IllegalStateException(\"secret\");",
        "return CompletableFuture.failedFuture(new Exception() {"
            + " public String toString() { throw new IllegalStateException(); } });",
      })
  void a_tool_call_always_ends_with_a_result(String body) {
    PluginJar.named("bad")
        .hooks(
            "public List<Tool> tools() { return List.of(tool(\"bad\", call -> { "
                + body
                + " })); }")
        .writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder)) {
      assertThat(plugins.call("bad"))
          .isEqualTo(
              ToolResult.failure(
                  "bad failed inside the plugin bad: a defect of the plugin, not of your call. It"
                      + " may or may not have taken effect; the host's log has the details."));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hang", "hangForGood"})
  void a_plugin_that_hangs_in_an_event_holds_up_no_other(String how) {
    PluginJar.named("bad")
        .main(MAIN)
        .hooks(
            """
            public void onEvent(SessionEvent event) { say("bad saw it"); Main.%s(); }
            public void dispose() { Main.NEVER.countDown(); say("bad was disposed"); }
            """
                .formatted(how))
        .writeTo(folder);
    TestPlugins plugins = new TestPlugins(folder);
    try (plugins) {
      plugins.event("s1");
      await().until(() -> plugins.said.contains("bad saw it"));
      for (int i = 2; i <= 5_000; i++) {
        plugins.event("s" + i);
        if (i % 500 == 0) {
          String last = "good saw s" + i;
          await().until(() -> plugins.said.contains(last));
        }
      }
    }
    assertThat(plugins.said).contains("bad was disposed", "good was disposed");
  }

  @Test
  void an_activation_that_hangs_is_given_up() {
    PluginJar.named("bad").main(MAIN).activate("hang();").writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder, Map.of(), null, shortActivation())) {
      assertThat(plugins.messages()).containsExactly("it did not start within 0.2 seconds");
      assertThat(plugins.call("good").text()).isEqualTo("fine");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "public List<Tool> tools() { Main.hang(); return List.of(); }",
        "public List<Tool> tools() { return List.of(new Tool() {"
            + " public ToolSpec spec() { Main.hang(); return null; }"
            + " public CompletionStage<ToolResult> call(ToolCall call) { return null; } }); }"
      })
  void a_plugin_that_hangs_when_it_is_asked_what_it_offers_is_given_up(String hooks) {
    PluginJar.named("bad").main(MAIN).hooks(hooks).writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder, Map.of(), null, shortActivation())) {
      assertThat(plugins.messages()).containsExactly("it did not start within 0.2 seconds");
      assertThat(plugins.call("good").text()).isEqualTo("fine");
    }
  }

  @Test
  void a_plugin_that_is_activated_too_late_is_disposed() {
    PluginJar.named("bad")
        .main(MAIN)
        .activate("try { NEVER.await(); } catch (InterruptedException tooLate) {}")
        .hooks("public void dispose() { say(\"bad was disposed\"); }")
        .writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder, Map.of(), null, shortActivation())) {
      assertThat(plugins.host.plugins()).containsOnlyKeys("good");
      await().until(() -> plugins.said.contains("bad was disposed"));
    }
  }

  @Test
  void a_plugin_whose_tools_fail_is_disposed() {
    PluginJar.named("bad")
        .hooks(
            """
            public List<Tool> tools() { throw new IllegalStateException(); }
            public void dispose() { say("bad was disposed"); throw new IllegalStateException(); }
            """)
        .writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder)) {
      assertThat(plugins.messages()).containsExactly("it fails: java.lang.IllegalStateException");
      assertThat(plugins.said).containsExactly("bad was disposed");
    }
  }

  @Test
  void a_dispose_that_hangs_is_given_up_and_the_others_are_disposed() {
    PluginJar.named("a-bad")
        .main(MAIN)
        .hooks("public void dispose() { say(\"bad hangs\"); Main.hang(); }")
        .writeTo(folder);
    TestPlugins plugins = new TestPlugins(folder);
    long before = System.nanoTime();
    plugins.close();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    assertThat(plugins.said).contains("bad hangs", "good was disposed");
    await().atMost(Duration.ofSeconds(20)).until(() -> plugins.jars().alive() == 0);
  }

  private static PluginLimits shortActivation() {
    return new PluginLimits(
        Duration.ofMillis(200),
        TestPlugins.SHORT.drain(),
        TestPlugins.SHORT.dispose(),
        100,
        1 << 20);
  }
}
