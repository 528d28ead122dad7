package dev.sideline.api;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A call to a {@link SessionClient} that failed. */
public class SessionException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Code code;

  /**
   * @param message what failed and why, for a person or a model to read
   */
  public SessionException(Code code, String message) {
    this(code, message, null);
  }

  /**
   * @param message what failed and why, for a person or a model to read
   */
  public SessionException(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = Objects.requireNonNull(code, "code");
  }

  /** A call that has failed because its host cannot do this at all. */
  static <T> CompletionStage<T> unsupported(String what) {
    return CompletableFuture.failedStage(
        new SessionException(Code.UNSUPPORTED, what + " is not supported by this host"));
  }

  /** What the failure means to the caller. */
  public Code code() {
    return code;
  }

  /** What a failure means to the caller. */
  public enum Code {
    /**
     * There is no such session or request (any more). Trying again is useless, and a plugin takes
     * it as final: a host that only cannot reach a session says {@link #UNAVAILABLE}.
     */
    NOT_FOUND,
    /** The host refused the request. Trying again is useless. */
    INVALID,
    /** The host cannot do this at all. */
    UNSUPPORTED,
    /** The host was not reached, nothing was done. Trying again makes sense. */
    UNAVAILABLE,
    /** The host was reached, but no answer came: it may or may not have been done. */
    UNCERTAIN
  }
}
