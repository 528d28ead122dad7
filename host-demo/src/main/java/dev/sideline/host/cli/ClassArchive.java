package dev.sideline.host.cli;

import dev.sideline.host.file.OwnFiles;
import dev.sideline.host.file.SmallFile;
import dev.sideline.host.file.WholeFile;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The classes of this program as a JVM has them once it has started, in a file that the next one
 * maps into memory instead of reading a jar (application class data sharing). It belongs to one jar
 * and one JDK as they were when it was made; a note beside it says which. The launcher {@code
 * sideline} goes by the same names and the same note.
 *
 * @param folder where it is, or will be
 * @param jar that of this program, absolute
 * @param jdk the home of the JDK, no link
 */
record ClassArchive(Path folder, Path jar, Path jdk) {

  /** How the name of a note goes on after that of its archive. */
  static final String NOTE = ".of";

  /** How the name of an archive begins that is being made. */
  static final String DRAFT = "new";

  private static final long MAKING_SECONDS = 60;

  /** What a client says first, so that the classes are loaded that its first answers need. */
  private static final String FIRST_WORDS =
      """
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
      "capabilities":{},"clientInfo":{"name":"sideline","version":"1"}}}
      {"jsonrpc":"2.0","method":"notifications/initialized"}
      {"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}}
      """;

  /** Of the owner that is rehearsed, which is gone again after that. */
  private static final String REHEARSAL = "rehearsal";

  /** The one of a jar and of the JDK that runs this, in a folder of the user's data. */
  static ClassArchive in(Path data, Path jar) {
    return new ClassArchive(
        data.toAbsolutePath().resolve("startup"), jar, Path.of(System.getProperty("java.home")));
  }

  /** Where it is, or will be: the same place for the same jar and JDK, whatever becomes of them. */
  Path file() {
    return folder.resolve(PosixChecksum.of(jar + "\n" + jdk + "\n") + ".jsa");
  }

  /** Where it stands to which jar and JDK it belongs, or that it could not be made for them. */
  Path note() {
    return folder.resolve(file().getFileName() + NOTE);
  }

  /** Of a JVM that starts from it if it can. */
  List<String> options() {
    return List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + file());
  }

  /** Whether there is one, of the jar and the JDK as they are now. */
  boolean fits() throws IOException {
    return Files.isRegularFile(file(), LinkOption.NOFOLLOW_LINKS)
        && !OwnFiles.belongsToAnother(file())
        && Files.getLastModifiedTime(file()).compareTo(Files.getLastModifiedTime(jar)) >= 0
        && wasTried();
  }

  /** Whether it was made, or could not be made, for the jar and the JDK as they are now. */
  boolean wasTried() throws IOException {
    return Files.isRegularFile(note(), LinkOption.NOFOLLOW_LINKS)
        && Files.getLastModifiedTime(note()).compareTo(Files.getLastModifiedTime(jar)) >= 0
        && Arrays.equals(SmallFile.bytes(note(), 1), belongsTo().getBytes(StandardCharsets.UTF_8));
  }

  /** What the note says. JDKs are often replaced in their place; what they are stands in a file. */
  private String belongsTo() throws IOException {
    Path release = jdk.resolve("release");
    String version = Files.isRegularFile(release) ? SmallFile.read(release) : "";
    String all = "jar " + jar + "\nsize " + Files.size(jar) + "\njdk " + jdk + "\n" + version;
    return all.stripTrailing() + "\n";
  }

  /**
   * Makes it, unless there is one that fits.
   *
   * @param java the JVM's program and options with which it will be used
   * @throws IOException if it cannot be made; nothing is left of it then
   */
  void make(List<String> java) throws IOException, InterruptedException {
    if (file().toString().contains(File.pathSeparator)) { // There the JVM ends the archive's name.
      throw new IOException(folder + " has a '" + File.pathSeparator + "' in its name");
    }
    // Whoever could write there could have classes of theirs run by the JVM.
    WholeFile.createSecretFolder(folder);
    OwnFiles.requireOwnFolder(folder);
    if (fits()) {
      return;
    }
    OldArchives.deleteIn(folder);
    String belongsTo = belongsTo();
    Path fresh = Files.createTempFile(folder, DRAFT, ".jsa");
    try {
      List<String> words = new ArrayList<>(java);
      words.add("-XX:ArchiveClassesAtExit=" + fresh);
      words.addAll(List.of("-jar", jar.toString()));
      Path rehearsal = Files.createTempDirectory(folder, REHEARSAL);
      words.addAll(List.of("startup", StartupCommand.REHEARSE, "--data", rehearsal.toString()));
      try {
        run(words);
      } finally {
        delete(rehearsal);
      }
      if (!Files.exists(fresh) || Files.size(fresh) == 0) {
        throw new IOException("this JVM keeps no classes in a file");
      }
      Files.move(
          fresh, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      WholeFile.write(note(), belongsTo);
      notOlderThanJar(file());
      notOlderThanJar(note());
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(one);
      }
    }
  }

  /** A jar may come from a machine whose clock is ahead; what was made of it is not stale then. */
  private void notOlderThanJar(Path made) throws IOException {
    FileTime time = Files.getLastModifiedTime(jar);
    if (Files.getLastModifiedTime(made).compareTo(time) < 0) {
      Files.setLastModifiedTime(made, time);
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
