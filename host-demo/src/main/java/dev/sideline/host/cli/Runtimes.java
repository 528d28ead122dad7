package dev.sideline.host.cli;

import dev.sideline.host.SessionRuntime;
import dev.sideline.host.embedded.AgentDefinition;
import dev.sideline.host.embedded.AgentFile;
import dev.sideline.host.embedded.AgentFileException;
import dev.sideline.host.embedded.BuiltInAgents;
import dev.sideline.host.embedded.EmbeddedRuntime;
import dev.sideline.host.embedded.Workplace;
import dev.sideline.host.opencode.OpenCode2;
import dev.sideline.host.opencode.OpenCodeOptions;
import dev.sideline.host.opencode.OpenCodeRuntime;
import dev.sideline.host.opencode.OpenCodeServer;
import dev.sideline.host.opencode.ServerIdentity;
import dev.sideline.host.process.ProcessTrees;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens the source of sessions that the options ask for. */
final class Runtimes {

  /** Where OpenCode listens unless told otherwise. */
  private static final URI USUAL_OPENCODE = URI.create("http://127.0.0.1:4096");

  private Runtimes() {}

  /**
   * Opens the one that the options name. An OpenCode server is started if no address is given.
   *
   * @throws CommandFailedException if it cannot be opened
   */
  static SessionRuntime open(CommonOptions options) {
    if (options.runtime == RuntimeKind.EMBEDDED) {
      return embedded(options, options.dataDirectory().orElse(null));
    }
    if (options.openCodeUrl == null) {
      return startedOpenCode(options);
    }
    return OpenCodeRuntime.connect(named(options));
  }

  /** What else may be wrong with a server, which may not even be there yet, the calls tell. */
  private static void refuseVersion2(OpenCodeOptions server) {
    ServerIdentity found = ServerIdentity.ask(server);
    if (found.kind() == ServerIdentity.Kind.VERSION_2) {
      throw CommandFailedException.failed(
          "--opencode-url " + server.url() + ": " + OpenCode2.words(found.detail()), null);
    }
  }

  /**
   * Opens the one that the options name, for a process that OpenCode itself has started: never
   * starts another server, which would start us again. Without an address there is only a guess,
   * and whoever listens there is not given the password.
   */
  static SessionRuntime openInside(CommonOptions options) {
    if (options.runtime == RuntimeKind.EMBEDDED) {
      return embedded(options, options.dataDirectory().orElse(null));
    }
    return OpenCodeRuntime.connect(
        optionsInside(options.openCodeUrl, options.surroundings().environment()));
  }

  /** How to reach the OpenCode that has started this process. */
  static OpenCodeOptions optionsInside(@Nullable URI named, Map<String, String> environment) {
    return named == null ? OpenCodeOptions.of(USUAL_OPENCODE) : reaching(named, environment);
  }

  private static OpenCodeOptions reaching(URI url, Map<String, String> environment) {
    try {
      return OpenCodeOptions.of(url, environment);
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage("--opencode-url: " + e.getMessage());
    }
  }

  /**
   * The embedded one, with the agents that are built in and those of the configuration.
   *
   * @param data where is kept what ends the commands of a host that was killed; null for nowhere
   */
  static SessionRuntime embedded(CommonOptions options, @Nullable Path data) {
    return EmbeddedRuntime.create(
        Workplace.of(agents(options), options.surroundings().directory()),
        ProcessTrees.watched(data));
  }

  /** What a client of embedded sessions brings with it. */
  static Workplace workplace(CommonOptions options) {
    return Workplace.of(agents(options), options.surroundings().directory())
        .withEnvironment(options.surroundings().environment());
  }

  private static List<AgentDefinition> agents(CommonOptions options) {
    List<AgentDefinition> agents = new ArrayList<>(BuiltInAgents.all());
    ConfigFile file = options.configFile();
    try {
      if (file != null) {
        agents.addAll(AgentFile.read(file.path(), file.text()));
      }
    } catch (AgentFileException e) {
      throw CommandFailedException.usage("--config: " + e.getMessage());
    }
    return agents;
  }

  /**
   * How to reach the OpenCode server that the options name.
   *
   * @throws CommandFailedException if they name none, or one of version 2
   */
  static OpenCodeOptions named(CommonOptions options) {
    URI url = options.openCodeUrl;
    if (url == null) {
      throw CommandFailedException.usage(
          "--runtime opencode needs --opencode-url here; with --standalone, a server is started");
    }
    OpenCodeOptions server = reaching(url, options.surroundings().environment());
    refuseVersion2(server);
    return server;
  }

  private static SessionRuntime startedOpenCode(CommonOptions options) {
    Path binary =
        OpenCodeServer.find()
            .orElseThrow(
                () ->
                    CommandFailedException.usage(
                        "--runtime opencode needs a server: name one with --opencode-url, or"
                            + " install opencode so that it is on the path"));
    try {
      return OpenCodeRuntime.start(
          OpenCodeServer.Launch.of(binary, options.surroundings().directory()),
          ProcessTrees.watched(options.dataDirectory().orElse(null)));
    } catch (IOException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), e);
    }
  }
}
