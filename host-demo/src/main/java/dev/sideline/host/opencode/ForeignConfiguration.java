package dev.sideline.host.opencode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Configuration that lies between a folder and a project. A session in that folder would be run by
 * it: by its plugins, which are code, and by its rules for what agents may do. Whoever can write a
 * file and choose a folder could give itself any right that way.
 */
final class ForeignConfiguration {

  private static final List<String> NAMES = List.of(".opencode", "opencode.json", "opencode.jsonc");

  private ForeignConfiguration() {}

  /**
   * The first such file on the way up from a folder, before what lies above the project too; empty
   * if there is none.
   *
   * @throws IOException if one of the two is not there
   */
  static Optional<Path> between(Path folder, Path project) throws IOException {
    Path root = project.toRealPath();
    for (Path at = folder.toRealPath(); at != null && !root.startsWith(at); at = at.getParent()) {
      for (String name : NAMES) {
        Path file = at.resolve(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }
}
