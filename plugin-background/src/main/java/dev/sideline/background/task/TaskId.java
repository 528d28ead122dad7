package dev.sideline.background.task;

import java.util.Objects;

/**
 * The id of a task: {@code bg_} and 26 letters or digits, 130 random bits. Nobody can guess one,
 * and nobody needs to be kept from trying: who may see a task is decided by its ancestors, not by
 * its id.
 *
 * @param value the id as models and hosts are shown it
 */
public record TaskId(String value) {

  /** What every id begins with. */
  public static final String PREFIX = "bg_";

  public TaskId {
    Objects.requireNonNull(value, "value");
  }

  @Override
  public String toString() {
    return value;
  }
}
