package dev.sideline.host.connect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.host.file.FileProblem;
import dev.sideline.host.file.LinkRefusedException;
import dev.sideline.host.file.ProjectFolder;
import dev.sideline.host.file.SmallFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The two files of a project that connecting writes, as they are: where they really lie, and what
 * is in them. There are none where something of somebody else's is in the way.
 *
 * @param config the configuration, which need not exist
 * @param configText null if it does not exist
 * @param plugin the plugin file, which need not exist
 * @param pluginText null if it does not exist
 */
record ConnectedFiles(
    Path config, @Nullable String configText, Path plugin, @Nullable String pluginText) {

  /** Under which name OpenCode knows the tool server; its tools are called {@code sideline_…}. */
  static final String SERVER = "sideline";

  static final String SERVERS = "mcp";

  private static final String PLUGIN_MARK = "// Written by \"sideline connect opencode\"";
  private static final String SCHEMA = "https://opencode.ai/config.json";

  /** What a configuration is before anything is written into it. */
  private static final String FRESH_CONFIG = "{\n  \"$schema\": \"" + SCHEMA + "\"\n}\n";

  /**
   * Looks at them.
   *
   * @throws ConnectException if one of them is not ours to change; the message says why
   */
  static ConnectedFiles in(ProjectFolder project) throws IOException {
    try {
      Path commented = project.place("opencode.jsonc");
      Path config = Files.exists(commented) ? commented : project.place("opencode.json");
      Path plugin = project.place(".opencode/plugin/sideline.js");
      ConnectedFiles found = new ConnectedFiles(config, textOf(config), plugin, textOf(plugin));
      found.refuseForeignEntry();
      found.refuseForeignPlugin();
      return found;
    } catch (LinkRefusedException e) {
      throw new ConnectException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The configuration, a fresh one if there is none. */
  JsoncText parsedConfig() throws ConnectException {
    try {
      return JsoncText.of(configText == null ? FRESH_CONFIG : configText);
    } catch (IOException e) {
      throw unreadable(config, firstLine(e), e);
    }
  }

  /** Whether a configuration is what there was before anything was written into it. */
  static boolean isFresh(JsoncText config) {
    return config.text().equals(FRESH_CONFIG);
  }

  private static @Nullable String textOf(Path file) throws ConnectException {
    try {
      return SmallFile.read(file);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw unreadable(file, FileProblem.words(e), e);
    }
  }

  private static ConnectException unreadable(Path file, String why, IOException cause) {
    return new ConnectException(file + " could not be read, so it is left as it is: " + why, cause);
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private void refuseForeignEntry() throws ConnectException {
    JsoncText read = parsedConfig();
    if (read.hasOther(SERVERS)) {
      throw new ConnectException(config + ": \"" + SERVERS + "\" must be an object and is not");
    }
    JsonNode entry = read.get(SERVERS, SERVER);
    if (entry != null && !isOurs(entry)) {
      throw new ConnectException(
          config
              + " already has an MCP server named \""
              + SERVER
              + "\" that was not written by 'connect'; rename or remove it first");
    }
  }

  private static boolean isOurs(JsonNode entry) {
    return StreamSupport.stream(entry.path("command").spliterator(), false)
        .anyMatch(word -> word.asText().equals("--caller-key"));
  }

  private void refuseForeignPlugin() throws ConnectException {
    if (pluginText != null && !pluginText.startsWith(PLUGIN_MARK)) {
      throw new ConnectException(
          plugin + " was not written by 'connect'; rename or remove it first");
    }
  }
}
