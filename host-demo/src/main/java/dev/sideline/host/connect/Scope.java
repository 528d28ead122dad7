package dev.sideline.host.connect;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Whose configuration of a program is meant. */
public sealed interface Scope {

  /**
   * That of one project.
   *
   * @param directory exists
   */
  record Project(Path directory) implements Scope {
    /** Checks the parts. */
    public Project {
      Objects.requireNonNull(directory, "directory");
    }
  }

  /**
   * The user's own, which holds for all of the user's projects.
   *
   * @param home the user's folder
   * @param environment by which programs are told to keep their configuration elsewhere
   */
  record User(Path home, Map<String, String> environment) implements Scope {
    /** Checks the parts. */
    public User {
      Objects.requireNonNull(home, "home");
      environment = Map.copyOf(environment);
    }

    /** The folder that a variable names, or one in the user's folder if it does not. */
    Path folder(String variable, String otherwise) {
      String named = environment.getOrDefault(variable, "");
      try {
        if (!named.isBlank()) {
          return Path.of(named).toAbsolutePath().normalize();
        }
      } catch (InvalidPathException e) {
        // As good as none.
      }
      return home.resolve(otherwise);
    }
  }
}
