package dev.sideline.host.cli;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.Reach;
import dev.sideline.host.opencode.OpenCodeOptions;
import dev.sideline.host.owner.Client;
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
    return options.runtime == RuntimeKind.EMBEDDED
        ? embedded(options, null, event -> {}, console)
        : OwnedHost.at(
            owner,
            client(),
            Runtimes.optionsInside(options.openCodeUrl, options.surroundings().environment()),
            options.surroundings().resolve(callerKey).normalize().toString(),
            null,
            event -> {},
            console);
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
    OpenCodeOptions server = Runtimes.named(options);
    return OwnedHost.at(owner, client(), server, null, reach, published, console);
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
