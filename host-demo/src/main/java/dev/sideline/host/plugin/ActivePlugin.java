package dev.sideline.host.plugin;

import dev.sideline.api.PluginHooks;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.Tool;
import dev.sideline.host.DaemonThreads;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One active plugin: its hooks, tools and operator behind its {@link PluginBoundary}. No method
 * throws what the plugin throws, and the hooks may be called on any thread.
 */
final class ActivePlugin implements PluginHooks {

  private static final Logger log = LoggerFactory.getLogger(ActivePlugin.class);

  private final String id;
  private final PluginDescription description;
  private final PluginBoundary boundary;
  private final PluginContext context;
  private final List<GuardedTool> tools;
  private final Optional<GuardedOperator> operator;

  /** Null once the plugin is gone. */
  private volatile @Nullable PluginHooks hooks;

  /** Used by the thread that closes the host alone. */
  private @Nullable Thread disposal;

  ActivePlugin(
      String id,
      PluginBoundary boundary,
      PluginContext context,
      Activation.Active active,
      List<GuardedTool> tools) {
    this.id = id;
    this.description = active.description();
    this.boundary = boundary;
    this.context = context;
    this.hooks = active.hooks();
    this.tools = List.copyOf(tools);
    this.operator = active.operator().map(inside -> new GuardedOperator(id, boundary, inside));
  }

  /** The id of its jar. */
  String id() {
    return id;
  }

  PluginDescription description() {
    return description;
  }

  @Override
  public List<Tool> tools() {
    return List.copyOf(tools);
  }

  @Override
  public Optional<TaskOperator> operator() {
    return operator.map(guarded -> guarded);
  }

  @Override
  public boolean observes(String sessionId) {
    PluginHooks inside = hooks;
    return inside != null && boundary.call("observes", () -> inside.observes(sessionId), false);
  }

  @Override
  public void onEvent(SessionEvent event) {
    PluginHooks inside = hooks;
    if (inside != null) {
      boundary.run("onEvent", () -> inside.onEvent(event));
    }
  }

  @Override
  public void onEventsLost() {
    PluginHooks inside = hooks;
    if (inside != null) {
      boundary.run("onEventsLost", inside::onEventsLost);
    }
  }

  /**
   * Starts to dispose the plugin, on a thread of its own, since a plugin may hang in there. No
   * hook, no tool and no operator is called from now on.
   */
  void beginDispose() {
    PluginHooks inside = hooks;
    if (inside == null) {
      return;
    }
    hooks = null;
    tools.forEach(GuardedTool::stop);
    operator.ifPresent(GuardedOperator::stop);
    Thread thread =
        DaemonThreads.unstarted(
            "sideline-plugin-" + id + "-dispose",
            () -> {
              boundary.dispose(inside::dispose);
              letGo();
            });
    disposal = thread;
    thread.start();
  }

  /**
   * Waits until the plugin is disposed, interrupts it if it takes too long, and lets go of it:
   * calls that it has left open are answered, and nothing of the host holds its classes any more.
   */
  void finishDispose(Duration limit) {
    Thread thread = disposal;
    disposal = null;
    if (thread != null) {
      try {
        thread.join(Math.max(1, limit.toMillis()));
      } catch (InterruptedException e) {
        // Whoever closes is in a hurry: do not wait, but leave the interrupt for the caller to see.
        Thread.currentThread().interrupt();
      }
      if (thread.isAlive()) {
        thread.interrupt();
        log.warn("Plugin {} does not end; it is left behind", id);
      }
    }
    letGo();
  }

  /** From here on nothing calls the plugin. Idempotent. */
  private void letGo() {
    context.close();
    boundary.release();
    tools.forEach(GuardedTool::release);
    operator.ifPresent(GuardedOperator::release);
  }
}
