package dev.sideline.host.cli;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.Reach;
import dev.sideline.host.opencode.OpenCodeOptions;
import dev.sideline.host.owner.Client;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the commands of one client of an owner get what they work with.
 *
 * @param owner what all clients have together
 * @param service takes its clients
 * @param connection to the client
 */
record OwnedHosts(Owner owner, OwnerService service, Client connection) implements Hosts {

  /** Tells it from all others. */
  private String client() {
    return connection.greeting().client();
  }

  @Override
  public Host open(CommonOptions options, Consumer<PluginEvent> published, Console console) {
    return of(options, null, published, console);
  }

  @Override
  public Host forConversations(CommonOptions options, Console console) {
    return of(options, Reach.ANSWERED, event -> {}, console);
  }

  @Override
  public Host inside(CommonOptions options, Path callerKey, Console console) {
    tellDifferences(options, console);
    if (options.runtime == RuntimeKind.EMBEDDED) {
      return embedded(options, null, event -> {}, console);
    }
    OpenCodeOptions server =
        Runtimes.optionsInside(options.openCodeUrl, options.surroundings().environment());
    String project = options.surroundings().resolve(callerKey).normalize().toString();
    return at(server, project, null, event -> {}, console);
  }

  @Override
  public Host embedded(CommonOptions options, Console console) {
    return embedded(options, null, event -> {}, console);
  }

  private Host of(
      CommonOptions options,
      @Nullable Reach reach,
      Consumer<PluginEvent> published,
      Console console) {
    tellDifferences(options, console);
    if (options.runtime == RuntimeKind.EMBEDDED) {
      return embedded(options, reach, published, console);
    }
    URI url = options.openCodeUrl;
    return url == null
        ? started(options.surroundings(), reach, published, console)
        : at(
            Runtimes.named(url, options.surroundings().environment()),
            null,
            reach,
            published,
            console);
  }

  /**
   * @param project tells which servers have the same sessions one after the other; null if none has
   */
  private Host at(
      OpenCodeOptions server,
      @Nullable String project,
      @Nullable Reach reach,
      Consumer<PluginEvent> published,
      Console console) {
    String runtime = owner.openCode().join(server, project);
    return OwnedHost.at(
        owner, client(), runtime, () -> owner.openCode().leave(runtime), reach, published, console);
  }

  private Host started(
      Surroundings client,
      @Nullable Reach reach,
      Consumer<PluginEvent> published,
      Console console) {
    try {
      StartedServers.Part part = owner.started().join(Runtimes.launch(client));
      if (part.foreign()) {
        console.note(
            "the OpenCode server in "
                + client.directory()
                + " has the environment of another client, which is still at work there, and goes"
                + " on with it");
      }
      return OwnedHost.at(owner, client(), part.name(), part::leave, reach, published, console);
    } catch (IOException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), e);
    }
  }

  private Host embedded(
      CommonOptions options,
      @Nullable Reach reach,
      Consumer<PluginEvent> published,
      Console console) {
    return OwnedHost.embedded(
        owner, client(), Runtimes.workplace(options), reach, published, console);
  }

  private void tellDifferences(CommonOptions options, Console console) {
    String differences = owner.differs(options);
    if (!differences.isEmpty()) {
      console.note(
          "the owner of the data folder, process "
              + ProcessHandle.current().pid()
              + ", has "
              + differences
              + ", and goes on with them; 'sideline serve --stop' ends it");
    }
  }
}
