package dev.sideline.background;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.HostContext;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.PluginSetting;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.Tool;
import dev.sideline.background.runtime.BackgroundRuntime;
import dev.sideline.background.runtime.OperatorDesk;
import dev.sideline.background.runtime.TaskStores;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.tools.Toolbox;
import java.util.List;
import java.util.Optional;

/** Background tasks for the agents of a host, as tools. */
public final class BackgroundPlugin implements AgentPlugin {

  @Override
  public String id() {
    return "sideline-background";
  }

  @Override
  public List<PluginSetting> settings() {
    return SettingsReader.documented();
  }

  @Override
  public PluginHooks activate(HostContext host) {
    requireLogging();
    Settings settings = SettingsReader.read(host.settings());
    BackgroundRuntime runtime =
        new BackgroundRuntime(host, settings, TaskStores.of(host, settings));
    return new Hooks(
        runtime, new Toolbox(runtime, settings).tools(), Optional.of(new OperatorDesk(runtime)));
  }

  /** Says what is missing, before the first class that logs is not found somewhere. */
  private static void requireLogging() {
    try {
      Class.forName("org.slf4j.LoggerFactory", false, BackgroundPlugin.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "sideline-background needs slf4j-api 2 on the class path of its host: the plugin's jar"
              + " has all its other libraries inside",
          e);
    }
  }

  private record Hooks(BackgroundRuntime runtime, List<Tool> tools, Optional<TaskOperator> operator)
      implements PluginHooks {

    @Override
    public boolean observes(String sessionId) {
      return runtime.observes(sessionId);
    }

    @Override
    public void onEvent(SessionEvent event) {
      runtime.onEvent(event);
    }

    @Override
    public void onEventsLost() {
      runtime.onEventsLost();
    }

    @Override
    public void dispose() {
      runtime.close();
    }
  }
}
