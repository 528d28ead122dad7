package dev.sideline.examples;

import com.github.zafarkhaja.semver.Version;
import dev.sideline.api.AgentPlugin;
import dev.sideline.api.testing.TestHost;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pf4j.PluginManager;
import org.slf4j.Logger;

/** The jars that the README speaks of, under the names that it gives them. */
final class BuiltJars {

  private static final Map<String, Path> BY_NAME =
      Stream.of(
              AgentPlugin.class,
              TestHost.class,
              ServiceLoader.load(AgentPlugin.class).findFirst().orElseThrow().getClass(),
              Logger.class,
              PluginManager.class,
              Version.class)
          .map(BuiltJars::jarOf)
          .collect(Collectors.toMap(jar -> jar.getFileName().toString(), jar -> jar));

  private BuiltJars() {}

  /** Puts jars into a folder, by name. */
  static void copy(List<String> names, Path folder) throws IOException {
    for (String name : names) {
      Path jar = BY_NAME.get(name);
      if (jar == null) {
        throw new AssertionError("no " + name + " among " + BY_NAME.keySet());
      }
      Files.copy(jar, folder.resolve(name));
    }
  }

  private static Path jarOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
