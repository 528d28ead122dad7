package dev.sideline.host.programs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Claude Code, which asks its model in Anthropic's format. */
record ClaudeCode(Path binary) implements AgentProgram {

  private static final NpmProgram PROGRAM =
      NpmProgram.of(
          "claude-code",
          "2.1.332",
          "@anthropic-ai/claude-code-" + NpmProgram.platform(),
          "@anthropic-ai/claude-code-*/claude{,.exe}");

  /** Fetches it; skips the running test if it cannot be had. */
  static ClaudeCode require() {
    return new ClaudeCode(PROGRAM.require());
  }

  @Override
  public String name() {
    return "claude";
  }

  @Override
  public void setUp(Workplace place) throws IOException {
    place.write(
        "home/.claude.json",
        """
        {"hasCompletedOnboarding": true, "projects": {"%s": {"hasTrustDialogAccepted": true}}}
        """
            .formatted(place.project()));
  }

  @Override
  public List<String> command(String prompt) {
    return List.of(binary.toString(), "-p", prompt);
  }

  @Override
  public boolean tellsWhatHooksSay() {
    return false;
  }

  @Override
  public Map<String, String> environment(Workplace place) {
    return Map.of(
        "ANTHROPIC_BASE_URL", place.model().url("").toString(),
        "ANTHROPIC_API_KEY", "not-a-secret",
        "DISABLE_AUTOUPDATER", "1",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");
  }
}
