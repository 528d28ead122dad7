package dev.sideline.host.opencode.harness;

import dev.sideline.host.opencode.OpenCodeServer;
import dev.sideline.host.programs.NpmProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds the OpenCode program: where the environment variable {@code SIDELINE_OPENCODE} points, or
 * else fetched as any {@link NpmProgram} is. One that happens to be on the path is not taken unless
 * npm is missing, because its version is not the one that the tests were written against.
 */
public final class OpenCodeBinary {

  /** The version that the tests were written against. */
  public static final String VERSION = "1.18.33";

  private static final String POINTER = "SIDELINE_OPENCODE";
  private static final NpmProgram PROGRAM =
      NpmProgram.of(
          "opencode",
          VERSION,
          "opencode-ai",
          "opencode-{linux,darwin,windows}-*/bin/opencode{,.exe}");

  private OpenCodeBinary() {}

  /** The program; skips the running test if there is none and none can be fetched. */
  public static Path require() {
    try {
      return find();
    } catch (IOException e) {
      return NpmProgram.skip("OpenCode", e);
    }
  }

  private static Path find() throws IOException {
    String pointer = System.getenv(POINTER);
    if (pointer != null && !pointer.isEmpty()) {
      Path binary = Path.of(pointer);
      if (!Files.isExecutable(binary)) {
        throw new IOException(POINTER + " points to " + binary + ", which cannot be run");
      }
      return binary;
    }
    try {
      return PROGRAM.find();
    } catch (IOException e) {
      Optional<Path> onPath = OpenCodeServer.find(System.getenv("PATH"));
      if (onPath.isPresent()) {
        return onPath.get();
      }
      throw new IOException(e.getMessage() + ", or let " + POINTER + " point to opencode", e);
    }
  }
}
