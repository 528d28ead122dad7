package dev.sideline.host.cli;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.host.Barrier;
import dev.sideline.host.EventSink;
import dev.sideline.host.UnfitTablesException;
import dev.sideline.host.embedded.EmbeddedRuntime;
import dev.sideline.host.embedded.Workplace;
import dev.sideline.host.embedded.store.SessionStoreException;
import dev.sideline.host.opencode.OpenCodeRuntime;
import dev.sideline.host.owner.RoutedSessions;
import dev.sideline.host.owner.SessionPlaces;
import dev.sideline.host.plugin.PluginHost;
import dev.sideline.host.plugin.PluginProblem;
import dev.sideline.host.process.ProcessTrees;
import dev.sideline.host.record.DataDirectory;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * All that the owner of a data folder has for its clients together: the plugins with their record,
 * the sessions of all runtimes, and what was noted of both. Thread-safe.
 */
final class Owner implements AutoCloseable {

  private static final String CONNECTION = "connection:";
  private static final String EMBEDDED = "embedded";

  /** The name that people know. */
  private static final String TASKS = "tasks";

  private static final String OWN_DATABASE = "owner";
  private static final String SESSIONS_DATABASE = "sessions";

  private final Path pluginDirectory;
  private final Map<String, Map<String, String>> settings;
  private final EmbeddedRuntime embedded;
  private final SessionPlaces places;
  private final RoutedSessions routed;
  private final Conversations conversations;
  private final OpenCodeServers openCode;
  private final StartedServers started;
  private final PluginHost plugins;
  private final Departures departures;
  private final PlacePurge purge;
  private final Set<Consumer<PluginEvent>> listeners = ConcurrentHashMap.newKeySet();
  private final Set<OwnedHost> attached = ConcurrentHashMap.newKeySet();

  /**
   * Opens it.
   *
   * @param options those that it begins with
   * @throws CommandFailedException if no plugin offers a tool, or something of it cannot be had
   */
  Owner(DataDirectory data, CommonOptions options, Console console) {
    this.pluginDirectory = options.pluginDirectory();
    this.settings = HostConfiguration.of(options.configFile()).settings();
    this.places = places(data);
    Workplace usual = Runtimes.workplace(options);
    ProcessTrees trees = ProcessTrees.watched(data.path());
    this.embedded = embedded(usual, data, trees);
    this.routed =
        new RoutedSessions(
            places, EMBEDDED, embedded.sessions().knownAgents(), OpenCodeRuntime.messageIds());
    routed.attach(EMBEDDED, embedded.sessions());
    this.conversations = new Conversations(routed);
    places.conversationSessions().forEach(conversations::heldElsewhere);
    this.openCode = new OpenCodeServers(routed);
    this.started =
        new StartedServers(
            routed,
            launch -> new StartedRuntime(OpenCodeRuntime.startAmong(launch, trees)),
            this::liveTasks,
            System::nanoTime);
    this.plugins =
        new PluginHost(
            pluginDirectory,
            conversations,
            settings,
            data.path(),
            (plugin, version) -> data.database(databaseOf(plugin), version),
            Clock.systemUTC(),
            this::published);
    this.departures =
        new Departures(plugins, places, HostConfiguration.of(options.configFile()).owner());
    this.purge =
        new PlacePurge(
            places, new AllTasks(List.copyOf(plugins.operators().values())), this::sessionsInUse);
    begin(data, console);
  }

  private static SessionPlaces places(DataDirectory data) {
    try {
      return SessionPlaces.open(data.database(OWN_DATABASE), Clock.systemUTC());
    } catch (SQLException e) {
      throw unusable(data, OWN_DATABASE, "it cannot be read: " + e.getMessage(), e);
    } catch (UnfitTablesException e) {
      throw unusable(data, OWN_DATABASE, String.valueOf(e.getMessage()), e);
    }
  }

  private static CommandFailedException unusable(
      DataDirectory data, String database, String why, Exception cause) {
    return CommandFailedException.failed(
        data.path().resolve(database + ".db")
            + ": "
            + why
            + data.newestBackup(database)
                .map(backup -> "; the last backup of the record is " + backup)
                .orElse(""),
        cause);
  }

  private static EmbeddedRuntime embedded(Workplace usual, DataDirectory data, ProcessTrees trees) {
    DataSource sessions = data.database(SESSIONS_DATABASE);
    try {
      return EmbeddedRuntime.create(usual, trees, sessions);
    } catch (SessionStoreException e) {
      trees.close();
      throw unusable(data, SESSIONS_DATABASE, String.valueOf(e.getMessage()), e);
    }
  }

