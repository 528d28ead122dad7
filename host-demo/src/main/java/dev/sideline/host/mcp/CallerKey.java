package dev.sideline.host.mcp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
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
   * @throws IOException if there is none, it is damaged, or others than the owner may read it; the
   *     message names the file and says what to do
   */
  public static CallerKey read(Path file) throws IOException {
    try {
      refuseIfOthersMayRead(file);
      if (Files.size(file) > LONGEST_FILE) {
        throw damaged(file);
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.US_ASCII);
      if (!FORM.matcher(text).matches()) {
        throw damaged(file);
      }
      return new CallerKey(text.strip());
    } catch (NoSuchFileException e) {
      throw new IOException(
          "caller key " + file + " does not exist; 'connect opencode' writes it", e);
    }
  }

  /**
   * Reads a key, and makes it first if the file does not exist, together with the directory that it
   * is in.
   *
   * @throws IOException as {@link #read}, or if the file cannot be written
   */
  public static CallerKey readOrCreate(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      create(file);
    }
    return read(file);
  }

  private static void create(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      Files.createDirectories(directory, ownerOnly(directory.getRoot(), "rwx------"));
    }
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    try {
      Files.createFile(file, ownerOnly(file.toAbsolutePath().getRoot(), "rw-------"));
    } catch (FileAlreadyExistsException e) {
      return; // Somebody else was faster; theirs is as good.
    }
    Files.writeString(file, HexFormat.of().formatHex(secret) + "\n", StandardCharsets.US_ASCII);
  }

  private static FileAttribute<?>[] ownerOnly(Path place, String permissions) throws IOException {
    return hasPosixPermissions(place)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean hasPosixPermissions(Path place) throws IOException {
    return Files.getFileStore(place).supportsFileAttributeView(PosixFileAttributeView.class);
  }

  private static void refuseIfOthersMayRead(Path file) throws IOException {
    if (!hasPosixPermissions(file)) {
      return;
    }
    Set<PosixFilePermission> beyond = EnumSet.noneOf(PosixFilePermission.class);
    beyond.addAll(Files.getPosixFilePermissions(file));
    beyond.removeAll(OWNER_ONLY);
    if (!beyond.isEmpty()) {
      throw new IOException(
          "caller key "
              + file
              + " is open to others than its owner (also "
              + beyond
              + "), so anyone may have it; delete it and run 'connect opencode' again");
    }
  }

  private static IOException damaged(Path file) {
    return new IOException(
        "caller key "
            + file
            + " must be 64 hexadecimal digits and is not; delete it and run 'connect opencode'"
            + " again");
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
