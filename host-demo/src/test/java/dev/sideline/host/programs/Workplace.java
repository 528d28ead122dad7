package dev.sideline.host.programs;

import dev.sideline.host.model.ScriptedModelServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a program is at work in a test: folders that nothing else knows of, and its model.
 *
 * @param root of all of them
 */
record Workplace(Path root, ScriptedModelServer model) {

  /** Makes the folders. */
  static Workplace in(Path root, ScriptedModelServer model) throws IOException {
    Workplace place = new Workplace(root.toRealPath(), model);
    Files.createDirectories(place.home());
    Files.createDirectories(place.project());
    Files.createDirectories(place.temporary());
    return place;
  }

  /** The home of the person whose program it is. */
  Path home() {
    return root.resolve("home");
  }

  /** What is worked on. */
  Path project() {
    return root.resolve("project");
  }

  /** Of the host. */
  Path data() {
    return root.resolve("data");
  }

  /** For what processes leave behind. */
  Path temporary() {
    return root.resolve("tmp");
  }

  /** Writes a file below the root, with its folders. */
  void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }
}
