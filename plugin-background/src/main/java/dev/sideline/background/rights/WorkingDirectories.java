package dev.sideline.background.rights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where tasks may work: where their parent does, and in the folders that the operator has listed,
 * with all that is below them. Links are followed before that is looked at.
 */
public final class WorkingDirectories {

  private final List<String> listed;

  /**
   * @param listed paths; one that is not absolute counts from where the parent works
   */
  public WorkingDirectories(List<String> listed) {
    this.listed = List.copyOf(listed);
  }

  /**
   * What becomes of a wish.
   *
   * @param path where the task works, without links; null for where its parent does
   * @param refusal why it may not, as the rest of a sentence that begins with the wish; null if it
   *     may
   */
  public record Decision(@Nullable String path, @Nullable String refusal) {

    static Decision refused(String why) {
      return new Decision(null, why);
    }
  }

  /**
   * Decides on a wish. Looks into the file system.
   *
   * @param wish what was asked for, as it was written
   * @param parents where the parent works; null if that is not known
   */
  public Decision decide(String wish, @Nullable String parents) {
    Path parent = parents == null ? null : place(parents);
    Path asked = under(parent, wish);
    if (asked == null) {
      return Decision.refused("that is no path of a folder, or the host does not say from where");
    }
    Path wanted = real(asked);
    if (wanted != null && wanted.equals(parent)) {
      return new Decision(null, null);
    }
    if (wanted == null || listed.stream().noneMatch(folder -> holds(folder, parent, wanted))) {
      // The same for one that is not there: what there is elsewhere is nobody's business.
      return Decision.refused(listed.isEmpty() ? "tasks work where you do" : elsewhere());
    }
    return Files.isDirectory(wanted)
        ? new Decision(wanted.toString(), null)
        : Decision.refused("that is not a folder");
  }

  private String elsewhere() {
    return "there is no such folder among those in which tasks may work: where you do, and "
        + String.join(", ", listed);
  }

  private static boolean holds(String folder, @Nullable Path parent, Path wanted) {
    Path from = under(parent, folder);
    Path root = from == null ? null : real(from);
    return root != null && wanted.startsWith(root);
  }

  /** Without links; null if there is none, or that is no path on this machine. */
  private static @Nullable Path place(String path) {
    try {
      return real(Path.of(path));
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** Null if it counts from a place that is not known, or is no path. */
  private static @Nullable Path under(@Nullable Path parent, String path) {
    try {
      Path given = Path.of(path.strip());
      if (given.isAbsolute()) {
        return given;
      }
      return parent == null ? null : parent.resolve(given);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** Without links; null if there is none. */
  private static @Nullable Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return null;
    }
  }
}
