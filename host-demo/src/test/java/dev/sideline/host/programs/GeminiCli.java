package dev.sideline.host.programs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Gemini CLI, which asks its model in Google's format. */
record GeminiCli(Path script) implements AgentProgram {

  private static final NpmProgram PROGRAM =
      NpmProgram.of(
          "gemini-cli", "0.61.0", "@google/gemini-cli", "@google/gemini-cli/bundle/gemini.js");

  /** Fetches it; skips the running test if it cannot be had. */
  static GeminiCli require() {
    return new GeminiCli(PROGRAM.require());
  }

  @Override
  public String name() {
    return "gemini";
  }

  @Override
  public void setUp(Workplace place) throws IOException {
    place.write(
        "home/.gemini/settings.json",
        """
        {
          "security": {"auth": {"selectedType": "gemini-api-key"}},
          "general": {"enableAutoUpdate": false, "enableAutoUpdateNotification": false},
          "privacy": {"usageStatisticsEnabled": false},
          "telemetry": {"enabled": false}
        }
        """);
    // Of a folder that is not trusted, it reads no settings, whatever its options say.
    place.write(
        "home/.gemini/trustedFolders.json",
        "{\"%s\": \"TRUST_FOLDER\"}".formatted(place.project()));
  }

  @Override
  public List<String> command(String prompt) {
    return List.of("node", script.toString(), "-m", "gemini-2.5-pro", "-p", prompt);
  }

  @Override
  public boolean tellsWhatHooksSay() {
    return true;
  }

  @Override
  public Map<String, String> environment(Workplace place) {
    return Map.of(
        "GEMINI_API_KEY", "not-a-secret",
        "GOOGLE_GEMINI_BASE_URL", place.model().url("").toString(),
        "GEMINI_CLI_NO_RELAUNCH", "true");
  }
}
