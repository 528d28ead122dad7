package dev.sideline.api.leak;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What lies in the temporary directory, if the build has given this JVM one of its own, which is
 * one below the working directory. In a shared one nobody can tell whose the files are.
 */
final class TemporaryFiles {

  private static final Path DIRECTORY =
      Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath().normalize();
  private static final boolean OWN = DIRECTORY.startsWith(Path.of("").toAbsolutePath().normalize());

  private TemporaryFiles() {}

  /** Whether the temporary directory is watched. */
  static boolean watched() {
    return OWN;
  }

  static Map<String, String> present() {
    Map<String, String> present = new TreeMap<>();
    if (OWN) {
      for (Path entry : ProcFiles.entries(DIRECTORY)) {
        // JUnit removes its own (@TempDir) after every check.
        if (!entry.getFileName().toString().startsWith("junit-")) {
          present.put("file " + entry, "temporary file " + entry);
        }
      }
    }
    return present;
  }
}
