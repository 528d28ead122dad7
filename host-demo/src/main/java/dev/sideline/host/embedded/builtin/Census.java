package dev.sideline.host.embedded.builtin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what it meets on a walk through a directory. Does not follow links. */
final class Census extends SimpleFileVisitor<Path> {

  private static final int COMMONEST = 5;
  private static final int BUFFER_BYTES = 1 << 16;

  private final long deadline;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final Map<String, Long> byKind = new HashMap<>();
  private long files;
  private long folders;
  private long lines;
  private long bytes;
  private long unreadable;
  private boolean cutShort;

  /**
   * @param deadline when to stop, as {@link System#nanoTime} tells it
   */
  Census(long deadline) {
    this.deadline = deadline;
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
    folders++;
    return goOn();
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    if (attributes.isRegularFile()) {
      files++;
      bytes += attributes.size();
      byKind.merge(kind(file), 1L, Long::sum);
      countLines(file);
    }
    return goOn();
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException failure) {
    unreadable++;
    return goOn();
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) {
    if (failure != null) {
      unreadable++;
    }
    return goOn();
  }

  private FileVisitResult goOn() {
    if (System.nanoTime() - deadline < 0) {
      return FileVisitResult.CONTINUE;
    }
    cutShort = true;
    return FileVisitResult.TERMINATE;
  }

  private void countLines(Path file) {
    try (InputStream content = Files.newInputStream(file)) {
      for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
        for (int i = 0; i < count; i++) {
          if (buffer[i] == '\n') {
            lines++;
          }
        }
      }
    } catch (IOException notReadable) {
      unreadable++;
    }
  }

  private static String kind(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? "without an extension" : name.substring(dot);
  }

  long files() {
    return files;
  }

  long folders() {
    return folders;
  }

  long lines() {
    return lines;
  }

  long bytes() {
    return bytes;
  }

  long unreadable() {
    return unreadable;
  }

  boolean cutShort() {
    return cutShort;
  }

  /** The commonest kinds of file, with their numbers. */
  List<Map.Entry<String, Long>> commonest() {
    return byKind.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(COMMONEST)
        .toList();
  }
}
