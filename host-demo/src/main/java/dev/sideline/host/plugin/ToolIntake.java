package dev.sideline.host.plugin;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Takes the tools of one plugin after the other and leaves out those that would spoil the list that
 * a model is shown: without a specification, with a name or a schema that no model provider takes,
 * or with a name that is taken. A tool that is left out does not keep the others from being used.
 *
 * <p>For one thread.
 */
final class ToolIntake {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]{1,64}");

  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, String> owners = new HashMap<>();
  private final List<PluginProblem> problems;

  /**
   * @param problems takes what was left out, and why
   */
  ToolIntake(List<PluginProblem> problems) {
    this.problems = problems;
  }

  /** The tools of a plugin that can be used, guarded. */
  List<GuardedTool> take(
      PluginDescriptor plugin, PluginBoundary boundary, List<Activation.OfferedTool> tools) {
    List<GuardedTool> taken = new ArrayList<>();
    for (int i = 0; i < tools.size(); i++) {
      Tool tool = tools.get(i).tool();
      try {
        if (tool == null) {
          throw new PluginRejectedException("is null");
        }
        ToolSpec spec =
            tools
                .get(i)
                .spec()
                .orElseThrow(() -> new PluginRejectedException("gives no specification"));
        claim(spec, plugin.id());
        taken.add(new GuardedTool(plugin.id(), boundary, spec, tool));
      } catch (PluginRejectedException e) {
        problems.add(
            new PluginProblem(
                plugin.jar(), "tool " + (i + 1) + " is left out: it " + e.getMessage()));
      }
    }
    return taken;
  }

  private void claim(ToolSpec spec, String pluginId) {
    String name = spec.name();
    if (!NAME.matcher(name).matches()) {
      throw new PluginRejectedException(
          "is named \"" + name + "\"; allowed are 1 to 64 letters, digits and underscores");
    }
    requireSchema(name, "input", spec.inputSchema());
    if (spec.outputSchema() != null) {
      requireSchema(name, "output", spec.outputSchema());
    }
    String owner = owners.putIfAbsent(name, pluginId);
    if (owner != null) {
      throw new PluginRejectedException(
          "is named " + name + ", as a tool of plugin " + owner + " is already");
    }
  }

  private void requireSchema(String name, String which, String schema) {
    boolean object;
    try {
      object = json.readTree(schema).isObject();
    } catch (IOException e) {
      object = false;
    }
    if (!object) {
      throw new PluginRejectedException(
          "(" + name + ") has an " + which + " schema that is not a JSON object");
    }
  }
}
