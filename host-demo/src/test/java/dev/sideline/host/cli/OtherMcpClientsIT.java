package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.host.mcp.ReactorThreads;
import dev.sideline.host.programs.NpmProgram;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built program as a server of MCP clients that start it for each conversation. */
class OtherMcpClientsIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final NpmProgram INSPECTOR =
      NpmProgram.of("inspector", "0.15.0", "@modelcontextprotocol/inspector", ".bin/mcp-inspector");

  @TempDir private Path folder;

  @AfterEach
  void endTheThreadsThatReactorKeepsForAll() {
    ReactorThreads.end();
  }

  @Test
  void the_java_client_launches_a_task_waits_and_reads_its_answer() {
    List<String> command = HostJar.command("mcp", "--data", folder.toString());
    ServerParameters parameters =
        ServerParameters.builder(command.get(0))
            .args(command.subList(1, command.size()).toArray(new String[0]))
            .build();
    StdioClientTransport transport =
        new StdioClientTransport(parameters, new JacksonMcpJsonMapper(new JsonMapper()));
    try (McpSyncClient client =
        McpClient.sync(transport).requestTimeout(Duration.ofSeconds(40)).build()) {
      assertThat(client.initialize().serverInfo().version()).isNotBlank();

      call(
          client,
          "background_task",
          Map.of("agent", "echo", "description", "Say it", "prompt", "said and done"));
      CallToolResult output =
          call(client, "background_output", Map.of("wait", "all", "timeout_seconds", 30));
      assertThat(output.toString()).contains("said and done");

      assertThat(client.closeGracefully()).isTrue(); // close() alone does not wait for the process.
    }
  }

  private static CallToolResult call(McpSyncClient client, String tool, Map<String, Object> with) {
    CallToolResult result = client.callTool(CallToolRequest.builder(tool).arguments(with).build());
    assertThat(result.isError()).as(result.toString()).isNotEqualTo(true);
    return result;
  }

  @Test
  void the_inspector_lists_and_calls_tools() throws Exception {
    Path inspector = INSPECTOR.require();
    // The inspector would take the options of the command for its own.
    Path script = folder.resolve("sideline");
    Files.writeString(
        script,
        "#!/bin/sh\nexec '"
            + String.join(
                "' '", HostJar.command("mcp", "--structured", "--data", folder.toString()))
            + "'\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));

    JsonNode tools = inspect(inspector, script, "--method", "tools/list");
    assertThat(tools.path("tools").findValuesAsText("name")).contains("background_task");

    JsonNode answer =
        inspect(inspector, script, "--method", "tools/call", "--tool-name", "background_list");
    assertThat(answer.at("/content/0/text").asText()).isEqualTo("You have no background tasks.");
    assertThat(answer.at("/structuredContent/total").asInt(-1)).isZero();
  }

  private JsonNode inspect(Path inspector, Path script, String... arguments) throws Exception {
    List<String> words = new ArrayList<>(List.of(inspector.toString(), "--cli", script.toString()));
    words.addAll(List.of(arguments));
    return JSON.readTree(output(words));
  }

  private String output(List<String> words) throws Exception {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("HOME", folder.toString());
    Process process = builder.start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(err)).isZero();
    return Files.readString(out);
  }
}
