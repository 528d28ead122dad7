package dev.sideline.host.connect;

import java.io.IOException;
import java.util.List;
import java.util.Objects;

/**
 * A configuration of a program, in which the tool server stands or does not.
 *
 * <p>Connecting again brings everything up to date; disconnecting gives each file back as it was,
 * to the byte, or, where somebody has changed it since, takes out of it what is ours. What was not
 * written by 'connect' is never overwritten. Not thread-safe.
 */
public final class ProgramConnection {

  private final AgentProgram program;
  private final Scope scope;
  private final Originals originals;

  /**
   * @param originals what files were before
   */
  public ProgramConnection(AgentProgram program, Scope scope, Originals originals) {
    this.program = Objects.requireNonNull(program, "program");
    this.scope = Objects.requireNonNull(scope, "scope");
    this.originals = Objects.requireNonNull(originals, "originals");
  }

  /**
   * Connects it, or brings it up to date. If it cannot be done as a whole, what was written is
   * taken back.
   *
   * @return what was done; nothing if all was as it has to be
   * @throws ConnectException if something of somebody else's is in the way; nothing was changed
   *     then
   */
  public List<FileChange> connect(ServerCommands commands) throws IOException {
    try (Undo undo = new Undo()) {
      List<FileChange> changes = connection(commands).connect(undo);
      undo.allIsDone();
      return changes;
    }
  }

  /**
   * Takes away what connecting has written. If it cannot be done as a whole, it is put back.
   *
   * @return what was done; nothing if nothing of ours was there
   * @throws ConnectException if something of somebody else's has the place of ours; nothing was
   *     changed then
   */
  public List<FileChange> disconnect() throws IOException {
    try (Undo undo = new Undo()) {
      List<FileChange> changes = connection(ServerCommands.NONE).disconnect(undo);
      undo.allIsDone();
      return changes;
    }
  }

  /** Looks at it, without changing anything. */
  public Connected look() {
    List<String> server = Connection.serverIn(program.files(scope, ServerCommands.NONE));
    ServerCommands written = ServerCommands.with(server, program.name());
    return connection(written).look(program.name(), scope, server);
  }

  private Connection connection(ServerCommands commands) {
    return new Connection(program.files(scope, commands), originals);
  }
}
