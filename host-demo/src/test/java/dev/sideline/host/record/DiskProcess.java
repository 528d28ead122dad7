package dev.sideline.host.record;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What a process does on a disk of its own, which is full or read-only in the end. Each line that
 * it says is one thing that happened.
 */
final class DiskProcess {

  private DiskProcess() {}

  /**
   * The process.
   *
   * @param args what is to become of the disk, and where it is
   */
  public static void main(String[] args) throws Exception {
    Path disk = Path.of(args[1]);
    Path folder = disk.resolve("data");
    if (args[0].equals("full")) {
      full(folder, disk.resolve("filler"));
    } else {
      Records.inDatabase(folder, 10);
      new ProcessBuilder("mount", "-o", "remount,ro", disk.toString())
          .inheritIO()
          .start()
          .waitFor();
      open(folder);
    }
  }

  private static void full(Path folder, Path filler) throws Exception {
    Records.inDatabase(folder, 1);
    int acknowledged = 1;
    try (DataDirectory data = DataDirectory.claim(folder, "1.0");
        Connection connection = data.database("tasks").getConnection();
        Statement statement = connection.createStatement()) {
      while (true) {
        statement.execute("INSERT INTO kept (value) VALUES (hex(zeroblob(2000)))");
        acknowledged++;
      }
    } catch (SQLException e) {
      System.out.println("refused " + Problems.of(folder, e).problem());
    }
    System.out.println("acknowledged " + acknowledged);
    fill(filler);
    open(folder);
    Files.delete(filler);
    open(folder);
  }

  private static void fill(Path filler) throws IOException {
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(new byte[256]);
      }
    } catch (IOException e) {
      System.out.println("filled");
    }
  }

  private static void open(Path folder) throws SQLException {
    try (DataDirectory data = DataDirectory.claim(folder, "1.0")) {
      System.out.println("found " + Records.count(data.database("tasks")));
    } catch (RecordException e) {
      System.out.println(e.problem() + " " + e.getMessage());
    }
  }
}
