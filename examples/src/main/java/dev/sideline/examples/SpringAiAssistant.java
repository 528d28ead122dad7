package dev.sideline.examples;

import dev.sideline.api.PluginHooks;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;

/** A model of Spring AI that can run background tasks, each conversation as a session. */
public record SpringAiAssistant(ChatModel model, PluginHooks hooks) {

  /** What the model says to a text in a session. */
  public @Nullable String chat(String sessionId, String text) {
    var tools = hooks.tools().stream().map(tool -> new InSession(tool, sessionId));
    return ChatClient.create(model).prompt().user(text).tools(tools.toArray()).call().content();
  }

  private record InSession(Tool tool, String sessionId) implements ToolCallback {

    @Override
    public ToolDefinition getToolDefinition() {
      return ToolDefinition.builder()
          .name(tool.spec().name())
          .description(tool.spec().description())
          .inputSchema(tool.spec().inputSchema())
          .build();
    }

    @Override
    public String call(String arguments) {
      return tool.callAndWait(ToolCall.of(sessionId, arguments), Duration.ofHours(1)).text();
    }
  }
}
