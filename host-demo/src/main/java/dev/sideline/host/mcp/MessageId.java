package dev.sideline.host.mcp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the id of a message that is not read as a whole, because it is too long, too deep or
 * damaged: the member {@code id} of the outermost object, wherever it stands. Takes a byte at a
 * time and keeps next to nothing.
 */
final class MessageId {

  private static final int MAX_ID_BYTES = 1_024;
  private static final byte[] NAME = "\"id\"".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern NUMBER = Pattern.compile("-?(?:0|[1-9][0-9]{0,30})");
  private static final Pattern TEXT =
      Pattern.compile("\"(?:[^\"\\\\\\p{Cntrl}\uFFFD]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4})*\"");

  private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
  private @Nullable String found;
  private long depth;
  private boolean inText;
  private boolean escaped;
  private boolean isId;

  /** The id of a message, as JSON; null if none can be found. */
  static @Nullable String in(byte[] message) {
    MessageId id = new MessageId();
    for (byte next : message) {
      id.read(next & 0xff);
    }
    return id.found();
  }

  void read(ByteArrayOutputStream bytes) {
    for (byte next : bytes.toByteArray()) {
      read(next & 0xff);
    }
  }

  void read(int next) {
    if (found != null) {
      return;
    }
    if (inText) {
      keep(next);
      inText = escaped || next != '"';
      escaped = !escaped && next == '\\';
      return;
    }
    switch (next) {
      case '"' -> {
        inText = true;
        keep(next);
      }
      case '{', '[' -> {
        depth++;
        startPiece();
      }
      case '}', ']' -> {
        endPiece();
        depth--;
      }
      case ',' -> endPiece();
      case ':' -> {
        isId = depth == 1 && java.util.Arrays.equals(piece.toByteArray(), NAME);
        piece.reset();
      }
      case ' ', '\t', '\r' -> {
        // Between pieces.
      }
      default -> keep(next);
    }
  }

  private void startPiece() {
    isId = false;
    piece.reset();
  }

  private void endPiece() {
    if (isId && depth == 1) {
      String id = piece.toString(StandardCharsets.UTF_8);
      if (NUMBER.matcher(id).matches() || TEXT.matcher(id).matches()) {
        found = id;
      }
    }
    startPiece();
  }

  private void keep(int next) {
    if (depth == 1 && piece.size() < MAX_ID_BYTES) {
      piece.write(next);
    }
  }

  /** The id, as JSON; null if there is none so far. */
  @Nullable String found() {
    return found;
  }
}
