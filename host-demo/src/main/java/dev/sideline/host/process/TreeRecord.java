package dev.sideline.host.process;

import dev.sideline.host.file.OwnFiles;
import dev.sideline.host.file.SmallFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A file that tells the next host what this one has started, should both this host and its watcher
 * be killed. Only its owner can read it. The host deletes it when nothing is left.
 *
 * <pre>
 * sideline-host 1
 * place BOOT-ID PID-NAMESPACE
 * host PID START SESSION MARK LIMIT
 * tree PID START
 * </pre>
 */
final class TreeRecord {

  private static final String HEAD = "sideline-host 1";
  private static final int MAX_LINES = 1_000;

  private final Path file;
  private final List<String> head;
  private final Set<SystemProcess> roots = new LinkedHashSet<>();
  private int lines;

  private TreeRecord(Path file, List<String> head) {
    this.file = file;
    this.head = head;
  }

  /** What a record tells. */
  record Content(String place, SystemProcess host, TreeSigns signs, List<SystemProcess> roots) {}

  /** Makes the file, under a name that nobody can guess, in a folder that is made as well. */
  static TreeRecord create(Path folder, String host, SystemProcess self, long limit)
      throws IOException {
    Files.createDirectories(folder, ownerOnly("rwx------"));
    List<String> head =
        List.of(
            HEAD,
            "place " + ProcessTable.place(),
            "host %d %d %d %s %d".formatted(self.pid(), self.start(), self.session(), host, limit));
    TreeRecord record = new TreeRecord(folder.resolve(host), head);
    Files.createFile(record.file, ownerOnly("rw-------"));
    record.append(head);
    return record;
  }

  private static FileAttribute<?>[] ownerOnly(String permissions) {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    Set<PosixFilePermission> owner = PosixFilePermissions.fromString(permissions);
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(owner)};
  }

  Path file() {
    return file;
  }

  void started(SystemProcess root) throws IOException {
    roots.add(root);
    if (++lines > MAX_LINES + roots.size()) {
      rewrite();
    } else {
      append(List.of(line(root)));
    }
  }

  /** What is over may stay in the file: no other process will have its id and its start. */
  void ended(SystemProcess root) {
    roots.remove(root);
  }

  private void append(List<String> more) throws IOException {
    Files.write(
        file, more, StandardCharsets.UTF_8, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
  }

  private void rewrite() throws IOException {
    List<String> all = new ArrayList<>(head);
    roots.stream().map(TreeRecord::line).forEach(all::add);
    Path written = Files.createTempFile(file.getParent(), "new", "", ownerOnly("rw-------"));
    Files.write(written, all, StandardCharsets.UTF_8);
    Files.move(written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    lines = roots.size();
  }

  private static String line(SystemProcess root) {
    return "tree " + root.pid() + " " + root.start();
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read or is no record
   */
  static Content read(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || OwnFiles.belongsToAnother(file)) {
      throw new IOException(file + " is no record");
    }
    List<String> all = SmallFile.read(file, LinkOption.NOFOLLOW_LINKS).lines().toList();
    if (all.size() < 3 || !all.get(0).equals(HEAD)) {
      throw new IOException(file + " is no record, or was not written to its end");
    }
    try {
      String[] host = all.get(2).split(" ", -1);
      SystemProcess self = process(host[1], host[2]);
      TreeSigns signs =
          new TreeSigns(
              mark(host[4]),
              OptionalLong.of(Long.parseLong(host[5])),
              self.start(),
              self.pid(),
              Long.parseLong(host[3]));
      return new Content(all.get(1).substring("place ".length()), self, signs, roots(all));
    } catch (RuntimeException malformed) {
      throw new IOException(file + " is no record", malformed);
    }
  }

  private static List<SystemProcess> roots(List<String> all) {
    return all.stream()
        .skip(3)
        .map(line -> line.split(" ", -1))
        // The last line may be half written.
        .filter(words -> words.length == 3 && words[0].equals("tree"))
        .flatMap(words -> Stream.of(process(words[1], words[2])))
        .toList();
  }

  private static SystemProcess process(String pid, String start) {
    return new SystemProcess(
        Long.parseLong(pid),
        0,
        SystemProcess.UNKNOWN,
        SystemProcess.UNKNOWN,
        Long.parseLong(start));
  }

  /** An empty mark would be found in every environment. */
  private static String mark(String text) {
    return UUID.fromString(text).toString();
  }
}
