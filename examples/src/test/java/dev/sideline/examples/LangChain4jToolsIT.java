package dev.sideline.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.UserMessage;
import dev.sideline.api.Tool;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The example on LangChain4j's own AI services, with a model that follows a script. */
class LangChain4jToolsIT {

  @AutoClose private final ExampleHost host = new ExampleHost();
  private final ScriptedModel model = new ScriptedModel();

  /** What a user of LangChain4j writes. */
  interface Assistant {
    String chat(@MemoryId String sessionId, @UserMessage String text);
  }

  @Test
  void a_model_launches_a_task_waits_for_it_and_says_its_answer() throws Exception {
    String said = assistant().chat(ExampleHost.SESSION, "Count my rooms");

    assertThat(model.results.get(0)).contains("Launched background task bg_");
    assertThat(model.results.get(1)).contains("completed", ExampleHost.ANSWER);
    assertThat(said).isEqualTo("Found out: " + model.results.get(1));
  }

  @Test
  void a_model_is_shown_every_tool_with_its_description_and_schema() throws Exception {
    assistant().chat(ExampleHost.SESSION, "Count my rooms");

    assertThat(model.shown).hasSameSizeAs(host.hooks().tools());
    for (Tool tool : host.hooks().tools()) {
      ToolSpecification shown =
          model.shown.stream()
              .filter(specification -> specification.name().equals(tool.spec().name()))
              .findFirst()
              .orElseThrow();
      assertThat(shown.description()).isEqualTo(tool.spec().description());
      JsonNode schema = new ObjectMapper().readTree(tool.spec().inputSchema());
      assertThat(shown.parameters().properties()).hasSameSizeAs(schema.path("properties"));
      for (var property : schema.path("properties").properties()) {
        assertThat(shown.parameters().properties().get(property.getKey()))
            .isEqualTo(JsonRawSchema.from(property.getValue().toString()));
      }
      List<String> required = new ArrayList<>();
      schema.path("required").forEach(name -> required.add(name.asText()));
      assertThat(shown.parameters().required()).isEqualTo(required);
    }
  }

  private Assistant assistant() throws Exception {
    return AiServices.builder(Assistant.class)
        .chatModel(model)
        .chatMemoryProvider(id -> MessageWindowChatMemory.builder().id(id).maxMessages(50).build())
        .tools(new LangChain4jTools(host.hooks()).all())
        .build();
  }

  /** Launches a task, waits for it, and says what came of it. */
  private static final class ScriptedModel implements ChatModel {

    private final List<String> results = new ArrayList<>();
    private List<ToolSpecification> shown = List.of();

    @Override
    public ChatResponse doChat(ChatRequest request) {
      shown = request.toolSpecifications();
      List<ChatMessage> messages = request.messages();
      if (messages.get(messages.size() - 1) instanceof ToolExecutionResultMessage last) {
        results.add(last.text());
      }
      return ChatResponse.builder().aiMessage(next()).build();
    }

    private AiMessage next() {
      return switch (results.size()) {
        case 0 -> calling("background_task", ExampleHost.LAUNCH);
        case 1 -> calling("background_output", ExampleHost.WAIT_FOR_ALL);
        default -> AiMessage.from("Found out: " + results.get(1));
      };
    }

    private static AiMessage calling(String tool, String arguments) {
      return AiMessage.from(
          ToolExecutionRequest.builder().id("call").name(tool).arguments(arguments).build());
    }
  }
}
