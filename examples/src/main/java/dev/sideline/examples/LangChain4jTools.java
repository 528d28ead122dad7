package dev.sideline.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.service.tool.AiServiceTool;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** For {@code AiServices.builder(...).tools(...)}; what is {@code @MemoryId} there is a session. */
public record LangChain4jTools(PluginHooks hooks) {
  public List<AiServiceTool> all() throws JsonProcessingException {
    List<AiServiceTool> tools = new ArrayList<>();
    for (Tool tool : hooks.tools()) {
      JsonNode input = new ObjectMapper().readTree(tool.spec().inputSchema());
      var schema = JsonObjectSchema.builder();
      for (var property : input.path("properties").properties()) {
        schema.addProperty(property.getKey(), JsonRawSchema.from(property.getValue().toString()));
      }
      List<String> required = new ArrayList<>();
      input.path("required").forEach(name -> required.add(name.asText()));
      var shown = ToolSpecification.builder().name(tool.spec().name());
      shown.description(tool.spec().description()).parameters(schema.required(required).build());
      var built = AiServiceTool.builder().toolSpecification(shown.build());
      tools.add(built.toolExecutor((call, id) -> run(tool, id, call.arguments())).build());
    }
    return tools;
  }

  private static String run(Tool tool, Object id, String arguments) {
    return tool.callAndWait(ToolCall.of(id.toString(), arguments), Duration.ofHours(1)).text();
  }
}
