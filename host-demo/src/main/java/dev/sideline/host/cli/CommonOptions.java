package dev.sideline.host.cli;

import static picocli.CommandLine.ScopeType.INHERIT;

import dev.sideline.host.plugin.PluginDirectory;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that every command takes, before or after its name. */
final class CommonOptions {

  static final String OPENCODE_URL_VARIABLE = "SIDELINE_OPENCODE_URL";

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      scope = INHERIT,
      description = "Folder with plugin jars. Default: plugins/ beside this program's jar.")
  @Nullable Path plugins;

  @Option(
      names = "--runtime",
      paramLabel = "KIND",
      scope = INHERIT,
      converter = RuntimeKind.Converter.class,
      description =
          "Where sessions come from: embedded (an agent is a command, nothing else is needed;"
              + " default) or opencode (a server).")
  RuntimeKind runtime = RuntimeKind.EMBEDDED;

  @Option(
      names = "--opencode-url",
      paramLabel = "URL",
      scope = INHERIT,
      converter = UrlConverter.class,
      defaultValue = "${env:" + OPENCODE_URL_VARIABLE + "}",
      description = {
        "The OpenCode server, such as http://127.0.0.1:4096. Default: $"
            + OPENCODE_URL_VARIABLE
            + "; without either, one is started if opencode is on the path.",
        "A password comes from $OPENCODE_SERVER_PASSWORD."
      })
  @Nullable URI openCodeUrl;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      scope = INHERIT,
      description = "Folder for what is kept. Default: sideline in the user's data folder.")
  @Nullable Path data;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = INHERIT,
      description =
          "JSON file: {\"agents\": {NAME: ...}, \"settings\": {PLUGIN: {KEY: VALUE}}}; agents are"
              + " those of the embedded runtime.")
  @Nullable Path config;

  @Option(
      names = {"-v", "--verbose"},
      scope = INHERIT,
      description = "Log to standard error; twice for more.")
  boolean[] verbose = {};

  /** The folder with plugin jars. */
  Path pluginDirectory() {
    Path named = plugins;
    return named == null ? PluginDirectory.standard().path() : named.toAbsolutePath();
  }

  /** The folder for what is kept. Need not exist. */
  Path dataDirectory() {
    Path named = data;
    return named == null ? standardDataDirectory() : named.toAbsolutePath();
  }

  private static Path standardDataDirectory() {
    String xdg = System.getenv("XDG_DATA_HOME");
    if (xdg != null && Path.of(xdg).isAbsolute()) {
      return Path.of(xdg, "sideline");
    }
    Path home = Path.of(System.getProperty("user.home", "."));
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (system.contains("mac")) {
      return home.resolve("Library/Application Support/sideline");
    }
    String local = System.getenv("LOCALAPPDATA");
    return system.contains("win") && local != null
        ? Path.of(local, "sideline")
        : home.resolve(".local/share/sideline");
  }

  /** The options among these that another process needs to do the same, except runtime and URL. */
  List<String> forAnotherProcess() {
    List<String> words = new ArrayList<>();
    add(words, "--plugins", plugins);
    add(words, "--data", data);
    add(words, "--config", config);
    return words;
  }

  private static void add(List<String> words, String option, @Nullable Path value) {
    if (value != null) {
      words.add(option);
      words.add(value.toAbsolutePath().normalize().toString());
    }
  }

  /** Reads an address. */
  static final class UrlConverter implements ITypeConverter<@Nullable URI> {
    @Override
    public @Nullable URI convert(String value) {
      if (value.isBlank()) {
        return null;
      }
      try {
        URI url = URI.create(value);
        if (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
            && url.getHost() != null) {
          return url;
        }
      } catch (IllegalArgumentException e) {
        // Told below.
      }
      throw new TypeConversionException(
          "'" + value + "' is not an address; it is like http://127.0.0.1:4096");
    }
  }
}
