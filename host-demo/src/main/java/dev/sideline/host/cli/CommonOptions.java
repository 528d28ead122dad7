package dev.sideline.host.cli;

import static picocli.CommandLine.ScopeType.INHERIT;

import dev.sideline.host.plugin.PluginDirectory;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that every command takes, before or after its name. */
final class CommonOptions {

  static final String STANDALONE = "--standalone";
  static final String OPENCODE_URL = "--opencode-url";
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
      names = OPENCODE_URL,
      paramLabel = "URL",
      scope = INHERIT,
      converter = UrlConverter.class,
      description = {
        "The OpenCode server, such as http://127.0.0.1:4096. Default: $"
            + OPENCODE_URL_VARIABLE
            + "; without either, one is started in the working directory if opencode is on the"
            + " path, and ends when it is not needed any more.",
        "A password comes from $OPENCODE_SERVER_PASSWORD. It has to be of OpenCode 1."
      })
  @Nullable URI openCodeUrl;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      scope = INHERIT,
      description =
          "Folder for what is kept. Default: sideline in $XDG_DATA_HOME, or in the data folder of"
              + " the user's home.")
  @Nullable Path data;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = INHERIT,
      description =
          "JSON file: {\"agents\": {NAME: ...}, \"settings\": {PLUGIN: {KEY: VALUE}}, \"owner\":"
              + " {KEY: VALUE}}; agents are"
              + " those of the embedded runtime.")
  @Nullable Path config;

  @Option(
      names = STANDALONE,
      scope = INHERIT,
      description =
          "Do all in this process and keep no record, instead of having it done by the owner of"
              + " the data folder: see serve.")
  boolean standalone;

  @Option(
      names = {"-v", "--verbose"},
      scope = INHERIT,
      description = "Log to standard error; twice for more.")
  boolean[] verbose = {};

  private final Surroundings surroundings;
  private @Nullable ConfigFile configRead;

  /**
   * @param surroundings of whoever gives the options
   */
  CommonOptions(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Where the options were given. */
  Surroundings surroundings() {
    return surroundings;
  }

  /** What an option is where it is not given, if whoever gives the options has set that. */
  @Nullable String fromEnvironment(String option) {
    return option.equals(OPENCODE_URL)
        ? surroundings.environment().get(OPENCODE_URL_VARIABLE)
        : null;
  }

  /** The configuration file, if one is named. It is read at the first call and never again. */
  @Nullable ConfigFile configFile() {
    Path named = config;
    if (named != null && configRead == null) {
      String read = surroundings.config();
      configRead =
          read == null
              ? ConfigFile.read(surroundings.resolve(named))
              : ConfigFile.of(surroundings.resolve(named), read);
    }
    return configRead;
  }

  /**
   * The folder with plugin jars.
   *
   * @throws CommandFailedException if none is named and it is not known where this program lies
   */
  Path pluginDirectory() {
    Path named = plugins;
    return named != null
        ? surroundings.resolve(named)
        : PluginDirectory.standard()
            .map(PluginDirectory::path)
            .orElseThrow(
                () ->
                    CommandFailedException.usage(
                        "it is not known where this program lies, and so not where its plugins"
                            + " are; --plugins names their folder"));
  }

  /** The folder for what is kept, if there is one for this user. Need not exist. */
  Optional<Path> dataDirectory() {
    Path named = data;
    return named == null
        ? DataFolder.of(surroundings).path()
        : Optional.of(surroundings.resolve(named));
  }

  /** The options among these that another process needs to do the same, except runtime and URL. */
  List<String> forAnotherProcess() {
    List<String> words = new ArrayList<>();
    add(words, "--plugins", plugins);
    add(words, "--config", config);
    words.addAll(dataForAnotherProcess());
    if (standalone) {
      words.add(STANDALONE);
    }
    return words;
  }

  /**
   * The option that says where things are kept. It is told even if it was not given: programs pass
   * on to what they start no more of their environment than they like.
   */
  List<String> dataForAnotherProcess() {
    List<String> words = new ArrayList<>();
    dataDirectory().ifPresent(folder -> add(words, "--data", folder));
    return words;
  }

  private void add(List<String> words, String option, @Nullable Path value) {
    if (value != null) {
      words.add(option);
      words.add(surroundings.resolve(value).normalize().toString());
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
