package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.PluginHooks;
import dev.sideline.api.testing.TestHost;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActivationTest {

  private static final String OTHER =
      """
      package other;
      import dev.sideline.api.*;
      public class Main implements AgentPlugin {
        public PluginHooks activate(HostContext host) { return new Hooks(); }
        static class Hooks implements PluginHooks {}
      }
      """;

  @TempDir Path folder;

  @Test
  void a_provider_that_the_host_has_on_its_own_path_is_not_the_plugins() throws Exception {
    Path hosts = PluginJar.named("hosts").writeTo(folder);
    Path own =
        PluginJar.named("own").source("other.Main", OTHER).provider("other.Main").writeTo(folder);
    Path none = PluginJar.named("none").without(PluginDescriptor.SERVICE).writeTo(folder);
    try (URLClassLoader host = loader(hosts, getClass().getClassLoader());
        URLClassLoader plugin = loader(own, host);
        URLClassLoader empty = loader(none, host)) {
      PluginHooks hooks = activation(plugin).within(Duration.ofSeconds(10)).hooks();
      assertThat(hooks.getClass().getClassLoader()).isSameAs(plugin);
      assertThatThrownBy(() -> activation(empty).within(Duration.ofSeconds(10)))
          .isInstanceOf(PluginRejectedException.class)
          .hasMessageEndingWith("and names 0");
    }
  }

  private static Activation activation(ClassLoader loader) {
    PluginDescriptor jar = new PluginDescriptor(Path.of("p.jar"), "p", "1", "");
    return new Activation(jar, loader, new TestHost(), new PluginBoundary("p", loader));
  }

  private static URLClassLoader loader(Path jar, ClassLoader parent) throws Exception {
    return new URLClassLoader(new URL[] {jar.toUri().toURL()}, parent);
  }
}
