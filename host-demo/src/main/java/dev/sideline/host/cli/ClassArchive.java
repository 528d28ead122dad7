package dev.sideline.host.cli;

import dev.sideline.host.file.OwnFiles;
import dev.sideline.host.file.StableName;
import dev.sideline.host.file.WholeFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The classes of this program as a JVM has them once it has started, in a file that the next one
 * maps into memory instead of reading a jar (application class data sharing). It belongs to one
 * place of the jar and one JDK; a JVM to which it does not belong ignores it.
 *
 * @param folder where it is, or will be
 * @param name of its file
 */
record ClassArchive(Path folder, String name) {

  private static final long MAKING_SECONDS = 60;

  /** What a client says first, so that the classes are loaded that its first answers need. */
  private static final String FIRST_WORDS =
      """
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
      "capabilities":{},"clientInfo":{"name":"sideline","version":"1"}}}
      {"jsonrpc":"2.0","method":"notifications/initialized"}
      {"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}}
      """;

  /** Of a server that is not there: it is asked for when the first call comes. */
  private static final List<String> SERVE =
      List.of("mcp", "--runtime=opencode", "--opencode-url=http://127.0.0.1:1");

  /** The one of a jar and of the JDK that runs this, in a folder of the user's data. */
  static ClassArchive in(Path data, Path jar) {
    String whose =
        String.join(
            "\n", jar.toString(), System.getProperty("java.home"), Runtime.version().toString());
    return new ClassArchive(data.resolve("startup"), StableName.of(whose) + ".jsa");
  }

  private Path file() {
    return folder.toAbsolutePath().resolve(name);
  }

  /** Of a JVM that starts from it if it can. */
  List<String> options() {
    return List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + file());
  }

  /**
   * Makes it, unless there is one that is younger than the jar.
   *
   * @param java the JVM's program and options with which it will be used
   * @throws IOException if it cannot be made; nothing is left of it then
   */
  void make(List<String> java, Path jar) throws IOException, InterruptedException {
    // Whoever could write there could have classes of theirs run by the JVM.
    WholeFile.createSecretFolder(folder);
    OwnFiles.requireOwnFolder(folder);
    Path file = file();
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && !OwnFiles.belongsToAnother(file)
        && Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(jar)) > 0) {
      return;
    }
    Path fresh = Files.createTempFile(folder, "new", ".jsa");
    try {
      List<String> words = new ArrayList<>(java);
      words.add("-XX:ArchiveClassesAtExit=" + fresh);
      words.addAll(List.of("-jar", jar.toString()));
      words.addAll(SERVE);
      run(words);
      if (!Files.exists(fresh) || Files.size(fresh) == 0) {
        throw new IOException("this JVM keeps no classes in a file");
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static void run(List<String> words) throws IOException, InterruptedException {
    Process server =
        new ProcessBuilder(words)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      try (OutputStream in = server.getOutputStream()) {
        in.write(FIRST_WORDS.getBytes(StandardCharsets.UTF_8));
      }
      if (!server.waitFor(MAKING_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("it was not made within " + MAKING_SECONDS + " s");
      }
      if (server.exitValue() != 0) {
        throw new IOException("the JVM that was to make it ended with " + server.exitValue());
      }
    } finally {
      server.destroyForcibly();
    }
  }
}
