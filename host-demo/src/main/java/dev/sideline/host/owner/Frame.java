package dev.sideline.host.owner;

import org.jspecify.annotations.Nullable;

/** A piece of what is said after the greeting. */
final class Frame {

  /** The most that is in one. */
  static final int LONGEST_BYTES = 64 << 10;

  private final Kind kind;
  private final byte[] bytes;

  /**
   * @param bytes belong to this
   */
  Frame(Kind kind, byte[] bytes) {
    this.kind = kind;
    this.bytes = bytes;
  }

  Kind kind() {
    return kind;
  }

  /** What is in it; belongs to whoever has it. */
  byte[] bytes() {
    return bytes;
  }

  /** What a frame is. */
  enum Kind {
    /** Standard input, from the client. */
    IN(1),
    /** Standard input has ended. */
    IN_END(2),
    /** Standard output, to the client. */
    OUT(3),
    /** Standard error, to the client. */
    ERR(4),
    /** The command has ended; four bytes of its exit code. */
    EXIT(5),
    /** The owner ends, and means to. */
    FAREWELL(6);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** How it is written. */
    byte code() {
      return (byte) code;
    }

    /** The one that is written so; null if there is none. */
    static @Nullable Kind of(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      return null;
    }
  }
}
