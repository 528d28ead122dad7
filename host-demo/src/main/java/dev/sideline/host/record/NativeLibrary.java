package dev.sideline.host.record;

import dev.sideline.host.file.FileProblem;
import dev.sideline.host.file.WholeFile;
import dev.sideline.host.record.RecordException.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * SQLite's native code, which is kept in a data folder from its first use on. The driver would
 * write it to the temporary folder at each start, where others may write too, from which nothing
 * may be run on some machines, and where each process that is killed leaves it behind.
 */
final class NativeLibrary {

  private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

  private static final String PATH = "org.sqlite.lib.path";
  private static final String NAME = "org.sqlite.lib.name";
  private static final String TEMPORARY = "org.sqlite.tmpdir";

  private static boolean loaded;

  private NativeLibrary() {}

  /**
   * Loads it, if that was not done yet in this process.
   *
   * @param folder the data folder; whoever has named another to the driver is asked nothing
   * @throws RecordException if it can be loaded from nowhere
   */
  static synchronized void load(Path folder) {
    if (loaded) {
      return;
    }
    boolean ours = System.getProperty(PATH) == null && System.getProperty(TEMPORARY) == null;
    try {
      if (ours) {
        offer(folder.resolve("native"));
      }
      // From the temporary folder, if not from there.
      loaded = SQLiteJDBCLoader.initialize();
    } catch (Exception e) {
      throw new RecordException(
          Problem.UNUSABLE,
          "SQLite could not be loaded ("
              + e.getMessage()
              + "); name a folder from which programs may be run with the JVM's option -D"
              + TEMPORARY
              + "=FOLDER",
          e);
    } finally {
      if (ours) {
        System.clearProperty(PATH);
        System.clearProperty(NAME);
      }
    }
  }

  private static void offer(Path folder) {
    String name = LibraryLoaderUtil.getNativeLibName();
    String own = SQLiteJDBCLoader.getVersion() + "-" + name;
    URL library =
        SQLiteJDBCLoader.class.getResource(
            LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name);
    if (library == null) {
      return; // None for this system; the driver says so.
    }
    try {
      WholeFile.createSecretFolder(folder);
      keep(library, folder.resolve(own));
      System.setProperty(PATH, folder.toString());
      System.setProperty(NAME, own);
    } catch (IOException e) {
      LOG.info("SQLite's library is not kept in {}: {}", folder, FileProblem.words(e));
    }
  }

  /** Another driver of the same version of SQLite may have another. */
  private static void keep(URL library, Path file) throws IOException {
    URLConnection connection = library.openConnection();
    if (!Files.exists(file) || Files.size(file) != connection.getContentLengthLong()) {
      try (InputStream content = connection.getInputStream()) {
        WholeFile.write(file, content.readAllBytes());
      }
    }
  }
}
