package dev.sideline.host.owner;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The program that a process runs, so that two processes find out whether it is the same.
 *
 * @param version such as {@code 0.1.0}
 * @param jar its file, absolute; empty if it runs from none
 * @param size of the file, in bytes
 * @param modified when the file was last written, in milliseconds of the epoch
 */
public record Program(String version, String jar, long size, long modified) {

  static final String VERSION = "version";
  static final String JAR = "jar";
  static final String SIZE = "size";
  static final String MODIFIED = "modified";

  /**
   * The program of a file as it is now.
   *
   * @param jar null if it runs from none
   */
  public static Program of(String version, @Nullable Path jar) {
    try {
      return jar == null
          ? new Program(version, "", 0, 0)
          : new Program(
              version, jar.toString(), Files.size(jar), Files.getLastModifiedTime(jar).toMillis());
    } catch (IOException e) {
      return new Program(version, jar.toString(), 0, 0); // It is gone: another one than before.
    }
  }

  /**
   * Whether this one is to take the place of another: it has a greater version, or is what stands
   * now where the other was started from.
   */
  public boolean replaces(Program other) {
    return isNewer(other)
        || (!jar.isEmpty()
            && jar.equals(other.jar)
            && version.equals(other.version)
            && (size != other.size || modified != other.modified));
  }

  private boolean isNewer(Program other) {
    String[] mine = numbers(version);
    String[] others = numbers(other.version);
    for (int i = 0; i < Math.max(mine.length, others.length); i++) {
      int difference = number(mine, i) - number(others, i);
      if (difference != 0) {
        return difference > 0;
      }
    }
    return false;
  }

  private static String[] numbers(String version) {
    return version.split("[^0-9]+", -1);
  }

  private static int number(String[] numbers, int index) {
    String text = index < numbers.length ? numbers[index] : "";
    return text.isEmpty() || text.length() > 9 ? 0 : Integer.parseInt(text);
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStringField(VERSION, version);
    json.writeStringField(JAR, jar);
    json.writeNumberField(SIZE, size);
    json.writeNumberField(MODIFIED, modified);
  }
}
