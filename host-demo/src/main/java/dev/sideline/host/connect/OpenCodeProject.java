package dev.sideline.host.connect;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.file.ProjectFolder;
import dev.sideline.host.file.WholeFile;
import dev.sideline.host.mcp.CallerKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A project folder whose OpenCode agents are given the tools.
 *
 * <p>Connecting writes an entry into the project's {@code opencode.json} or {@code opencode.jsonc},
 * and the plugin file that makes OpenCode sign each call; it makes the key if there is none.
 * Connecting again brings all of it up to date; disconnecting takes it away. What was not written
 * by this class is never overwritten.
 */
public final class OpenCodeProject {

  private static final String PLUGIN_TEMPLATE = "opencode-plugin.js";

  // OpenCode waits so long for the server's list of tools and for each answer; progress prolongs
  // it.
  private static final int TIMEOUT_MILLIS = 120_000;

  private final Path directory;
  private final Path keyFile;

  /**
   * @param directory the project; exists
   * @param keyFile where the key is or will be, outside of the project so that agents which may
   *     read the project's files do not come upon it
   */
  public OpenCodeProject(Path directory, Path keyFile) {
    this.directory = Objects.requireNonNull(directory, "directory");
    this.keyFile = Objects.requireNonNull(keyFile, "keyFile");
  }

  /**
   * Connects the project, or brings it up to date. If it cannot be done as a whole, what was
   * written is taken back.
   *
   * @param command starts the tool server; the option that names the key is added to it
   * @return the files that were written, the key left out
   * @throws ConnectException if something of somebody else's is in the way; nothing was changed
   *     then
   */
  public List<Path> connect(List<String> command) throws IOException {
    ProjectFolder project = new ProjectFolder(directory);
    refuseKeyInside(project);
    ConnectedFiles files = ConnectedFiles.in(project);
    String plugin = plugin();
    String config = edited(files, entry(command)).text();

    List<Path> written = new ArrayList<>();
    try (Undo undo = new Undo()) {
      if (CallerKey.create(keyFile)) {
        undo.add(() -> Files.deleteIfExists(keyFile));
      }
      CallerKey.read(keyFile);
      if (!plugin.equals(files.pluginText())) {
        replace(files.plugin(), files.pluginText(), plugin, undo);
        written.add(files.plugin());
      }
      if (!config.equals(files.configText())) {
        replace(files.config(), files.configText(), config, undo);
        written.add(files.config());
      }
      undo.allIsDone();
    }
    return written;
  }

  /**
   * Takes away what connecting has written, the key included.
   *
   * @return the files that were changed or deleted
   * @throws ConnectException if something of somebody else's is in the way; nothing was changed
   *     then
   */
  public List<Path> disconnect() throws IOException {
    ConnectedFiles files = ConnectedFiles.in(new ProjectFolder(directory));
    JsoncText config = files.parsedConfig();

    List<Path> changed = new ArrayList<>();
    if (config.get(ConnectedFiles.SERVERS, ConnectedFiles.SERVER) != null) {
      JsoncText rest = config.without(ConnectedFiles.SERVERS, ConnectedFiles.SERVER);
      if (ConnectedFiles.isFresh(rest)) {
        Files.delete(files.config());
      } else {
        WholeFile.write(files.config(), rest.text());
      }
      changed.add(files.config());
    }
    if (Files.deleteIfExists(files.plugin())) {
      changed.add(files.plugin());
      deleteIfEmpty(directory.resolve(".opencode/plugin"));
      deleteIfEmpty(directory.resolve(".opencode"));
    }
    if (Files.deleteIfExists(keyFile)) {
      changed.add(keyFile);
    }
    return changed;
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

  /** Puts a text into its place, and notes how to take that back. */
  private static void replace(Path file, @Nullable String old, String text, Undo undo)
      throws IOException {
    for (Path folder : ProjectFolder.makeFoldersOf(file)) {
      undo.add(() -> Files.deleteIfExists(folder));
    }
    WholeFile.write(file, text);
    undo.add(old == null ? () -> Files.deleteIfExists(file) : () -> WholeFile.write(file, old));
  }

  private static JsoncText edited(ConnectedFiles files, ObjectNode entry) throws ConnectException {
    JsoncText config = files.parsedConfig();
    try {
      return config.with(ConnectedFiles.SERVERS, ConnectedFiles.SERVER, entry);
    } catch (IllegalStateException e) {
      throw new ConnectException(
          files.config()
              + " could not be edited safely; add this to it by hand: "
              + entryText(entry),
          e);
    }
  }

  private static String entryText(ObjectNode entry) {
    return "\"" + ConnectedFiles.SERVERS + "\": {\"" + ConnectedFiles.SERVER + "\": " + entry + "}";
  }

  private ObjectNode entry(List<String> command) {
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.put("type", "local");
    command.forEach(entry.withArrayProperty("command")::add);
    entry.withArrayProperty("command").add("--caller-key").add(keyFile.toString());
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
          .replace("\"@SERVER@\"", quoted(ConnectedFiles.SERVER))
          .replace("\"@KEY_FILE@\"", quoted(keyFile.toString()));
    }
  }

  private static String quoted(String text) {
    return JsonNodeFactory.instance.textNode(text).toString();
  }

  private static void deleteIfEmpty(Path directory) throws IOException {
    try {
      if (!Files.isSymbolicLink(directory)) {
        Files.deleteIfExists(directory);
      }
    } catch (DirectoryNotEmptyException e) {
      // Something else is in it: it stays.
    }
  }
}
