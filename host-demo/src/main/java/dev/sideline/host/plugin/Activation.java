package dev.sideline.host.plugin;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.HostContext;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolSpec;
import dev.sideline.host.DaemonThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one loaded jar to life: finds its provider, creates and activates it and reads what it
 * offers, on a thread of its own, since all of this is the plugin's code and may fail or never
 * return. A plugin that is too late is disposed as soon as it comes.
 */
final class Activation {

  private static final Logger log = LoggerFactory.getLogger(Activation.class);

  /**
   * A plugin that has been activated.
   *
   * @param tools unchecked
   * @param operator not guarded yet
   */
  record Active(
      PluginDescription description,
      PluginHooks hooks,
      List<OfferedTool> tools,
      Optional<TaskOperator> operator) {}

  /**
   * A tool as the plugin gave it.
   *
   * @param tool null if the plugin gave that
   * @param spec what the tool says of itself; empty if it fails to, which may take as long as all
   *     that is asked of a plugin at its start
   */
  record OfferedTool(@Nullable Tool tool, Optional<ToolSpec> spec) {}

  private final PluginDescriptor jar;
  private final String pluginId;
  private final ClassLoader loader;
  private final HostContext context;
  private final PluginBoundary boundary;
  private final CompletableFuture<Active> outcome = new CompletableFuture<>();
  private boolean givenUp;

  /**
   * @param boundary what the plugin can do without is asked for across it
   */
  Activation(
      PluginDescriptor jar, ClassLoader loader, HostContext context, PluginBoundary boundary) {
    this.jar = jar;
    this.pluginId = jar.id();
    this.loader = loader;
    this.context = context;
    this.boundary = boundary;
  }

  /**
   * Activates the plugin.
   *
   * @throws PluginRejectedException if it fails, or takes longer than the limit
   */
  Active within(Duration limit) {
    Thread thread = DaemonThreads.unstarted("sideline-plugin-" + pluginId + "-activate", this::run);
    thread.setContextClassLoader(loader);
    thread.start();
    try {
      return outcome.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw rejected(e);
    } catch (TimeoutException e) {
      return orGiveUp("it did not start within " + limit.toMillis() / 1000.0 + " seconds", thread);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return orGiveUp("the host was interrupted while it started", thread);
    }
  }

  private Active orGiveUp(String why, Thread thread) {
    givenUp = outcome.completeExceptionally(new PluginRejectedException(why));
    if (givenUp) {
      thread.interrupt();
    }
    try {
      // It may have finished at the last moment.
      return outcome.join();
    } catch (CompletionException e) {
      throw rejected(e);
    }
  }

  private static PluginRejectedException rejected(Exception wrapper) {
    if (wrapper.getCause() instanceof PluginRejectedException rejected) {
      return rejected;
    }
    throw new IllegalStateException(wrapper);
  }

  /** Whether the plugin's code was still running when it was given up. */
  boolean givenUp() {
    return givenUp;
  }

  private void run() {
    Active active;
    try {
      active = activate();
    } catch (Throwable e) { // fault barrier: all of this is the plugin's code
      outcome.completeExceptionally(readable(e));
      return;
    }
    if (!outcome.complete(active)) {
      log.warn("Plugin {} has started too late; it is disposed", pluginId);
      dispose(active.hooks());
    }
  }

  /**
   * The failure as it leaves this thread: without the plugin's own exception, which would pin the
   * plugin and might not even let itself be wrapped.
   */
  private Throwable readable(Throwable failure) {
    if (failure instanceof PluginRejectedException) {
      return failure;
    }
    log.debug("Plugin {} could not be activated", pluginId, FailureText.printable(failure));
    return new PluginRejectedException(FailureText.of(failure));
  }

  private Active activate() {
    AgentPlugin plugin = provider().get();
    PluginDescription description = describe(plugin);
    PluginHooks hooks;
    try {
      hooks = plugin.activate(context);
    } catch (IllegalArgumentException e) {
      throw new PluginRejectedException("it refuses its settings: " + FailureText.message(e));
    }
    if (hooks == null) {
      throw new PluginRejectedException("its activate() returned null instead of hooks");
    }
    try {
      List<Tool> tools = hooks.tools();
      if (tools == null) {
        throw new PluginRejectedException("its tools() returned null instead of a list");
      }
      Optional<TaskOperator> operator = said("operator", hooks::operator, Optional.empty());
      return new Active(description, hooks, offered(tools), operator);
    } catch (Throwable e) { // whatever it is: the plugin was active and must not stay so
      dispose(hooks);
      throw e;
    }
  }

  private List<OfferedTool> offered(List<? extends @Nullable Tool> tools) {
    List<OfferedTool> offered = new ArrayList<>();
    for (Tool tool : tools) {
      offered.add(new OfferedTool(tool, tool == null ? Optional.empty() : spec(tool)));
    }
    return List.copyOf(offered);
  }

  private Optional<ToolSpec> spec(Tool tool) {
    return boundary.call("spec", () -> Optional.ofNullable(tool.spec()), Optional.empty());
  }

  private PluginDescription describe(AgentPlugin plugin) {
    return new PluginDescription(
        said("id", plugin::id, jar.id()),
        said("version", plugin::version, jar.version()),
        said("settings", () -> List.copyOf(plugin.settings()), List.of()));
  }

  /** What the plugin says, or what holds if it fails to: no reason to do without the plugin. */
  private <T> T said(String kind, Supplier<T> question, T otherwise) {
    return boundary.call(
        kind, () -> Objects.requireNonNull(question.get(), "it returned null"), otherwise);
  }

  private void dispose(PluginHooks hooks) {
    try {
      hooks.dispose();
    } catch (Throwable e) { // fault barrier: the plugin's code
      log.warn("Plugin {} failed in dispose: {}", pluginId, FailureText.of(e));
    }
  }

  /**
   * The one provider that comes from the jar itself, and not from what the host has on its path.
   */
  private ServiceLoader.Provider<AgentPlugin> provider() {
    List<ServiceLoader.Provider<AgentPlugin>> own =
        ServiceLoader.load(AgentPlugin.class, loader).stream()
            .filter(provider -> provider.type().getClassLoader() == loader)
            .toList();
    if (own.size() != 1) {
      throw new PluginRejectedException(
          "its "
              + PluginDescriptor.SERVICE
              + " has to name one AgentPlugin of the jar, and names "
              + own.size());
    }
    return own.get(0);
  }
}
