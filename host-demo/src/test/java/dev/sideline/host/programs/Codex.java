package dev.sideline.host.programs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Codex, which asks its model in OpenAI's newer format. */
record Codex(Path binary) implements AgentProgram {

  private static final NpmProgram PROGRAM =
      NpmProgram.of(
          "codex", "0.171.0", "@openai/codex", "@openai/codex-*/vendor/*/bin/codex{,.exe}");

  /** Fetches it; skips the running test if it cannot be had. */
  static Codex require() {
    return new Codex(PROGRAM.require());
  }

  @Override
  public String name() {
    return "codex";
  }

  @Override
  public void setUp(Workplace place) throws IOException {
    place.write(
        "home/.codex/config.toml",
        """
        model = "fake"
        model_provider = "scripted"
        check_for_update_on_startup = false

        [analytics]
        enabled = false

        [model_providers.scripted]
        name = "scripted"
        base_url = "%s"
        env_key = "FAKE_KEY"
        wire_api = "responses"
        request_max_retries = 0
        stream_max_retries = 0

        [projects."%s"]
        trust_level = "trusted"
        """
            .formatted(place.model().url(), place.project()));
  }

  @Override
  public List<String> command(String prompt) {
    return List.of(
        binary.toString(),
        "exec",
        "--skip-git-repo-check",
        "--dangerously-bypass-hook-trust", // There is nobody who could allow it.
        prompt);
  }

  /** The command line that goes on with the newest conversation in a project. */
  List<String> resume(String prompt) {
    return List.of(
        binary.toString(),
        "exec",
        "resume",
        "--last",
        "--skip-git-repo-check",
        "--dangerously-bypass-hook-trust",
        prompt);
  }

  @Override
  public boolean tellsWhatHooksSay() {
    return false;
  }

  @Override
  public Map<String, String> environment(Workplace place) {
    return Map.of("FAKE_KEY", "not-a-secret");
  }
}
