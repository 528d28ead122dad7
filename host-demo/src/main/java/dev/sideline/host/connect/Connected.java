package dev.sideline.host.connect;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a configuration of a program was found.
 *
 * @param files that connecting writes, where they really are or would be
 * @param server the command line of our tool server in them; empty if there is none
 * @param problem why it cannot be connected as it is, in words; null if it can
 */
public record Connected(
    AgentProgram program,
    Scope scope,
    State state,
    List<Path> files,
    List<String> server,
    @Nullable String problem) {

  /** Whether all is there. */
  public enum State {
    /** Nothing of ours is there. */
    NO,
    /** All of it is there, as connecting would write it now. */
    YES,
    /** Some of it is there, or with other commands: connecting again brings it up to date. */
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
    files = List.copyOf(files);
    server = List.copyOf(server);
  }
}
