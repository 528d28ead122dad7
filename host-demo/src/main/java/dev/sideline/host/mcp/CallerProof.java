package dev.sideline.host.mcp;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A signed statement of a host of sessions: this call of this tool comes from that session.
 *
 * <p>As text: {@code v1.SESSION.CALL.MILLIS.NONCE.SIGNATURE}, the two ids in base64url without
 * padding, likewise the nonce of 12 bytes and the signature of 32. Signed is everything before the
 * last dot, followed by a dot and the tool's name. Kept short, because conversations carry it.
 *
 * @param issuedAtMillis when it was signed, in milliseconds of the epoch
 * @param nonce never used twice
 */
record CallerProof(String sessionId, String callId, long issuedAtMillis, String nonce) {

  private static final int LONGEST = 4_096;
  private static final Pattern FORM =
      Pattern.compile("(v1\\.([\\w-]+)\\.([\\w-]*)\\.([0-9]{1,15})\\.([\\w-]{16}))\\.([\\w-]{43})");
  private static final Pattern ID = Pattern.compile("[!-~]{1,512}");

  /** Reads a proof; nothing if it was not signed with this key for this tool. */
  static Optional<CallerProof> verify(String text, String tool, CallerKey key) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    byte[] claimed = parts.group(6).getBytes(StandardCharsets.US_ASCII);
    byte[] expected = signature(parts.group(1), tool, key).getBytes(StandardCharsets.US_ASCII);
    if (!MessageDigest.isEqual(claimed, expected)) {
      return Optional.empty();
    }
    try {
      String session = decoded(parts.group(2));
      String call = decoded(parts.group(3));
      return ID.matcher(session).matches() && (call.isEmpty() || ID.matcher(call).matches())
          ? Optional.of(
              new CallerProof(session, call, Long.parseLong(parts.group(4)), parts.group(5)))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Not base64url.
    }
  }

  private static String decoded(String part) {
    return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
  }

  /** This proof as text. */
  String signed(String tool, CallerKey key) {
    String body =
        "v1." + encoded(sessionId) + "." + encoded(callId) + "." + issuedAtMillis + "." + nonce;
    return body + "." + signature(body, tool, key);
  }

  private static String signature(String body, String tool, CallerKey key) {
    return encoded(key.sign(body + "." + tool));
  }

  private static String encoded(String id) {
    return encoded(id.getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
