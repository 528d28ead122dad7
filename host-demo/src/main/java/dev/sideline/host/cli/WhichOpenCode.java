package dev.sideline.host.cli;

import dev.sideline.host.opencode.OpenCode2;
import dev.sideline.host.opencode.OpenCodeOptions;
import dev.sideline.host.opencode.ServerIdentity;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** Which OpenCode there is, for a person who is about to rely on it. Never a reason to fail. */
final class WhichOpenCode {

  private WhichOpenCode() {}

  /** What is wrong with the server that is named, else with the program on the path, in words. */
  static Optional<String> problem(CommonOptions options) {
    URI named = options.openCodeUrl;
    return named == null
        ? ofTheProgram()
        : ofTheServer(named, options.surroundings().environment());
  }

  private static Optional<String> ofTheProgram() {
    return InstalledProgram.look("opencode")
        .filter(program -> OpenCode2.isVersion(program.version()))
        .map(program -> program.file() + ": " + OpenCode2.words(program.version()));
  }

  private static Optional<String> ofTheServer(URI named, Map<String, String> environment) {
    try {
      ServerIdentity found = ServerIdentity.ask(OpenCodeOptions.of(named, environment));
      return found.problem().map(problem -> named + ": " + problem);
    } catch (IllegalArgumentException e) {
      return Optional.of("--opencode-url: " + e.getMessage());
    }
  }
}
