package dev.sideline.background.settings;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * How many tasks of each name run at once, the name being that of an agent, a model or a provider.
 *
 * @param otherwise for names that have no limit of their own; 0 for no limit
 * @param byName for names that have one, normalised; 0 for no limit
 */
public record KeyLimits(int otherwise, Map<String, Integer> byName) {

  /** The name under which those count that nobody has named. */
  public static final String UNNAMED = "default";

  public KeyLimits {
    byName = Map.copyOf(byName);
  }

  /** The limit of a normalised name; 0 for none. */
  public int of(String name) {
    return Objects.requireNonNullElse(byName.get(name), otherwise);
  }

  /** Whether there is no limit at all. */
  public boolean unlimited() {
    return otherwise == 0 && (byName.isEmpty() || Set.copyOf(byName.values()).equals(Set.of(0)));
  }

  /** One spelling for names that mean the same. */
  public static String normalised(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }
}
