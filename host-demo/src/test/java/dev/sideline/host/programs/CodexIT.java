package dev.sideline.host.programs;

import dev.sideline.host.cli.HostJar;
import java.io.IOException;
import java.util.List;

/** Our tools in Codex. */
class CodexIT extends ProgramContract {

  @Override
  AgentProgram require() {
    return Codex.require();
  }

  @Override
  void connect(Workplace place) throws IOException {
    List<String> words = HostJar.command("mcp", "--data", place.data().toString());
    place.write(
        "project/.codex/config.toml",
        """
        [mcp_servers.sideline]
        command = "%s"
        args = ["%s"]
        required = true
        default_tools_approval_mode = "approve"
        """
            .formatted(words.get(0), String.join("\", \"", words.subList(1, words.size()))));
  }
}
