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
    URI url = options.openCodeUrl;
    return url == null
        ? startedOpenCode(options)
        : OpenCodeRuntime.connect(named(url, options.surroundings().environment()));
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
   * How to reach the OpenCode server of an address.
   *
   * @throws CommandFailedException if it is one of version 2
   */
  static OpenCodeOptions named(URI url, Map<String, String> environment) {
    OpenCodeOptions server = reaching(url, environment);
    refuseVersion2(server);
    return server;
  }

  /**
   * How an OpenCode server is started for whoever has given the options.
   *
   * @throws CommandFailedException if there is no such program
   */
  static OpenCodeServer.Launch launch(Surroundings client) {
    Path binary =
        OpenCodeServer.find(client.environment().get("PATH"))
            .orElseThrow(
                () ->
                    CommandFailedException.usage(
                        "--runtime opencode needs a server: name one with --opencode-url, or"
                            + " install opencode so that it is on the path"));
    return OpenCodeServer.Launch.of(binary, client.directory()).within(client.environment());
  }

  private static SessionRuntime startedOpenCode(CommonOptions options) {
    try {
      return OpenCodeRuntime.start(
          launch(options.surroundings()),
          ProcessTrees.watched(options.dataDirectory().orElse(null)));
    } catch (IOException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), e);
    }
  }
}
