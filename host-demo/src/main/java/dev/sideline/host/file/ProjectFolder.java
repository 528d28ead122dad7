package dev.sideline.host.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder of somebody's that may hold whatever a repository brought along, links included. Its
 * files are found by where they really are; one that a link puts outside of the folder is refused.
 *
 * <p>This holds against what lies there, not against a program that changes it at the same moment.
 */
public final class ProjectFolder {

  private final Path root;

  /**
   * @param folder exists
   * @throws IOException if it cannot be looked at
   */
  public ProjectFolder(Path folder) throws IOException {
    this.root = folder.toRealPath();
  }

  /**
   * Where a file of the folder really is, or would be made. No part of the answer is a link.
   *
   * @param name relative to the folder, need not exist
   * @throws LinkRefusedException if a link leads out of the folder, or nowhere
   */
  public Path place(String name) throws IOException {
    Path place = root;
    for (Path part : Path.of(name)) {
      Path next = place.resolve(part);
      place = Files.isSymbolicLink(next) ? behind(next) : next;
    }
    return place;
  }

  /**
   * Makes the folders that a file of {@link #place} is in, all of them or none.
   *
   * @return those that were made, the topmost first
   */
  public static List<Path> makeFoldersOf(Path place) throws IOException {
    Path folder = place.getParent();
    if (folder == null || Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    List<Path> made = new ArrayList<>(makeFoldersOf(folder));
    try {
      Files.createDirectory(folder);
    } catch (IOException e) {
      for (int i = made.size() - 1; i >= 0; i--) {
        Files.deleteIfExists(made.get(i));
      }
      throw e;
    }
    made.add(folder);
    return made;
  }

  /** Whether a path, which need not exist, really lies in the folder. */
  public boolean holds(Path path) throws IOException {
    Path there = path.toAbsolutePath().normalize();
    Path known = there;
    while (known.getParent() != null && !Files.exists(known)) {
      known = known.getParent();
    }
    return known.toRealPath().resolve(known.relativize(there)).startsWith(root);
  }

  private Path behind(Path link) throws IOException {
    Path target = Files.readSymbolicLink(link);
    try {
      Path real = link.toRealPath();
      if (real.startsWith(root)) {
        return real;
      }
    } catch (NoSuchFileException e) {
      throw new LinkRefusedException(
          link + " is a link to " + target + ", and nothing is there; remove it first", e);
    }
    throw new LinkRefusedException(
        link
            + " is a link to "
            + target
            + ", outside of "
            + root
            + "; nothing is written there. Put a file or folder of the project in its place first",
        null);
  }
}
