package dev.sideline.host.programs;

import dev.sideline.host.model.ScriptedModelServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a program is at work in a test: folders that nothing else knows of, and its model.
 *
 * @param root of all of them but the next
 * @param data of the host
 */
record Workplace(Path root, Path data, ScriptedModelServer model) {

  /** Makes the folders. */
  static Workplace in(Path root, Path data, ScriptedModelServer model) throws IOException {
    Workplace place = new Workplace(root.toRealPath(), data.toRealPath(), model);
    Files.createDirectories(place.home());
    place.makeRepository();
    Files.createDirectories(place.temporary());
    return place;
  }

  /**
   * The project is a repository of its own, as most are: Codex takes no hooks from a linked
   * worktree of another one, and the folder of a build may be in such.
   */
  private void makeRepository() throws IOException {
    write("project/.git/HEAD", "ref: refs/heads/main\n");
    Files.createDirectories(project().resolve(".git/objects"));
    Files.createDirectories(project().resolve(".git/refs"));
  }

  /** The home of the person whose program it is. */
  Path home() {
    return root.resolve("home");
  }

  /** What is worked on. */
  Path project() {
    return root.resolve("project");
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
