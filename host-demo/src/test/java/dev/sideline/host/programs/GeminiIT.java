package dev.sideline.host.programs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.cli.HostJar;
import java.io.IOException;
import java.util.List;

/** Our tools in Gemini CLI. */
class GeminiIT extends ProgramContract {

  @Override
  AgentProgram require() {
    return GeminiCli.require();
  }

  @Override
  void connect(Workplace place) throws IOException {
    JsonMapper json = new JsonMapper();
    List<String> words = HostJar.command("mcp", "--data", place.data().toString());
    ObjectNode root = json.createObjectNode();
    ObjectNode server = root.putObject("mcpServers").putObject("sideline");
    server.put("command", words.get(0)).put("trust", true);
    words.subList(1, words.size()).forEach(server.withArray("args")::add);
    place.write("project/.gemini/settings.json", json.writeValueAsString(root));
  }
}
