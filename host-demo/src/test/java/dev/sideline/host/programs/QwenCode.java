package dev.sideline.host.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Qwen Code, which asks its model in OpenAI's older format, and needs a newer Node.js than most.
 */
record QwenCode(Path script) implements AgentProgram {

  private static final NpmProgram PROGRAM =
      NpmProgram.of(
              "qwen-code", "0.24.4", "@qwen-code/qwen-code", "@qwen-code/qwen-code/cli-entry.js")
          .with("node-" + NpmProgram.platform() + "@22");

  /** Fetches it; skips the running test if it cannot be had. */
  static QwenCode require() {
    return new QwenCode(PROGRAM.require());
  }

  @Override
  public String name() {
    return "qwen";
  }

  @Override
  public void setUp(Workplace place) throws IOException {
    place.write(
        "home/.qwen/settings.json",
        """
        {
          "security": {"auth": {"selectedType": "openai"}},
          "general": {"enableAutoUpdate": false, "disableAutoUpdate": true},
          "privacy": {"usageStatisticsEnabled": false},
          "telemetry": {"enabled": false}
        }
        """);
  }

  /** It starts no server of a project that its user has not approved. */
  @Override
  public void afterConnect(Workplace place) throws IOException {
    ProgramRun approved = ProgramRun.of(words("mcp", "approve", "sideline"), this, place);
    assertThat(approved.exitCode()).as(approved.toString()).isZero();
  }

  @Override
  public List<String> command(String prompt) {
    return words("-p", prompt);
  }

  private List<String> words(String... arguments) {
    Path modules = script.getParent().getParent().getParent();
    Path node = modules.resolve("node-" + NpmProgram.platform()).resolve("bin/node");
    return Stream.concat(Stream.of(node.toString(), script.toString()), Stream.of(arguments))
        .toList();
  }

  @Override
  public boolean tellsWhatHooksSay() {
    return true;
  }

  @Override
  public Map<String, String> environment(Workplace place) {
    return Map.of(
        "OPENAI_API_KEY", "not-a-secret",
        "OPENAI_BASE_URL", place.model().url().toString(),
        "OPENAI_MODEL", "fake");
  }
}
