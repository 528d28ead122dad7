package dev.sideline.host.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.file.OwnFiles;
import dev.sideline.host.file.SmallFile;
import dev.sideline.host.file.StableName;
import dev.sideline.host.file.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What files were before connecting changed them, in a folder that only the user may read: from it
 * a file is given back to the byte. If it is lost, nothing else is: ours is then taken out of a
 * file by what it says.
 */
public final class Originals {

  /** So large is what is kept of a file of 16 MiB. */
  private static final int MEBIBYTES = 24;

  /**
   * What is kept of a file.
   *
   * @param text what it was; null if there was no file
   * @param written the digest of what was written in its place
   * @param folders those that had to be made for it, the topmost first
   */
  record Kept(@Nullable String text, String written, List<Path> folders) {

    /** Whether a file is still as it was left. */
    boolean isLeftAs(@Nullable String now) {
      return now != null && digest(now).equals(written);
    }

    Kept withFolders(List<Path> made) {
      List<Path> all = new ArrayList<>(folders);
      made.stream().filter(folder -> !folders.contains(folder)).forEach(all::add);
      return new Kept(text, written, all);
    }

    FileContent.Before before() {
      return new FileContent.Before(text);
    }
  }

  private final Path folder;

  /**
   * @param folder where they are kept; need not exist
   */
  public Originals(Path folder) {
    this.folder = Objects.requireNonNull(folder, "folder");
  }

  /** What is kept of a file; null if nothing is, or what is there makes no sense. */
  @Nullable Kept of(Path file) throws IOException {
    Path record = recordOf(file);
    if (!Files.isRegularFile(record, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    OwnFiles.requireOwnFolder(folder);
    JsonNode kept;
    try {
      kept = JsoncSyntax.JSON.readTree(SmallFile.text(SmallFile.bytes(record, MEBIBYTES)));
    } catch (IOException e) {
      return null; // As good as lost.
    }
    if (!kept.path("file").asText().equals(file.toString()) || !kept.path("written").isTextual()) {
      return null;
    }
    return parsed(kept);
  }

  private static Kept parsed(JsonNode kept) {
    List<Path> folders = new ArrayList<>();
    kept.path("folders").forEach(made -> folders.add(Path.of(made.asText())));
    return new Kept(
        kept.path("original").textValue(), kept.path("written").asText(), List.copyOf(folders));
  }

  /** Keeps what a file was, in the place of what was kept of it before. */
  void keep(Path file, Kept kept, Undo undo) throws IOException {
    WholeFile.createSecretFolder(folder);
    OwnFiles.requireOwnFolder(folder);
    ObjectNode record = JsoncSyntax.JSON.createObjectNode();
    record.put("file", file.toString());
    record.put("original", kept.text());
    record.put("written", kept.written());
    kept.folders().forEach(made -> record.withArrayProperty("folders").add(made.toString()));
    Path place = recordOf(file);
    takeBack(place, undo);
    WholeFile.replaceSecret(place, record.toPrettyString() + "\n");
  }

  /** Keeps nothing of a file any more. */
  void forget(Path file, Undo undo) throws IOException {
    Path place = recordOf(file);
    takeBack(place, undo);
    Files.deleteIfExists(place);
  }

  private static void takeBack(Path place, Undo undo) throws IOException {
    if (Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)) {
      String old = SmallFile.text(SmallFile.bytes(place, MEBIBYTES));
      undo.add(() -> WholeFile.replaceSecret(place, old));
    } else {
      undo.add(() -> Files.deleteIfExists(place));
    }
  }

  private Path recordOf(Path file) {
    return folder.resolve(StableName.of(file.toString()) + ".json");
  }

  static String digest(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
