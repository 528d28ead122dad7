package dev.sideline.host.plugin;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionClient;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.Tool;
import dev.sideline.host.Barrier;
import dev.sideline.host.EventSink;
import dev.sideline.host.event.EventQueue;
import dev.sideline.host.event.EventRouter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins of a host, loaded from a folder and active until {@link #close}.
 *
 * <p>A jar that cannot be used is skipped and stands in {@link #problems}; the others work. What a
 * plugin throws, and how long it takes, is its own affair: it costs the plugin its event, its call
 * or its place, and neither the host nor another plugin anything.
 *
 * <p>Opening and closing belong to one thread at a time; the rest is thread-safe.
 */
public final class PluginHost implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PluginHost.class);

  /** Where plugins get their databases from. */
  @FunctionalInterface
  public interface Databases {

    /** For a host that has none. */
    Databases NONE = (pluginId, pluginVersion) -> null;

    /**
     * Opens the database of one plugin, before that is started, on the thread that opens the host.
     * What it throws costs that plugin its place, and is said with its message. It is closed by
     * whoever has opened it, once the host is closed.
     *
     * @return null for none
     */
    @Nullable DataSource open(String pluginId, String pluginVersion);
  }

  private final PluginLimits limits;
  private final PluginJars jars;
  private final List<PluginProblem> problems = new ArrayList<>();
  private final Map<String, PluginDescriptor> loaded = new HashMap<>();
  private final List<ActivePlugin> active = new ArrayList<>();
  private final List<PluginContext> late = new ArrayList<>();
  private final List<Tool> tools;
  private final Map<String, TaskOperator> operators;
  private final Map<String, PluginDescription> descriptions;
  private final EventRouter router;

  private boolean closed;

  /**
   * Loads and activates the plugins of a folder, which get no database. Otherwise as {@link
   * #PluginHost(Path, SessionClient, Map, Path, Databases, Clock, Consumer)}.
   */
  public PluginHost(
      Path directory,
      SessionClient sessions,
      Map<String, Map<String, String>> settings,
      @Nullable Path dataDirectory,
      Clock clock,
      Consumer<PluginEvent> published) {
    this(directory, sessions, settings, dataDirectory, Databases.NONE, clock, published);
  }

  /**
   * Loads and activates the plugins of a folder. Takes the time that they need, at most ten seconds
   * each.
   *
   * @param directory the folder; if it is missing or empty, {@link #problems} says so
   * @param sessions what the plugins are given as the host's sessions
   * @param settings the settings of each plugin, by plugin id
   * @param dataDirectory gets a folder for each plugin that asks for one, named by its id; null if
   *     the host keeps nothing on disk
   * @param databases gives the plugins theirs
   * @param clock the host's clock
   * @param published takes what the plugins publish; on their threads, must not block or throw
   */
  public PluginHost(
      Path directory,
      SessionClient sessions,
      Map<String, Map<String, String>> settings,
      @Nullable Path dataDirectory,
      Databases databases,
      Clock clock,
      Consumer<PluginEvent> published) {
    this(
        directory,
        sessions,
        settings,
        dataDirectory,
        databases,
        clock,
        published,
        new PluginJars(directory),
        PluginLimits.STANDARD);
  }

  PluginHost(
      Path directory,
      SessionClient sessions,
      Map<String, Map<String, String>> settings,
      @Nullable Path dataDirectory,
      Databases databases,
      Clock clock,
      Consumer<PluginEvent> published,
      PluginJars jars,
      PluginLimits limits) {
    this.jars = jars;
    this.limits = limits;
    ToolIntake intake = new ToolIntake(problems);
    Set<String> seen = new HashSet<>();
    for (Path jar : new PluginDirectory(directory).jars(problems)) {
      try {
        PluginDescriptor plugin = PluginDescriptor.read(jar);
        seen.add(plugin.id());
        refuseSecond(plugin);
        PluginContext context =
            new PluginContext(
                sessions,
                Map.copyOf(settings.getOrDefault(plugin.id(), Map.of())),
                dataDirectory == null ? null : dataDirectory.resolve(plugin.id()),
                databaseOf(plugin, databases),
                clock,
                published);
        active.add(start(plugin, context, intake));
      } catch (PluginRejectedException e) {
        log.debug("Not used: {}", jar, e);
        problems.add(new PluginProblem(jar, String.valueOf(e.getMessage())));
      } catch (Throwable e) { // Whatever is wrong with one jar, the others are used.
        Barrier.report("Loading plugin " + jar, e);
        problems.add(new PluginProblem(jar, "it cannot be used: " + FailureText.of(e)));
      }
    }
    for (String id : new TreeSet<>(settings.keySet())) {
      if (!seen.contains(id)) {
        String message = "there are settings for a plugin " + id + ", and no jar of that id";
        problems.add(new PluginProblem(directory, message));
      }
    }
    tools = active.stream().flatMap(plugin -> plugin.tools().stream()).toList();
    operators = operatorsOf(active);
    descriptions = descriptionsOf(active);
    router = new EventRouter(active.stream().map(this::queue).toList());
  }

  /** Where the runtime puts its events. Takes and drops them once the host is closed. */
  public EventSink events() {
    return router;
  }

  /**
   * The tools of all plugins. Their calls always complete with a result, also when the plugin fails
   * and after the host is closed.
   */
  public List<Tool> tools() {
    return tools;
  }

  /**
   * The views of all tasks that plugins offer to whoever runs the host, by plugin id, in its order.
   * Their calls always end, also when the plugin fails and after the host is closed: with an {@link
   * IllegalStateException} then. For operators alone: what they show and stop belongs to all
   * sessions.
   */
  public Map<String, TaskOperator> operators() {
    return operators;
  }

  /** What the active plugins say of themselves, by the ids of their jars, in their order. */
  public Map<String, PluginDescription> descriptions() {
    return descriptions;
  }

  /** What was wrong with the plugins when they were loaded, in the order in which it was found. */
  public List<PluginProblem> problems() {
    return List.copyOf(problems);
  }

  /** The ids and versions of the plugins that are active. */
  public Map<String, String> plugins() {
    Map<String, String> versions = new TreeMap<>();
    loaded.forEach((id, plugin) -> versions.put(id, plugin.version()));
    return versions;
  }

  /**
   * Stops the plugins in the order that loses least: no more events in, those on their way are
   * delivered, every plugin is disposed, then unloaded. Each step is bounded, and all plugins are
   * disposed at the same time, so that it takes less than twenty seconds however they behave.
   * Idempotent.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    Barrier.run("Ending the delivery of events", router::close);
    active.forEach(plugin -> Barrier.run("Disposing plugin " + plugin.id(), plugin::beginDispose));
    long end = System.nanoTime() + limits.dispose().toNanos();
    for (ActivePlugin plugin : active) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      Barrier.run("Letting go of plugin " + plugin.id(), () -> plugin.finishDispose(left));
    }
    active.clear();
    late.forEach(PluginContext::close);
    jars.unloadAll();
    LinkedRecords.forgetLast();
  }

  private static @Nullable DataSource databaseOf(PluginDescriptor plugin, Databases databases) {
    try {
      return databases.open(plugin.id(), plugin.version());
    } catch (RuntimeException e) { // Whatever it is, it says what is wrong with the database.
      log.debug("Plugin {} gets no database", plugin.id(), e);
      throw new PluginRejectedException("its database cannot be used: " + FailureText.message(e));
    }
  }

  private void refuseSecond(PluginDescriptor plugin) {
    PluginDescriptor first = loaded.get(plugin.id());
    if (first != null) {
      throw new PluginRejectedException(
          "its plugin id, "
              + plugin.id()
              + ", is taken by "
              + first.jar().getFileName()
              + " (version "
              + first.version()
              + "; this one is "
              + plugin.version()
              + "); remove one of the two");
    }
  }

  private static Map<String, TaskOperator> operatorsOf(List<ActivePlugin> plugins) {
    Map<String, TaskOperator> all = new TreeMap<>();
    plugins.forEach(
        plugin -> plugin.operator().ifPresent(operator -> all.put(plugin.id(), operator)));
    return Collections.unmodifiableMap(all);
  }

  private static Map<String, PluginDescription> descriptionsOf(List<ActivePlugin> plugins) {
    Map<String, PluginDescription> all = new TreeMap<>();
    plugins.forEach(plugin -> all.put(plugin.id(), plugin.description()));
    return Collections.unmodifiableMap(all);
  }

  private ActivePlugin start(PluginDescriptor plugin, PluginContext context, ToolIntake intake) {
    ClassLoader loader = jars.load(plugin);
    PluginBoundary boundary = new PluginBoundary(plugin.id(), loader);
    Activation activation = new Activation(plugin, loader, context, boundary);
    try {
      Activation.Active started = activation.within(limits.activation());
      loaded.put(plugin.id(), plugin);
      List<GuardedTool> offered = intake.take(plugin, boundary, started.tools());
      log.info("Plugin {} {} offers {} tools", plugin.id(), plugin.version(), offered.size());
      return new ActivePlugin(plugin.id(), boundary, context, started, offered);
    } catch (PluginRejectedException e) {
      // Code that still runs keeps its classes, and what it was given, until the host closes.
      if (activation.givenUp()) {
        late.add(context);
      } else {
        context.close();
        jars.unload(plugin.id());
      }
      throw e;
    } catch (Throwable e) {
      context.close();
      jars.unload(plugin.id());
      throw e;
    }
  }

  private EventQueue queue(ActivePlugin plugin) {
    return new EventQueue(
        plugin.id(), plugin, limits.waitingEvents(), limits.waitingCharacters(), limits.drain());
  }
}
