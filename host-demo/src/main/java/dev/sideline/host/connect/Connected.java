package dev.sideline.host.connect;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a configuration of a program was found.
 *
 * @param program its name, such as {@code claude}
 * @param scope whose configuration
 * @param files that connecting writes, where they really are or would be
 * @param server the command line of our tool server in them; empty if there is none
 * @param problem why it cannot be connected as it is, in words; null if it can
 */
public record Connected(
    String program,
    Scope scope,
    State state,
    List<Path> files,
    List<String> server,
    @Nullable String problem) {

  /** Whether all is there. */
  public enum State {
    /** Nothing of ours is there. */
    NO,
    /** All of it is there, for the command line that stands there. */
    YES,
    /** Some of it is there, or not as it is written now: connecting again mends that. */
    OUTDATED,
    /** It cannot be told, or something of somebody else's is in the way. */
    REFUSED;

    static State of(boolean all, boolean some, @Nullable String problem) {
      if (problem != null) {
        return REFUSED;
      }
      if (!some) {
        return NO;
      }
      return all ? YES : OUTDATED;
    }
  }

  /** Checks the parts. */
  public Connected {
    Objects.requireNonNull(program, "program");
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(state, "state");
    files = List.copyOf(files);
    server = List.copyOf(server);
  }

  /** Whether what stands there starts a jar with a JVM, so that both are where they were. */
  public boolean starts(Path java, Path jar) {
    return !server.isEmpty()
        && server.get(0).equals(java.toString())
        && server.contains(jar.toString());
  }
}
