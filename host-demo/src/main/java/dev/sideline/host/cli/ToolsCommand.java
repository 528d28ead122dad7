package dev.sideline.host.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolSpec;
import dev.sideline.host.text.Harmless;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the tools as a model is shown them. */
@Command(
    name = "tools",
    description = "Print the tools as JSON: names, descriptions, schemas, hints.")
final class ToolsCommand implements Callable<Integer> {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Console console;
  private final Hosts hosts;

  @Spec private CommandSpec spec = CommandSpec.create();

  ToolsCommand(Console console, Hosts hosts) {
    this.console = console;
    this.hosts = hosts;
  }

  @Override
  public Integer call() throws JsonProcessingException {
    CommonOptions options = SidelineCommand.optionsOf(spec);
    ArrayNode all = JSON.createArrayNode();
    // What the tools look like does not depend on where sessions come from.
    try (Host host = hosts.embedded(options, console)) {
      for (Tool tool : host.tools()) {
        all.add(described(tool.spec()));
      }
    }
    console.out().println(Harmless.json(JSON.writeValueAsString(all)));
    return ExitCodes.FINE;
  }

  private static ObjectNode described(ToolSpec spec) throws JsonProcessingException {
    ObjectNode tool = JSON.createObjectNode();
    tool.put("name", spec.name());
    if (spec.title() != null) {
      tool.put("title", spec.title());
    }
    tool.put("description", spec.description());
    tool.set("inputSchema", JSON.readTree(spec.inputSchema()));
    String outputSchema = spec.outputSchema();
    if (outputSchema != null) {
      tool.set("outputSchema", JSON.readTree(outputSchema));
    }
    ToolSpec.Hints hints = spec.hints();
    tool.putObject("annotations")
        .put("readOnlyHint", hints.readOnly())
        .put("destructiveHint", hints.destructive())
        .put("idempotentHint", hints.idempotent())
        .put("openWorldHint", hints.openWorld());
    return tool;
  }
}
