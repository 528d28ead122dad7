package dev.sideline.host.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.mcp.CallerKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;

/**
 * A project folder whose OpenCode agents are given the tools.
 *
 * <p>Connecting writes an entry into the project's {@code opencode.json} or {@code opencode.jsonc},
 * and the plugin file that makes OpenCode sign each call; it makes the key if there is none.
 * Connecting again brings all of it up to date; disconnecting takes it away. What was not written
 * by this class is never overwritten.
 */
public final class OpenCodeProject {

  /** Under which name OpenCode knows the tool server; its tools are called {@code sideline_…}. */
  static final String SERVER = "sideline";

  private static final String SERVERS = "mcp";
  private static final String SCHEMA = "https://opencode.ai/config.json";
  private static final String PLUGIN_MARK = "// Written by \"sideline connect opencode\"";
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
   * Connects the project, or brings it up to date.
   *
   * @param command starts the tool server; the option that names the key is added to it
   * @return the files that were written, the key left out
   * @throws ConnectException if something of somebody else's is in the way; nothing was changed
   *     then
   */
  public List<Path> connect(List<String> command) throws IOException {
    Path configFile = configFile();
    JsoncText config = readConfig(configFile);
    refuseForeignEntry(configFile, config);
    refuseForeignPlugin();

    CallerKey.readOrCreate(keyFile);
    List<Path> written = new ArrayList<>();
    String plugin = plugin();
    if (!Files.exists(pluginFile()) || !Files.readString(pluginFile()).equals(plugin)) {
      FileInPlace.write(pluginFile(), plugin);
      written.add(pluginFile());
    }
    String changed = edited(configFile, config, entry(command)).text();
    if (!Files.exists(configFile) || !changed.equals(config.text())) {
      FileInPlace.write(configFile, changed);
      written.add(configFile);
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
    Path configFile = configFile();
    JsoncText config = readConfig(configFile);
    refuseForeignEntry(configFile, config);
    refuseForeignPlugin();

    List<Path> changed = new ArrayList<>();
    if (config.get(SERVERS, SERVER) != null) {
      JsoncText rest = config.without(SERVERS, SERVER);
      if (rest.text().equals(emptyConfig())) {
        Files.delete(configFile);
      } else {
        FileInPlace.write(configFile, rest.text());
      }
      changed.add(configFile);
    }
    if (Files.deleteIfExists(pluginFile())) {
      changed.add(pluginFile());
      deleteIfEmpty(directory.resolve(".opencode/plugin"));
      deleteIfEmpty(directory.resolve(".opencode"));
    }
    if (Files.deleteIfExists(keyFile)) {
      changed.add(keyFile);
    }
    return changed;
  }

  private Path pluginFile() {
    return directory.resolve(".opencode/plugin/sideline.js");
  }

  private Path configFile() {
    Path commented = directory.resolve("opencode.jsonc");
    return Files.exists(commented) ? commented : directory.resolve("opencode.json");
  }

  private static JsoncText readConfig(Path file) throws IOException {
    try {
      return JsoncText.of(Files.readString(file));
    } catch (NoSuchFileException e) {
      return JsoncText.of(emptyConfig());
    } catch (IOException e) {
      throw new ConnectException(
          file + " could not be read, so it is left as it is: " + firstLine(e), e);
    }
  }

  private static String emptyConfig() {
    return "{\n  \"$schema\": \"" + SCHEMA + "\"\n}\n";
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private static void refuseForeignEntry(Path file, JsoncText config) throws ConnectException {
    if (config.hasOther(SERVERS)) {
      throw new ConnectException(file + ": \"" + SERVERS + "\" must be an object and is not");
    }
    JsonNode entry = config.get(SERVERS, SERVER);
    if (entry != null && !isOurs(entry)) {
      throw new ConnectException(
          file
              + " already has an MCP server named \""
              + SERVER
              + "\" that was not written by 'connect'; rename or remove it first");
    }
  }

  private static boolean isOurs(JsonNode entry) {
    return StreamSupport.stream(entry.path("command").spliterator(), false)
        .anyMatch(word -> word.asText().equals("--caller-key"));
  }

  private void refuseForeignPlugin() throws IOException {
    if (Files.exists(pluginFile()) && !Files.readString(pluginFile()).startsWith(PLUGIN_MARK)) {
      throw new ConnectException(
          pluginFile() + " was not written by 'connect'; rename or remove it first");
    }
  }

  private static JsoncText edited(Path file, JsoncText config, ObjectNode entry)
      throws ConnectException {
    try {
      return config.with(SERVERS, SERVER, entry);
    } catch (IllegalStateException e) {
      throw new ConnectException(
          file + " could not be edited safely; add this to it by hand: " + entryText(entry), e);
    }
  }

  private static String entryText(ObjectNode entry) {
    return "\"" + SERVERS + "\": {\"" + SERVER + "\": " + entry + "}";
  }

  private ObjectNode entry(List<String> command) {
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.put("type", "local");
    command.forEach(entry.withArrayProperty("command")::add);
    entry.withArrayProperty("command").add("--caller-key").add(keyFile.toString());
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
          .replace("\"@SERVER@\"", quoted(SERVER))
          .replace("\"@KEY_FILE@\"", quoted(keyFile.toString()));
    }
  }

  private static String quoted(String text) {
    return JsonNodeFactory.instance.textNode(text).toString();
  }

  private static void deleteIfEmpty(Path directory) throws IOException {
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      // Something else is in it: it stays.
    }
  }
}