  /** The tasks' has the name that people know. */
  private static String databaseOf(String plugin) {
    return plugin.equals("sideline-background")
        ? TASKS
        : "plugin-" + plugin.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "-");
  }

  private void begin(DataDirectory data, Console console) {
    for (PluginProblem problem : plugins.problems()) {
      console.note(problem.path() + ": " + problem.message());
    }
    if (plugins.tools().isEmpty()) {
      // Whoever has started the owner hears this alone.
      String why =
          plugins.problems().stream().map(problem -> problem + "; ").collect(Collectors.joining())
              + data.newestBackup(TASKS)
                  .map(backup -> "the last backup of the record is " + backup + "; ")
                  .orElse("");
      close();
      throw CommandFailedException.failed(
          why + "no plugin in " + pluginDirectory + " offers a tool; --plugins names a folder",
          null);
    }
    EventSink events = new OneAtATime(plugins.events());
    embedded.start(events);
    openCode.start(events);
    started.start(events);
    // Those whose programs are still there come back soon.
    places.conversationsNamed(CONNECTION).forEach(departures::left);
    purge.start();
  }

  private void published(PluginEvent event) {
    Barrier.run("Showing an event", () -> openCode.show(event));
    Barrier.run("Showing an event", () -> started.show(event));
    listeners.forEach(listener -> Barrier.run("Noting an event", () -> listener.accept(event)));
  }

  /** A conversation that can be found by its connection alone begins or goes on. */
  static String ofConnection(String client) {
    return CONNECTION + client;
  }

  Departures departures() {
    return departures;
  }

  PluginHost plugins() {
    return plugins;
  }

  RoutedSessions routed() {
    return routed;
  }

  Conversations conversations() {
    return conversations;
  }

  SessionPlaces places() {
    return places;
  }

  OpenCodeServers openCode() {
    return openCode;
  }

  StartedServers started() {
    return started;
  }

  /** A client is there. */
  void attached(OwnedHost client, Consumer<PluginEvent> published) {
    attached.add(client);
    listeners.add(published);
  }

  /** It has gone. */
  void detached(OwnedHost client, Consumer<PluginEvent> published) {
    attached.remove(client);
    listeners.remove(published);
  }

  private Set<String> sessionsInUse() {
    return attached.stream()
        .flatMap(client -> client.conversationSessions().stream())
        .collect(Collectors.toSet());
  }

  /** The name of the runtime whose agents are commands. */
  static String embeddedName() {
    return EMBEDDED;
  }

  /** The sessions as a client of a workplace has them. */
  SessionClient sessions(Workplace workplace) {
    return embedded.sessions(workplace);
  }

  /** A session of a client goes on in its workplace. */
  CompletionStage<Void> goesOn(String sessionId, Workplace workplace) {
    return embedded.attach(sessionId, workplace);
  }

  CompletionStage<List<TaskSnapshot>> tasks() {
    return Host.tasksOf(plugins);
  }

  /** Those that have not ended. */
  List<TaskSnapshot> liveTasks() {
    return live(Host.answer(tasks()));
  }

  /** Those of some tasks that have not ended. */
  static List<TaskSnapshot> live(List<TaskSnapshot> tasks) {
    return tasks.stream().filter(task -> !task.status().terminal()).toList();
  }

  /** What of a client's options is not so here, in words for a person; empty if all is. */
  String differs(CommonOptions options) {
    StringBuilder differences = new StringBuilder();
    if (!options.pluginDirectory().equals(pluginDirectory)) {
      differences.append("the plugins of ").append(pluginDirectory);
    }
    if (options.config != null
        && !HostConfiguration.of(options.configFile()).settings().equals(settings)) {
      differences
          .append(differences.isEmpty() ? "" : " and ")
          .append("the settings that it began with");
    }
    return differences.toString();
  }

  /**
   * Ends the plugins, then what was started for the sessions: a task whose command ends with its
   * owner has not failed, and none starts in its place. Idempotent; bounded in time.
   */
  @Override
  public void close() {
    departures.close();
    purge.close();
    Barrier.run("Ending the plugins", plugins::close);
    Barrier.run("Telling all processes to end", embedded::beginClose);
    Barrier.run("Leaving the servers", openCode::close);
    Barrier.run("Ending the servers", started::close);
    Barrier.run("Ending the sessions", embedded::close);
    Barrier.run("Closing what was noted", places::close);
  }

  /** An OpenCode server that was started. */
  private record StartedRuntime(OpenCodeRuntime runtime) implements StartedServers.Running {

    @Override
    public boolean lives() {
      return runtime.serverLives();
    }

    @Override
    public void close() {
      runtime.close();
    }
  }

  /** Events of several runtimes, of which each has a thread of its own. */
  private static final class OneAtATime implements EventSink {

    private final EventSink events;

    OneAtATime(EventSink events) {
      this.events = events;
    }

    @Override
    public boolean observes(String sessionId) {
      return events.observes(sessionId);
    }

    @Override
    public synchronized void accept(SessionEvent event) {
      events.accept(event);
    }

    @Override
    public synchronized void acceptObserved(SessionEvent event) {
      events.acceptObserved(event);
    }

    @Override
    public synchronized void eventsLost() {
      events.eventsLost();
    }
  }
}
