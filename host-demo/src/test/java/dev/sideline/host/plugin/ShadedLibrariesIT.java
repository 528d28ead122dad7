package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.TestHost;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the libraries inside the built jar read from files finds its files there: here nothing else
 * has them, as in a host that does not have those libraries itself.
 */
class ShadedLibrariesIT {

  private final ClassLoader usual = Thread.currentThread().getContextClassLoader();

  @AfterEach
  void goBackToAllThatTheTestsHave() {
    Thread.currentThread().setContextClassLoader(usual);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/draft-06/schema#",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
      })
  void a_schema_is_checked_against_its_draft_and_told_in_words(String draft) throws Exception {
    String launch =
        BackgroundJar.LAUNCH.replaceFirst(
            "}$",
            ",\"result_schema\":{\"\\$schema\":\"DRAFT\",\"type\":\"object\",\"required\":\"x\"}}");
    try (URLClassLoader jar = loader();
        TestHost host = new TestHost()) {
      host.sessions().addSession("parent");
      host.activate(ServiceLoader.load(AgentPlugin.class, jar).findFirst().orElseThrow());

      ToolResult refused =
          host.call("background_task", "parent", launch.replace("DRAFT", draft))
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);

      assertThat(refused.error()).isTrue();
      assertThat(refused.text()).contains("at /required: string found, array expected");
    }
  }

  @Test
  void the_leap_seconds_are_found() throws Exception {
    try (URLClassLoader jar = loader()) {
      Class<?> reader =
          jar.loadClass(
              "dev.sideline.background.shaded.itu.internal.util.DefaultLeapSecondHandler");
      Object known = reader.getConstructor().newInstance();
      assertThat(reader.getMethod("getLastKnownLeapSecond").invoke(known)).isNotNull();
    }
  }

  /** Of the jar, and for the threads that the plugin starts. */
  private static URLClassLoader loader() throws Exception {
    URL[] jar = {BackgroundJar.JAR.toUri().toURL()};
    URLClassLoader loader = new URLClassLoader(jar, new HostAlone());
    Thread.currentThread().setContextClassLoader(loader);
    return loader;
  }

  /** The classes that a plugin has from its host. */
  private static final class HostAlone extends ClassLoader {

    HostAlone() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith("dev.sideline.api.")
          || name.startsWith("org.slf4j.")
          || name.startsWith("org.pf4j.")) {
        return ShadedLibrariesIT.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
