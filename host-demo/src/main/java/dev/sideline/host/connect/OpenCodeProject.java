package dev.sideline.host.connect;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.file.ProjectFolder;
import dev.sideline.host.mcp.CallerKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A project folder whose OpenCode agents are given the tools.
 *
 * <p>Connecting writes an entry into the project's {@code opencode.json} or {@code opencode.jsonc},
 * and the plugin file that makes OpenCode sign each call; it makes the key if there is none.
 * Connecting again brings all of it up to date; disconnecting takes it away. What was not written
 * by this class is never overwritten.
 */
public final class OpenCodeProject {

  private static final String SCHEMA = "https://opencode.ai/config.json";

  /** What a configuration is before anything is written into it. */
  private static final String FRESH_CONFIG = "{\n  \"$schema\": \"" + SCHEMA + "\"\n}\n";

  private static final JsonPointer ENTRY = JsonPointer.compile("/mcp/" + ServerEntry.NAME);

  private static final String PLUGIN_TEMPLATE = "opencode-plugin.js";
  private static final String PLUGIN_MARK = "// Written by \"sideline connect opencode\"";

  private static final String CALLER_KEY = "--caller-key";

  // OpenCode waits so long for the server's list of tools and for each answer; progress prolongs
  // it.
  private static final int TIMEOUT_MILLIS = 120_000;

  private final Path directory;
  private final Path keyFile;
  private final Originals originals;

  /**
   * @param directory the project; exists
   * @param keyFile where the key is or will be, outside of the project so that agents which may
   *     read the project's files do not come upon it
   * @param originals what files were before
   */
  public OpenCodeProject(Path directory, Path keyFile, Originals originals) {
    this.directory = Objects.requireNonNull(directory, "directory");
    this.keyFile = Objects.requireNonNull(keyFile, "keyFile");
    this.originals = Objects.requireNonNull(originals, "originals");
  }

  /**
   * Connects the project, or brings it up to date. If it cannot be done as a whole, what was
   * written is taken back.
   *
   * @param command starts the tool server; the option that names the key is added to it
   * @return what was done, the key left out
   * @throws ConnectException if something of somebody else's is in the way; nothing was changed
   *     then
   */
  public List<FileChange> connect(List<String> command) throws IOException {
    refuseKeyInside(new ProjectFolder(directory));
    Connection connection = connection(command);
    try (Undo undo = new Undo()) {
      List<FileChange> changes = connection.connect(undo);
      if (CallerKey.create(keyFile)) {
        undo.add(() -> Files.deleteIfExists(keyFile));
      }
      CallerKey.read(keyFile);
      undo.allIsDone();
      return changes;
    }
  }

  /**
   * Takes away what connecting has written, the key included.
   *
   * @return what was done
   * @throws ConnectException if something of somebody else's is in the way; nothing was changed
   *     then
   */
  public List<FileChange> disconnect() throws IOException {
    try (Undo undo = new Undo()) {
      List<FileChange> changes = new ArrayList<>(connection(List.of()).disconnect(undo));
      if (Files.deleteIfExists(keyFile)) {
        changes.add(new FileChange(keyFile, FileChange.Kind.DELETED, List.of()));
      }
      undo.allIsDone();
      return changes;
    }
  }

  /** Looks at it, without changing anything. */
  public Connected look() throws IOException {
    Scope scope = new Scope.Project(directory);
    List<String> server = Connection.serverIn(connection(List.of()).files());
    int key = server.lastIndexOf(CALLER_KEY);
    List<String> command = key < 0 ? server : server.subList(0, key);
    return connection(command).look("opencode", scope, server);
  }

  private Connection connection(List<String> command) throws IOException {
    JsonEntry entry =
        new JsonEntry(ENTRY, entry(command), there -> ServerEntry.isOurs(there, CALLER_KEY));
    boolean commented =
        Files.exists(directory.resolve("opencode.jsonc"), LinkOption.NOFOLLOW_LINKS);
    return new Connection(
        List.of(
            new ConfigFile(
                directory,
                commented ? "opencode.jsonc" : "opencode.json",
                new JsonContent(FRESH_CONFIG, List.of(entry))),
            new ConfigFile(
                directory,
                ".opencode/plugin/sideline.js",
                new WholeContent(PLUGIN_MARK, plugin()))),
        originals);
  }

  private void refuseKeyInside(ProjectFolder project) throws IOException {
    if (project.holds(keyFile)) {
      throw new ConnectException(
          "the key would be "
              + keyFile
              + ", inside the project, where its agents may read it; name a folder outside of it"
              + " with --data");
    }
  }

  private ObjectNode entry(List<String> command) {
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.put("type", "local");
    command.forEach(entry.withArrayProperty("command")::add);
    entry.withArrayProperty("command").add(CALLER_KEY).add(keyFile.toString());
    // Without a locale, Java cannot name folders that are not spelt in ASCII.
    entry.putObject("environment").put("LC_ALL", "C.UTF-8");
    entry.put("enabled", true);
    entry.put("timeout", TIMEOUT_MILLIS);
    return entry;
  }

  private String plugin() throws IOException {
    try (InputStream template = OpenCodeProject.class.getResourceAsStream(PLUGIN_TEMPLATE)) {
      if (template == null) {
        throw new IllegalStateException(PLUGIN_TEMPLATE + " is missing from this program's jar");
      }
      return new String(template.readAllBytes(), StandardCharsets.UTF_8)
          .replace("\"@SERVER@\"", quoted(ServerEntry.NAME))
          .replace("\"@KEY_FILE@\"", quoted(keyFile.toString()));
    }
  }

  private static String quoted(String text) {
    return JsonNodeFactory.instance.textNode(text).toString();
  }
}
