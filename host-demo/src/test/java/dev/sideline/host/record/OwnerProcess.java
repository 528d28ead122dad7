package dev.sideline.host.record;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Another process that claims a data folder. The first thing that it says is {@code claimed}, or
 * why it was refused; after that it carries out each line that it is told as a command of SQL, and
 * says {@code done}.
 */
final class OwnerProcess implements AutoCloseable {

  private final Process process;
  private final BufferedReader says;

  private OwnerProcess(Process process) {
    this.process = process;
    this.says =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static OwnerProcess start(Path folder, String... options) throws IOException {
    return start(List.of(), folder, options);
  }

  /**
   * Starts one.
   *
   * @param before the words that stand before its command line
   */
  static OwnerProcess start(List<String> before, Path folder, String... options)
      throws IOException {
    List<String> words = new ArrayList<>(before);
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of(options));
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    words.addAll(List.of(OwnerProcess.class.getName(), folder.toString()));
    return new OwnerProcess(
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** The next line that it says; null if it has ended. */
  String says() throws IOException {
    return says.readLine();
  }

  void tell(String sql) throws IOException {
    process.getOutputStream().write((sql + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  long pid() {
    return process.pid();
  }

  /** As {@code kill -9} does. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }

  /** The process. */
  public static void main(String[] args) throws Exception {
    try (DataDirectory data = DataDirectory.claim(Path.of(args[0]), "9.9")) {
      DataSource database = data.database("tasks");
      System.out.println("claimed");
      BufferedReader orders =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      try (Connection connection = database.getConnection();
          Statement statement = connection.createStatement()) {
        for (String sql = orders.readLine(); sql != null; sql = orders.readLine()) {
          statement.execute(sql);
          System.out.println("done");
        }
      }
    } catch (RecordException e) {
      System.out.println(e.problem() + " " + e.getMessage());
    }
  }
}
