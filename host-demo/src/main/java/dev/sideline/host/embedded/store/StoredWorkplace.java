package dev.sideline.host.embedded.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What is kept of a workplace, once for all sessions that have it.
 *
 * @param id the same for the same content
 * @param content as whoever gave it writes it
 */
public record StoredWorkplace(String id, String content) {

  /** That of a content. */
  public static StoredWorkplace of(String content) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return new StoredWorkplace(HexFormat.of().formatHex(digest), content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
