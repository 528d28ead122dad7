package dev.sideline.host.record;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A data folder or a database in it that cannot be used. The message says why and what to do. */
public final class RecordException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Problem {
    /** Another process, or another part of this one, has the folder. */
    TAKEN,
    /** There is nothing where it should be, or something else than a folder or file. */
    MISSING,
    /** The folder or file belongs to another user, or others may write there. */
    NOT_OURS,
    /** It cannot be written. */
    READ_ONLY,
    /** The disk has no room. */
    FULL,
    /** Another program holds the file. */
    LOCKED,
    /** The file was made by another program. */
    FOREIGN,
    /** The file was written by a newer version. */
    NEWER,
    /** The file is not whole any more. */
    DAMAGED,
    /** Whatever else. */
    UNUSABLE
  }

  private final Problem problem;
  private final transient @Nullable DataOwner owner;

  RecordException(Problem problem, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.problem = Objects.requireNonNull(problem, "problem");
    this.owner = null;
  }

  private RecordException(String message, @Nullable DataOwner owner) {
    super(message);
    this.problem = Problem.TAKEN;
    this.owner = owner;
  }

  static RecordException taken(String message, @Nullable DataOwner owner) {
    return new RecordException(message, owner);
  }

  /** What is wrong, for whoever acts on it. */
  public Problem problem() {
    return problem;
  }

  /** Who has the folder, if it is {@link Problem#TAKEN} and that is known. */
  public Optional<DataOwner> owner() {
    return Optional.ofNullable(owner);
  }
}
