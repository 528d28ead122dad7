package dev.sideline.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Tool;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

/** The example on Spring AI's own chat client, with a model that follows a script. */
class SpringAiAssistantIT {

  @AutoClose private final ExampleHost host = new ExampleHost();
  private final ScriptedModel model = new ScriptedModel();

  @Test
  void a_model_launches_a_task_waits_for_it_and_says_its_answer() {
    String said =
        new SpringAiAssistant(model, host.hooks()).chat(ExampleHost.SESSION, "Count my rooms");

    assertThat(model.results.get(0)).contains("Launched background task bg_");
    assertThat(model.results.get(1)).contains("completed", ExampleHost.ANSWER);
    assertThat(said).isEqualTo("Found out: " + model.results.get(1));
  }

  @Test
  void a_model_is_shown_every_tool_with_its_description_and_schema() {
    new SpringAiAssistant(model, host.hooks()).chat(ExampleHost.SESSION, "Count my rooms");

    assertThat(model.shown)
        .containsExactlyElementsOf(
            host.hooks().tools().stream()
                .map(Tool::spec)
                .map(spec -> List.of(spec.name(), spec.description(), spec.inputSchema()))
                .toList());
  }

  /** Launches a task, waits for it, and says what came of it. */
  private static final class ScriptedModel implements ChatModel {

    private final List<String> results = new ArrayList<>();
    private List<List<String>> shown = List.of();

    @Override
    public ChatOptions getOptions() {
      return ToolCallingChatOptions.builder().build();
    }

    @Override
    public ChatResponse call(Prompt prompt) {
      ToolCallingChatOptions options = (ToolCallingChatOptions) prompt.getOptions();
      shown =
          options.getToolCallbacks().stream()
              .map(
                  tool ->
                      List.of(
                          tool.getToolDefinition().name(),
                          tool.getToolDefinition().description(),
                          tool.getToolDefinition().inputSchema()))
              .toList();
      List<Message> messages = prompt.getInstructions();
      if (messages.get(messages.size() - 1) instanceof ToolResponseMessage last) {
        results.add(last.getResponses().get(0).responseData());
      }
      return new ChatResponse(List.of(new Generation(next())));
    }

    private AssistantMessage next() {
      return switch (results.size()) {
        case 0 -> calling("background_task", ExampleHost.LAUNCH);
        case 1 -> calling("background_output", ExampleHost.WAIT_FOR_ALL);
        default -> new AssistantMessage("Found out: " + results.get(1));
      };
    }

    private static AssistantMessage calling(String tool, String arguments) {
      return AssistantMessage.builder()
          .content("")
          .toolCalls(List.of(new AssistantMessage.ToolCall("call", "function", tool, arguments)))
          .build();
    }
  }
}
