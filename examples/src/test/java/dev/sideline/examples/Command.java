package dev.sideline.examples;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command that was run in a folder, with this JVM's tools first on its path. */
record Command(int exitCode, String output) {

  static Command run(Path folder, List<String> command) throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"));
    Path output = Files.createTempFile(folder, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("JAVA_HOME", java.toString());
    builder.environment().merge("PATH", java.resolve("bin").toString(), Command::before);
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(5, TimeUnit.MINUTES);
      String said = Files.readString(output);
      if (!ended) {
        throw new AssertionError(command + " does not end:\n" + said);
      }
      return new Command(process.exitValue(), said);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private static String before(String path, String first) {
    return first + File.pathSeparator + path;
  }
}
