package dev.sideline.host.plugin;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A folder that plugin jars are dropped into. Its subfolders are not looked at.
 *
 * @param path the folder; need not exist
 */
public record PluginDirectory(Path path) {

  private static final String NAME = "plugins";

  /**
   * The folder that is used unless the operator names one: {@code plugins} beside the host's jar
   * (beside its {@code classes} folder when it runs from a build). Never one of the working
   * directory, which may be anybody's: what lies in the folder is run. None if it is not known
   * where the host's code lies.
   */
  public static Optional<PluginDirectory> standard() {
    return standard(ownCode());
  }

  static Optional<PluginDirectory> standard(@Nullable Path ownCode) {
    return Optional.ofNullable(ownCode)
        .map(code -> new PluginDirectory(code.toAbsolutePath().resolveSibling(NAME)));
  }

  private static @Nullable Path ownCode() {
    CodeSource source = PluginDirectory.class.getProtectionDomain().getCodeSource();
    if (source == null || !"file".equals(source.getLocation().getProtocol())) {
      return null;
    }
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /**
   * The jars in the folder, in the order of their names, so that the same folder always gives the
   * same result.
   *
   * @param problems takes what a person would expect to be loaded and is not
   */
  List<Path> jars(List<PluginProblem> problems) {
    if (!Files.isDirectory(path)) {
      String what = Files.exists(path) ? "is not a folder" : "does not exist";
      problems.add(
          new PluginProblem(
              path,
              "the plugin folder "
                  + what
                  + "; make it and put plugin jars into it, or name another"));
      return List.of();
    }
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".jar")) {
          jars.add(entry);
        } else if (name.endsWith(".zip")) {
          problems.add(
              new PluginProblem(entry, "zips are not loaded; a plugin is one self-contained jar"));
        }
      }
    } catch (IOException e) {
      problems.add(new PluginProblem(path, "the plugin folder cannot be read: " + e.getMessage()));
      return List.of();
    }
    if (jars.isEmpty()) {
      problems.add(
          new PluginProblem(path, "there is no jar in the plugin folder; put plugin jars into it"));
    }
    jars.sort(null);
    return jars;
  }
}
