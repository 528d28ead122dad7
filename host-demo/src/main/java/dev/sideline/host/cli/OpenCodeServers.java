package dev.sideline.host.cli;

import dev.sideline.api.PluginEvent;
import dev.sideline.host.Barrier;
import dev.sideline.host.EventSink;
import dev.sideline.host.opencode.OpenCodeOptions;
import dev.sideline.host.opencode.OpenCodeRuntime;
import dev.sideline.host.owner.RoutedSessions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The OpenCode servers whose sessions an owner has, each for as long as the owner lives or until
 * another has taken its place. Thread-safe.
 */
final class OpenCodeServers implements AutoCloseable {

  private static final String PREFIX = "opencode ";

  /** They are on this machine, but for those of whom nobody says which project they have. */
  private static final int LISTENS_MILLIS = 500;

  private final RoutedSessions sessions;
  private final Map<String, Server> servers = new HashMap<>();
  private @Nullable EventSink events;

  /** One of them. */
  private static final class Server {
    private final OpenCodeOptions options;
    private final OpenCodeRuntime runtime;

    private int clients;

    Server(OpenCodeOptions options, OpenCodeRuntime runtime, int clients) {
      this.options = options;
      this.runtime = runtime;
      this.clients = clients;
    }
  }

  OpenCodeServers(RoutedSessions sessions) {
    this.sessions = sessions;
  }

  /** Events of all of them go there from now on. */
  synchronized void start(EventSink sink) {
    events = sink;
    servers.values().forEach(server -> server.runtime.start(sink));
  }

  /**
   * A client brings a server with it.
   *
   * @param project tells which servers have the same sessions one after the other; null if none has
   * @return its name among the runtimes
   */
  synchronized String join(OpenCodeOptions options, @Nullable String project) {
    String name = PREFIX + options.url();
    Server known = servers.get(name);
    int clients = known == null ? 0 : known.clients;
    if (known != null && !known.options.equals(options)) {
      end(name, known); // It was started anew, with another password.
      known = null;
    }
    if (known == null) {
      known = new Server(options, OpenCodeRuntime.connect(options), clients);
      servers.put(name, known);
      sessions.attach(name, known.runtime.sessions());
      if (events != null) {
        known.runtime.start(events);
      }
    }
    known.clients++;
    if (project != null) {
      takeOver(name, project);
    }
    return name;
  }

  /** What lived in a server that has gone lives in the one that has come in its place. */
  private void takeOver(String name, String project) {
    for (String gone : sessions.succeeds(name, project, this::isUsed)) {
      Server server = servers.get(gone);
      if (server != null) {
        end(gone, server);
      }
    }
  }

  /** One whose clients have not come back yet to this owner is there as long as it listens. */
  private boolean isUsed(String name) {
    Server server = servers.get(name);
    return server == null ? listens(name) : server.clients > 0;
  }

  private static boolean listens(String name) {
    try (Socket socket = new Socket()) {
      URI url = URI.create(name.substring(PREFIX.length()));
      socket.connect(new InetSocketAddress(url.getHost(), url.getPort()), LISTENS_MILLIS);
      return true;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  /** A client has gone. Its server stays, as tasks may be at work there. */
  synchronized void leave(String name) {
    Server server = servers.get(name);
    if (server != null) {
      server.clients--;
    }
  }

  private void end(String name, Server server) {
    servers.remove(name);
    sessions.detach(name);
    Barrier.run("Leaving a server", server.runtime::close);
  }

  /** Shows what a plugin has published. */
  synchronized void show(PluginEvent event) {
    servers.values().forEach(server -> server.runtime.show(event));
  }

  @Override
  public synchronized void close() {
    new HashMap<>(servers).forEach(this::end);
  }
}
