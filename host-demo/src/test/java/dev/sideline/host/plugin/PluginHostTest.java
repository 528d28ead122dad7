package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.PluginSetting;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

class PluginHostTest {

  /** Says each hook and the context class loader that it was called in. */
  private static final String TELLTALE =
      """
      String where() {
        return Thread.currentThread().getContextClassLoader() == Main.class.getClassLoader()
            ? "inside" : "outside";
      }
      public List<Tool> tools() {
        say("tools " + where());
        return List.of(tool("telltale", call -> done(where())));
      }
      public boolean observes(String id) {
        say("observes " + id + " " + where());
        return !id.equals("unseen");
      }
      public void onEvent(SessionEvent event) {
        say("event " + event.sessionId() + " " + where());
      }
      public void onEventsLost() {
        say("lost " + where());
      }
      public void dispose() {
        say("dispose " + where());
      }
      """;

  @TempDir Path folder;
  @TempDir Path data;

  @Test
  void every_call_into_a_plugin_runs_in_its_class_loader() {
    PluginJar.named("telltale")
        .hooks(TELLTALE)
        .activate("if (where()) throw new IllegalStateException();")
        .main(
            """
            boolean where() {
              return Thread.currentThread().getContextClassLoader()
                  != Main.class.getClassLoader();
            }
            """)
        .writeTo(folder);
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    TestPlugins plugins = new TestPlugins(folder);
    try (plugins) {
      assertThat(plugins.host.events().observes("s1")).isTrue();
      plugins.event("s1");
      plugins.host.events().eventsLost();
      assertThat(plugins.call("telltale").text()).isEqualTo("inside");
      await().until(() -> plugins.said.contains("lost inside"));
    }
    assertThat(plugins.said)
        .contains("tools inside", "event s1 inside", "dispose inside")
        .noneMatch(text -> text.contains("outside"));
    assertThat(plugins.host.problems()).isEmpty();
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
  }

