package dev.sideline.host.mcp;

import dev.sideline.host.file.FileProblem;
import dev.sideline.host.file.OwnFiles;
import dev.sideline.host.file.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that a host of sessions and the tool server share: 256 random bits in a file that only
 * its owner can read, as 64 hexadecimal digits. Whoever has it can speak for any session.
 */
public final class CallerKey {

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}\\s*");
  private static final int LONGEST_FILE = 256;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final SecretKeySpec key;

  private CallerKey(String hex) {
    this.key = new SecretKeySpec(HexFormat.of().parseHex(hex), "HmacSHA256");
  }

  /**
   * Reads a key.
   *
   * @throws IOException if there is none, it is damaged, a link or somebody else's, or others than
   *     the owner may read it; the message names the file and says what to do
   */
  public static CallerKey read(Path file) throws IOException {
    try {
      refuseOddFile(file);
      refuseIfOthersMayRead(file);
      byte[] read;
      try (InputStream content = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        read = content.readNBytes(LONGEST_FILE + 1);
      }
      String text = new String(read, StandardCharsets.US_ASCII);
      if (read.length > LONGEST_FILE || !FORM.matcher(text).matches()) {
        throw refused(file, "must be 64 hexadecimal digits and is not");
      }
      return new CallerKey(text.strip());
    } catch (NoSuchFileException e) {
      throw new IOException(
          "caller key " + file + " does not exist; 'connect opencode' writes it", e);
    } catch (FileSystemException e) {
      throw new IOException("caller key " + file + ": " + FileProblem.words(e), e);
    }
  }

  /**
   * Makes a key, together with the folder that it is in, unless there is something of that name.
   *
   * @return whether it was made
   * @throws IOException if it cannot be written; nothing of it is there then
   */
  public static boolean create(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      WholeFile.createSecretFolder(directory);
    }
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    return WholeFile.createSecret(file, HexFormat.of().formatHex(secret) + "\n");
  }

  /**
   * Reads a key, and makes it first if the file does not exist.
   *
   * @throws IOException as {@link #read} and {@link #create}
   */
  public static CallerKey readOrCreate(Path file) throws IOException {
    create(file);
    return read(file);
  }

  private static void refuseOddFile(Path file) throws IOException {
    BasicFileAttributes kind =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!kind.isRegularFile()) {
      throw refused(file, kind.isSymbolicLink() ? "is a link" : "is no file");
    }
  }

  private static void refuseIfOthersMayRead(Path file) throws IOException {
    if (!WholeFile.hasPosixPermissions(file)) {
      return;
    }
    PosixFileAttributes attributes =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Set<PosixFilePermission> beyond = EnumSet.noneOf(PosixFilePermission.class);
    beyond.addAll(attributes.permissions());
    beyond.removeAll(OWNER_ONLY);
    if (!beyond.isEmpty()) {
      throw refused(
          file, "is open to others than its owner (also " + beyond + "), so anyone may have it");
    }
    if (OwnFiles.belongsToAnother(file)) {
      throw refused(file, "belongs to another user, " + attributes.owner().getName());
    }
  }

  private static IOException refused(Path file, String why) {
    return new IOException(
        "caller key " + file + " " + why + "; delete it and run 'connect opencode' again");
  }

  /** The HMAC-SHA256 of a text in UTF-8. */
  byte[] sign(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
