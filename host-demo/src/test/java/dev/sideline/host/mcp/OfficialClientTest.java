package dev.sideline.host.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The SDK's own client, over standard input and output of a process. */
@Timeout(60)
class OfficialClientTest {

  @AfterEach
  void endTheThreadsThatReactorKeepsForAll() {
    ReactorThreads.end();
  }

  @Test
  void it_lists_and_calls_tools() {
    ServerParameters parameters =
        ServerParameters.builder(Path.of(System.getProperty("java.home"), "bin/java").toString())
            .args("-cp", System.getProperty("java.class.path"), StubServerMain.class.getName())
            .build();
    StdioClientTransport transport =
        new StdioClientTransport(parameters, new JacksonMcpJsonMapper(new JsonMapper()));
    try (McpSyncClient client =
        McpClient.sync(transport).requestTimeout(Duration.ofSeconds(20)).build()) {
      assertThat(client.initialize().serverInfo().name()).isEqualTo("sideline");
      assertThat(client.listTools().tools()).extracting(Tool::name).contains("whoami", "refuses");

      CallToolResult good =
          client.callTool(
              CallToolRequest.builder("whoami").arguments(Map.of("x", "\u00fcml\u00e4ut")).build());
      assertThat(((TextContent) good.content().get(0)).text())
          .isEqualTo("ses_stub null {\"x\":\"\u00fcml\u00e4ut\"}");
      assertThat(good.structuredContent()).isEqualTo(Map.of("session", "ses_stub"));

      CallToolResult bad =
          client.callTool(CallToolRequest.builder("throws").arguments(Map.of()).build());
      assertThat(bad.isError()).isTrue();
      assertThat(bad.toString()).doesNotContain(StubTools.SECRET);

      assertThat(client.closeGracefully()).isTrue(); // close() alone does not wait for the process.
    }
  }
}