  @Test
  void a_plugin_gets_the_events_that_it_observes_in_order() {
    PluginJar.named("telltale").hooks(TELLTALE).writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder)) {
      for (String session : List.of("a", "unseen", "b", "c")) {
        plugins.event(session);
      }
      await().until(() -> plugins.said.contains("event c inside"));
      assertThat(plugins.said.stream().filter(text -> text.startsWith("event")))
          .containsExactly("event a inside", "event b inside", "event c inside");
    }
  }

  @Test
  void each_plugin_has_its_own_settings_and_data_directory() {
    String show =
        """
        public void onEvent(SessionEvent event) {
          say(new TreeMap<>(host.settings()) + " " + host.dataDirectory().get().getFileName()
              + " " + java.nio.file.Files.isDirectory(host.dataDirectory().get()));
        }
        """;
    PluginJar.named("one").hooks(show).writeTo(folder);
    PluginJar.named("two").hooks(show).writeTo(folder);
    Map<String, Map<String, String>> settings =
        Map.of("one", Map.of("max_running", "8"), "three", Map.of());
    try (TestPlugins plugins = new TestPlugins(folder, settings, data, TestPlugins.SHORT)) {
      plugins.event("s1");
      await()
          .untilAsserted(
              () ->
                  assertThat(plugins.said)
                      .containsExactlyInAnyOrder("{max_running=8} one true", "{} two true"));
      assertThat(plugins.messages())
          .containsExactly("there are settings for a plugin three, and no jar of that id");
      assertThat(plugins.host.plugins()).containsOnlyKeys("one", "two").containsValue("1.0.0");
    }
  }

  @Test
  void a_plugin_is_described_as_it_describes_itself() {
    PluginJar.named("one")
        .main(
            """
            public String id() { return "its-own-name"; }
            public String version() { return "1.0.0+build.7"; }
            public List<PluginSetting> settings() {
              return List.of(new PluginSetting("size", "Sizes", "how big", "8", "a number", List.of()));
            }
            """)
        .writeTo(folder);
    PluginJar.named("silent").writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder)) {
      Map<String, PluginDescription> said = plugins.host.descriptions();
      assertThat(said.get("one").id()).isEqualTo("its-own-name");
      assertThat(said.get("one").version()).isEqualTo("1.0.0+build.7");
      assertThat(said.get("one").settings()).extracting(PluginSetting::key).containsExactly("size");
      assertThat(said.get("silent"))
          .isEqualTo(new PluginDescription("sample.Main", "unknown", List.of()));
      assertThat(plugins.host.operators()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"return null;", "throw new NoClassDefFoundError(\"a/B\");"})
  void a_plugin_that_cannot_describe_itself_works_all_the_same(String body) {
    PluginJar.named("one")
        .main(
            """
            public String id() { %1$s }
            public String version() { %1$s }
            public List<PluginSetting> settings() { %1$s }
            """
                .formatted(body))
        .hooks(
            """
            public List<Tool> tools() { return List.of(tool("works", call -> done("fine"))); }
            public Optional<TaskOperator> operator() { %s }
            """
                .formatted(body))
        .writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder)) {
      assertThat(plugins.host.problems()).isEmpty();
      assertThat(plugins.host.descriptions())
          .containsExactly(Map.entry("one", new PluginDescription("one", "1.0.0", List.of())));
      assertThat(plugins.host.operators()).isEmpty();
      assertThat(plugins.call("works").text()).isEqualTo("fine");
    }
  }

  @Test
  void a_host_that_keeps_nothing_on_disk_gives_no_data_directory() {
    PluginJar.named("one")
        .hooks("public void onEvent(SessionEvent e) { say(host.dataDirectory().toString()); }")
        .writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder)) {
      plugins.event("s1");
      await().until(() -> plugins.said.contains("Optional.empty"));
    }
  }

  @Test
  void a_data_directory_that_cannot_be_made_costs_only_the_plugin_that_needs_it() throws Exception {
    PluginJar.named("one").writeTo(folder);
    PluginJar.named("two").activate("host.dataDirectory();").writeTo(folder);
    Path file = Files.writeString(data.resolve("file"), "in the way");
    try (TestPlugins plugins = new TestPlugins(folder, Map.of(), file, TestPlugins.SHORT)) {
      assertThat(plugins.host.plugins()).containsOnlyKeys("one");
      assertThat(plugins.messages())
          .singleElement()
          .asString()
          .contains("data folder", file.toString(), "two")
          .doesNotContain("Exception");
    }
  }

  @Test
  void each_plugin_has_its_own_database_or_none() {
    String show =
        """
        public void onEvent(SessionEvent event) {
          say(host.dataSource().map(Object::toString).orElse("none"));
        }
        """;
    PluginJar.named("one").hooks(show).writeTo(folder);
    PluginJar.named("two").hooks(show).writeTo(folder);
    PluginJar.named("three").writeTo(folder);
    DataSource ofOne = new SQLiteDataSource();
    try (TestPlugins plugins =
        new TestPlugins(
            folder, Map.of(), data, (id, version) -> open(id, ofOne), TestPlugins.SHORT)) {
      plugins.event("s1");
      await()
          .untilAsserted(
              () -> assertThat(plugins.said).containsExactlyInAnyOrder(ofOne.toString(), "none"));
      assertThat(plugins.messages())
          .containsExactly("its database cannot be used: it is damaged; ask somebody");
    }
  }

  private static DataSource open(String plugin, DataSource ofOne) {
    if (plugin.equals("three")) {
      throw new IllegalStateException("it is damaged; ask somebody");
    }
    return plugin.equals("one") ? ofOne : null;
  }

  @Test
  void the_second_tool_of_a_name_is_left_out_and_its_plugin_works_on() {
    PluginJar.named("a").hooks(tools("tool(\"shared\", c -> done(\"a\"))")).writeTo(folder);
    PluginJar.named("b")
        .hooks(tools("tool(\"shared\", c -> done(\"b\")), tool(\"own\", c -> done(\"own\"))"))
        .writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder)) {
      assertThat(plugins.toolNames()).containsExactly("shared", "own");
      assertThat(plugins.call("shared").text()).isEqualTo("a");
      assertThat(plugins.call("own").text()).isEqualTo("own");
      assertThat(plugins.host.problems())
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.path()).isEqualTo(folder.resolve("b.jar"));
                assertThat(problem.message())
                    .isEqualTo(
                        "tool 1 is left out: it is named shared, as a tool of plugin a is already");
              });
    }
  }

  @Test
  void tools_that_no_model_could_be_shown_are_left_out() {
    PluginJar.named("a")
        .hooks(
            """
            Tool odd(String name, String input, String output) {
              return new Tool() {
                public ToolSpec spec() {
                  return name.isEmpty() ? null : new ToolSpec(
                      name, null, "sample", input, output, new ToolSpec.Hints(true, false, true, false), false);
                }
                public CompletionStage<ToolResult> call(ToolCall call) { return null; }
              };
            }
            public List<Tool> tools() {
              return Arrays.asList(null, odd("", "{}", null), odd("a b", "{}", null),
                  odd("cut", "{", null), odd("list", "{}", "[]"), odd("fine", "{}", "{}"));
            }
            """)
        .writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder)) {
      assertThat(plugins.toolNames()).containsExactly("fine");
      assertThat(plugins.messages())
          .containsExactly(
              "tool 1 is left out: it is null",
              "tool 2 is left out: it gives no specification",
              "tool 3 is left out: it is named \"a b\"; allowed are 1 to 64 letters, digits and"
                  + " underscores",
              "tool 4 is left out: it (cut) has an input schema that is not a JSON object",
              "tool 5 is left out: it (list) has an output schema that is not a JSON object");
    }
  }

  @Test
  void closing_delivers_what_is_on_its_way_then_disposes_then_calls_nothing() {
    PluginJar.named("telltale").hooks(TELLTALE).writeTo(folder);
    TestPlugins plugins = new TestPlugins(folder);
    for (int i = 0; i < 100; i++) {
      plugins.event("s" + i);
    }
    plugins.close();
    assertThat(plugins.said.stream().filter(text -> text.startsWith("event"))).hasSize(100);
    assertThat(plugins.said).last().isEqualTo("dispose inside");

    int before = plugins.said.size();
    plugins.event("late");
    plugins.host.events().eventsLost();
    assertThat(plugins.host.events().observes("late")).isFalse();
    assertThat(plugins.call("telltale"))
        .isEqualTo(
            ToolResult.failure(
                "telltale is not available any more: the plugin telltale has been stopped."));
    plugins.close();
    assertThat(plugins.said).hasSize(before);
  }

  @Test
  void calls_that_a_plugin_leaves_open_are_answered_when_the_host_closes() {
    PluginJar.named("a")
        .hooks(
            """
            final CompletableFuture<ToolResult> mine = new CompletableFuture<>();
            public List<Tool> tools() {
              return List.of(tool("mine", call -> mine),
                  tool("open", call -> new CompletableFuture<ToolResult>()));
            }
            public void dispose() { mine.complete(ToolResult.of("disposed", null)); }
            """)
        .writeTo(folder);
    TestPlugins plugins = new TestPlugins(folder);
    CompletionStage<ToolResult> mine = call(plugins.tool("mine"));
    CompletionStage<ToolResult> open = call(plugins.tool("open"));
    assertThat(open.toCompletableFuture()).isNotDone();
    plugins.close();
    assertThat(TestPlugins.answer(mine).text()).isEqualTo("disposed");
    assertThat(TestPlugins.answer(open).text()).contains("has been stopped");
  }

  @Test
  void the_class_loaders_of_closed_plugins_are_collected() {
    PluginJar.named("telltale").hooks(TELLTALE).writeTo(folder);
    PluginJar.named("thrower")
        .hooks(
            """
            class Odd extends RuntimeException {}
            public List<Tool> tools() { return List.of(tool("odd", c -> { throw new Odd(); })); }
            public void onEvent(SessionEvent event) { throw new Odd(); }
            """)
        .writeTo(folder);
    PluginJar.named("unready").main("int x = 1 / 0;").writeTo(folder);
    TestPlugins plugins = new TestPlugins(folder);
    plugins.event("s1");
    assertThat(plugins.call("odd").error()).isTrue();
    await().until(() -> plugins.said.contains("event s1 inside"));
    assertThat(plugins.jars().seen()).isEqualTo(3);
    assertThat(plugins.jars().alive()).isEqualTo(2);

    plugins.close();

    await().atMost(Duration.ofSeconds(20)).until(() -> plugins.jars().alive() == 0);
    // What the host still holds must not be what keeps them.
    assertThat(plugins.toolNames()).containsExactly("telltale", "odd");
  }

  @Test
  void the_records_of_a_closed_plugin_do_not_keep_it() {
    PluginJar.named("recorder")
        .hooks(
            """
            record Inner(String text) {}
            record Outer(Inner inner, Outer next) {}
            public void onEvent(SessionEvent event) {
              Outer one = new Outer(new Inner("a"), null);
              Outer two = new Outer(new Inner("a"), null);
              say(one.equals(two) + " " + (one.hashCode() == two.hashCode()) + " " + one);
            }
            """)
        .writeTo(folder);
    TestPlugins plugins = new TestPlugins(folder);
    try (plugins) {
      plugins.event("s1");
      await().until(() -> !plugins.said.isEmpty());
      assertThat(plugins.said.get(0)).startsWith("true true Outer[inner=Inner[text=a]");
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> plugins.jars().alive() == 0);
  }

  @Test
  void the_same_folder_can_be_opened_again() {
    PluginJar.named("telltale").hooks(TELLTALE).writeTo(folder);
    for (int i = 0; i < 3; i++) {
      try (TestPlugins plugins = new TestPlugins(folder)) {
        assertThat(plugins.call("telltale").text()).isEqualTo("inside");
      }
    }
  }

  private static String tools(String list) {
    return "public List<Tool> tools() { return List.of(" + list + "); }";
  }

  private static CompletionStage<ToolResult> call(Tool tool) {
    return tool.call(ToolCall.of("s1", "{}"));
  }
}
