package dev.sideline.host.connect;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What was done to a file.
 *
 * @param file where it really is
 * @param kind what was done
 * @param lines that went, with {@code "- "} before them, and that came, with {@code "+ "}; as they
 *     are, so whoever shows them has to see to it that they are harmless. None for a file that is
 *     as it was before anything was connected
 */
public record FileChange(Path file, Kind kind, List<String> lines) {

  /** How a file was changed. */
  public enum Kind {
    /** It is new. */
    MADE("made"),
    /** Something was added to it, or brought up to date. */
    CHANGED("changed"),
    /** It is again what it was, to the byte. */
    GIVEN_BACK("gave back, as it was,"),
    /** What was ours was taken out of it; somebody has changed it since. */
    CLEARED("took our part out of"),
    /** It is gone; it was ours alone. */
    DELETED("deleted");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** It in words that go before the name of the file. */
    public String words() {
      return words;
    }
  }

  /** Checks the parts. */
  public FileChange {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(kind, "kind");
    lines = List.copyOf(lines);
  }
}
