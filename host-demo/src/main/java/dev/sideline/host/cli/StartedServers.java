package dev.sideline.host.cli;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.EventSink;
import dev.sideline.host.SessionRuntime;
import dev.sideline.host.opencode.OpenCodeServer.Launch;
import dev.sideline.host.owner.RoutedSessions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The OpenCode servers that an owner has started for clients who name none: one for each folder,
 * with the environment of whoever needed it first. One that no client and no task at work has
 * needed for a while ends; one that has ended otherwise is started again while it is needed. Its
 * sessions are on its disk, so that whoever is started next in a folder has them. Thread-safe.
 */
final class StartedServers implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StartedServers.class);

  /** Stays in the name of the runtime, whatever address the server has. */
  private static final String PREFIX = "opencode in ";

  static final Duration IDLE = Duration.ofSeconds(60);
  private static final long LOOK_MILLIS = 2_000;

  /** A server as it is started. */
  @FunctionalInterface
  interface Starter {

    /** Starts one, and waits until it listens. */
    Running start(Launch launch) throws IOException;
  }

  /** A server that was started; closed, it has ended. */
  interface Running extends AutoCloseable {

    SessionRuntime runtime();

    /** Whether its process is there. */
    boolean lives();

    @Override
    void close();
  }

  private final RoutedSessions sessions;
  private final Starter starter;
  private final Supplier<List<TaskSnapshot>> liveTasks;
  private final LongSupplier nanoTime;
  private final Map<Path, StartedServer> servers = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer = DaemonThreads.timer("sideline-servers");
  private @Nullable EventSink events;

  /**
   * @param liveTasks tells the tasks that have not ended
   */
  StartedServers(
      RoutedSessions sessions,
      Starter starter,
      Supplier<List<TaskSnapshot>> liveTasks,
      LongSupplier nanoTime) {
    this.sessions = sessions;
    this.starter = starter;
    this.liveTasks = liveTasks;
    this.nanoTime = nanoTime;
  }

  /** Events of all of them go there from now on. Called before any is started. */
  synchronized void start(EventSink sink) {
    events = sink;
    var unused =
        timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * A client needs one; waits until it is there.
   *
   * @return the part that the client has of it
   * @throws IOException if it does not start; the message is for a person
   */
  Part join(Launch launch) throws IOException {
    while (true) {
      StartedServer server =
          servers.computeIfAbsent(launch.directory(), folder -> new StartedServer(launch));
      Part part = server.join(launch);
      if (part != null) {
        return part;
      }
      servers.remove(launch.directory(), server); // It has ended at this moment.
    }
  }

  /**
   * What a client has of a server.
   *
   * @param name of the runtime
   * @param foreign whether it has the environment of another client, and that is not the same
   * @param server let go of by {@link #leave}
   */
  record Part(String name, boolean foreign, StartedServer server) {

    void leave() {
      server.leave();
    }
  }

  /** Looks which of them are needed. */
  void look() {
    if (servers.isEmpty()) {
      return;
    }
    List<TaskSnapshot> live = liveTasks.get();
    servers.forEach(
        (folder, server) ->
            Barrier.run(
                "Looking after the server in " + folder,
                () -> {
                  if (server.hasEnded(live)) {
                    servers.remove(folder, server);
                  }
                }));
  }

  /** Shows what a plugin has published. */
  void show(PluginEvent event) {
    servers.values().forEach(server -> server.show(event));
  }

  /** Ends all of them. */
  @Override
  public void close() {
    DaemonThreads.end(timer);
    servers.values().forEach(server -> Barrier.run("Ending a server", server::end));
  }

  /** The one of a folder. */
  final class StartedServer {

    private final String name;
    private Launch launch;
    private volatile @Nullable Running running;
    private int clients;
    private boolean ended;
    private long neededNanos = nanoTime.getAsLong();
    private final Pause pause = new Pause();

    StartedServer(Launch launch) {
      this.name = PREFIX + launch.directory();
      this.launch = launch;
    }

    /** Null if it is not needed any more and has just been given up. */
    private synchronized @Nullable Part join(Launch wanted) throws IOException {
      if (ended) {
        return null;
      }
      boolean same = ServerEnvironment.of(wanted).equals(ServerEnvironment.of(launch));
      if (isThere() && !same && !isNeeded(liveTasks.get())) {
        stop();
      }
      if (!isThere()) {
        launch = wanted;
        same = true;
        begin();
      }
      clients++;
      return new Part(name, !same, this);
    }

    private boolean isThere() {
      Running now = running;
      return now != null && now.lives();
    }

    private synchronized void leave() {
      clients--;
      neededNanos = nanoTime.getAsLong();
    }

    private void begin() throws IOException {
      stop();
      Running begun = starter.start(launch);
      running = begun;
      neededNanos = nanoTime.getAsLong();
      sessions.attach(name, begun.runtime().sessions());
      EventSink sink = events;
      if (sink != null) {
        begun.runtime().start(sink);
      }
    }

    private void stop() {
      Running before = running;
      if (before != null) {
        running = null;
        sessions.detach(name);
        Barrier.run("Ending a server", before::close);
      }
    }

    /** Sees to it that it is there if it is needed. */
    private synchronized boolean hasEnded(List<TaskSnapshot> live) {
      if (isNeeded(live)) {
        neededNanos = nanoTime.getAsLong();
        if (!isThere() && !ended && pause.isOver(nanoTime.getAsLong())) {
          revive();
        }
      } else if (!isThere() || nanoTime.getAsLong() - neededNanos > IDLE.toNanos()) {
        end();
      }
      return ended;
    }

    private void revive() {
      try {
        begin();
        pause.reset();
      } catch (IOException e) {
        pause.lengthen(nanoTime.getAsLong());
        log.warn("The server in {} does not start again: {}", launch.directory(), e.getMessage());
      }
    }

    private boolean isNeeded(List<TaskSnapshot> live) {
      return clients > 0 || live.stream().anyMatch(this::isHere);
    }

    private boolean isHere(TaskSnapshot task) {
      String own = task.childSessionId();
      return sessions.livesIn(task.parentSessionId(), name)
          || (own != null && sessions.livesIn(own, name));
    }

    private synchronized void end() {
      ended = true;
      stop();
    }

    private void show(PluginEvent event) {
      Running now = running;
      if (now != null) {
        now.runtime().show(event);
      }
    }
  }

  /** How long nothing is tried again after it has failed: a second at first, a minute at last. */
  private static final class Pause {

    private static final long FIRST = Duration.ofSeconds(1).toNanos();
    private static final long LAST = Duration.ofMinutes(1).toNanos();

    private long length;
    private long since;

    boolean isOver(long now) {
      return now - since >= length;
    }

    void lengthen(long now) {
      length = length == 0 ? FIRST : Math.min(LAST, length * 2);
      since = now;
    }

    void reset() {
      length = 0;
    }
  }
}
