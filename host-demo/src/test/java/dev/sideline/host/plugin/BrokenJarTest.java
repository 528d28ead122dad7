package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.ToolResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** A jar that is broken is named and skipped, and the good plugin beside it works. */
class BrokenJarTest {

  /** Sorts between the names of the good plugins, so that one is loaded before it and one after. */
  private static final String BAD = "m-bad";

  @TempDir Path folder;

  /** A broken jar, how it is made, and what a person is told. */
  private record Case(String name, Consumer<Path> writer, String message) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "an empty file",
            folder -> PluginJar.write(folder, BAD + ".jar", new byte[0]),
            "it is not a readable jar (zip file is empty); copy it again"),
        new Case(
            "no zip at all",
            folder ->
                PluginJar.write(folder, BAD + ".jar", "not a zip".getBytes(StandardCharsets.UTF_8)),
            "it is not a readable jar (zip END header not found); copy it again"),
        new Case("a truncated jar", bad()::truncatedTo, "it is not a readable jar"),
        new Case("a folder", BrokenJarTest::folder, "it is not a file"),
        jar(
            "a manifest without end",
            bad().withoutManifest().entry(JarFile.MANIFEST_NAME, new byte[8 << 20]),
            "its manifest is longer than 1048576 bytes"),
        jar("no manifest", bad().withoutManifest(), "it has no manifest (META-INF/MANIFEST.MF)"),
        jar(
            "no plugin id",
            bad().attribute("Plugin-Id", null),
            "its manifest has no Plugin-Id; build it as a plugin"),
        jar(
            "a plugin id that leaves the folder",
            bad().attribute("Plugin-Id", "../../etc"),
            "its Plugin-Id is \"../../etc\"; allowed are letters"),
        jar(
            "no version",
            bad().attribute("Plugin-Version", " "),
            "its manifest has no Plugin-Version; build it as a plugin"),
        jar(
            "dependencies",
            bad().attribute("Plugin-Dependencies", "other@1.0.0"),
            "it depends on other plugins (Plugin-Dependencies: other@1.0.0)"),
        jar(
            "a newer host required",
            bad().attribute("Plugin-Requires", ">=99.0.0"),
            "it works with host versions >=99.0.0 (Plugin-Requires), and this host is "),
        jar(
            "a requirement that is none",
            bad().attribute("Plugin-Requires", "newest, please"),
            "it cannot be loaded: "),
        jar(
            "no provider file",
            bad().without(PluginDescriptor.SERVICE),
            "it has no META-INF/services/dev.sideline.api.AgentPlugin"),
        jar(
            "an empty provider file",
            bad().provider(""),
            "has to name one AgentPlugin of the jar, and names 0"),
        jar(
            "two providers",
            bad()
                .provider("sample.Main\nsample.Second")
                .source("sample.Second", "package sample; public class Second extends Main {}")
                .source("sample.Main", MINIMAL),
            "has to name one AgentPlugin of the jar, and names 2"),
        jar(
            "a provider class that is missing",
            bad().provider("sample.Missing"),
            "its provider file names what cannot be used: dev.sideline.api.AgentPlugin: Provider"
                + " sample.Missing not found"),
        jar(
            "a provider that is no plugin",
            bad()
                .provider("sample.Other")
                .source("sample.Other", "package sample; public class Other {}"),
            "its provider file names what cannot be used: dev.sideline.api.AgentPlugin: "),
        jar(
            "a constructor that throws",
            bad().main("public Main() { throw new IllegalStateException(\"no luck\"); }"),
            "its AgentPlugin cannot be created: it fails: IllegalStateException: no luck"),
        jar(
            "a constructor that is private",
            bad().main("private Main() {}"),
            "its AgentPlugin has no public constructor without parameters"),
        jar(
            "a class that cannot be initialized",
            bad().main("static final int X = Integer.parseInt(\"x\");"),
            "its AgentPlugin cannot be created: its classes do not fit"),
        jar(
            "a library that is missing",
            bad()
                .source("lib.Gone", "package lib; public class Gone {}")
                .main("Object gone = new lib.Gone();")
                .without("lib/Gone.class"),
            "a class that it needs is missing, in the jar and in the host: lib.Gone"),
        jar(
            "a class file of a newer Java",
            newerJava(),
            "it was built for a newer Java than this one ("),
        jar(
            "a class file that is garbage",
            bad().entry("sample/Main.class", new byte[] {1, 2, 3, 4}),
            "its classes do not fit this host or each other: ClassFormatError"),
        jar(
            "settings refused",
            bad()
                .activate(
                    "if (true) throw new IllegalArgumentException(\"max_running=x: not a"
                        + " number\");"),
            "it refuses its settings: max_running=x: not a number"),
        jar(
            "an activation that throws an error",
            bad().activate("if (true) throw new AssertionError(\"never\");"),
            "it fails: AssertionError: never"),
        jar(
            "an endless recursion",
            bad().activate("recurse();").main("void recurse() { recurse(); }"),
            "it fails: java.lang.StackOverflowError"),
        jar(
            "an exception without a readable message",
            bad()
                .activate(
                    """
                    if (true) throw new RuntimeException() {
                      public String getMessage() { throw new IllegalStateException(); }
                    };
                    """),
            "it fails: sample.Main$1"),
        jar("no hooks", bad().activate("if (true) return null;"), "its activate() returned null"),
        jar(
            "no tool list",
            bad().hooks("public List<Tool> tools() { return null; }"),
            "its tools() returned null"),
        jar(
            "a tool list that throws",
            bad().hooks("public List<Tool> tools() { throw new NoClassDefFoundError(\"a/B\"); }"),
            "a class that it needs is missing, in the jar and in the host: a.B"));
  }

  private static final String MINIMAL =
      """
      package sample;
      import dev.sideline.api.*;
      public class Main implements AgentPlugin {
        public PluginHooks activate(HostContext host) { return new PluginHooks() {}; }
      }
      """;

  @ParameterizedTest
  @MethodSource("cases")
  void a_broken_jar_is_reported_and_the_good_plugins_work(Case broken) {
    good("a-good").writeTo(folder);
    broken.writer.accept(folder);
    good("z-good").writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder)) {
      assertThat(plugins.host.problems())
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.path()).isEqualTo(folder.resolve(BAD + ".jar"));
                assertThat(problem.message()).contains(broken.message);
              });
      assertThat(plugins.host.plugins()).containsOnlyKeys("a-good", "z-good");
      assertGoodPluginsWork(plugins);
    }
  }

  @Test
  void the_second_jar_of_an_id_is_skipped_and_both_are_named() {
    good("a-good").writeTo(folder);
    good("z-good").writeTo(folder);
    good(BAD).attribute("Plugin-Id", "a-good").attribute("Plugin-Version", "2.0.0").writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder)) {
      assertThat(plugins.messages())
          .containsExactly(
              "its plugin id, a-good, is taken by a-good.jar (version 1.0.0; this one is 2.0.0);"
                  + " remove one of the two");
      assertGoodPluginsWork(plugins);
    }
  }

  @Test
  void a_jar_that_bundles_the_api_and_a_logger_still_works() {
    PluginJar jar =
        PluginJar.named("fat")
            .hooks(
                """
                public List<Tool> tools() {
                  return List.of(tool("fat", call ->
                      done(org.slf4j.LoggerFactory.getLogger("x").getClass().getName())));
                }
                """)
            .bundle(LoggerFactory.class)
            .bundle(org.slf4j.Logger.class);
    for (String name :
        List.of(
            "AgentPlugin",
            "PluginHooks",
            "HostContext",
            "Tool",
            "ToolCall",
            "ToolResult",
            "ToolSpec",
            "ToolSpec$Hints",
            "SessionEvent",
            "PluginEvent",
            "PluginEvent$TaskChanged")) {
      jar.bundle(apiClass(name));
    }
    jar.writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder)) {
      assertThat(plugins.host.problems()).isEmpty();
      assertThat(plugins.call("fat"))
          .isEqualTo(ToolResult.of(LoggerFactory.getLogger("x").getClass().getName(), null));
    }
  }

  @Test
  void a_requirement_that_this_host_meets_is_fine() {
    good("a-good").attribute("Plugin-Requires", ">=0.1.0").writeTo(folder);
    good("z-good").attribute("Plugin-Requires", PluginJars.HOST_VERSION).writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder)) {
      assertThat(plugins.host.problems()).isEmpty();
      assertGoodPluginsWork(plugins);
    }
  }

  @Test
  void the_host_version_is_that_of_the_build_without_its_suffix() throws Exception {
    String pom = Files.readString(Path.of("pom.xml"));
    assertThat(pom)
        .containsPattern("<version>" + PluginJars.HOST_VERSION + "(-SNAPSHOT)?</version>");
    assertThat(Files.readString(Path.of("..", "pom.xml")))
        .contains("<release.version>" + PluginJars.HOST_VERSION + "</release.version>");
  }

  @Test
  void a_plugin_class_of_pf4j_is_not_run() {
    good("a-good").writeTo(folder);
    good("z-good").writeTo(folder);
    PluginJar.named(BAD)
        .attribute("Plugin-Class", "sample.Pf4jPlugin")
        .source(
            "sample.Pf4jPlugin",
            """
            package sample;
            public class Pf4jPlugin extends org.pf4j.Plugin {
              public Pf4jPlugin() { throw new IllegalStateException("run"); }
            }
            """)
        .writeTo(folder);
    try (TestPlugins plugins = new TestPlugins(folder)) {
      assertThat(plugins.host.problems()).isEmpty();
      assertThat(plugins.host.plugins()).hasSize(3);
      assertGoodPluginsWork(plugins);
    }
  }

  @Test
  void files_that_pf4j_reads_plugin_names_from_do_not_switch_plugins_off() throws Exception {
    good("a-good").writeTo(folder);
    good("z-good").writeTo(folder);
    Files.writeString(folder.resolve("disabled.txt"), "a-good\n");
    try (TestPlugins plugins = new TestPlugins(folder)) {
      assertThat(plugins.host.problems()).isEmpty();
      assertGoodPluginsWork(plugins);
    }
  }

  private static void assertGoodPluginsWork(TestPlugins plugins) {
    assertThat(plugins.toolNames()).containsExactly("a_good", "z_good");
    assertThat(plugins.call("a_good").text()).isEqualTo("a-good works");
    assertThat(plugins.call("z_good").text()).isEqualTo("z-good works");
    plugins.event("s1");
    await().until(() -> plugins.said.containsAll(List.of("a-good saw s1", "z-good saw s1")));
  }

  private static PluginJar good(String id) {
    return PluginJar.named(id)
        .hooks(
            """
            public List<Tool> tools() {
              return List.of(tool("%s", call -> done("%s works")));
            }
            public void onEvent(SessionEvent event) { say("%s saw " + event.sessionId()); }
            """
                .formatted(id.replace('-', '_'), id, id));
  }

  private static PluginJar bad() {
    return PluginJar.named(BAD);
  }

  private static Case jar(String name, PluginJar jar, String message) {
    return new Case(name, jar::writeTo, message);
  }

  private static void folder(Path parent) {
    parent.resolve(BAD + ".jar").toFile().mkdir();
  }

  /** The major version stands in the bytes 6 and 7 of a class file. */
  private static PluginJar newerJava() {
    byte[] bytes =
        PluginJar.compile(Map.of("sample.Main", MINIMAL), System.getProperty("java.class.path"))
            .get("sample/Main.class");
    bytes[7] = (byte) 200;
    return bad().entry("sample/Main.class", bytes);
  }

  private static Class<?> apiClass(String name) {
    try {
      return Class.forName(AgentPlugin.class.getPackageName() + "." + name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
