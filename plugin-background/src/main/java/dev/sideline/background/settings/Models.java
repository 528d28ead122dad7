package dev.sideline.background.settings;

import dev.sideline.api.ModelRef;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which models agents work with. The agent {@code *} stands for those that are not named.
 *
 * @param byAgent the model of an agent, by its normalised name
 * @param variants the model's variant, likewise
 * @param fallbacks the models that are tried in turn when one fails, likewise
 * @param override whether a launch may name another model or variant
 */
public record Models(
    Map<String, ModelRef> byAgent,
    Map<String, String> variants,
    Map<String, List<ModelRef>> fallbacks,
    boolean override) {

  /** Stands for the agents that are not named. */
  public static final String ANY_AGENT = "*";

  public Models {
    byAgent = Map.copyOf(byAgent);
    variants = Map.copyOf(variants);
    fallbacks = Map.copyOf(fallbacks);
  }

  /** The model that is set for an agent; null if none is. */
  public @Nullable ModelRef model(String agent) {
    return of(byAgent, agent);
  }

  /** The variant that is set for an agent; null if none is. */
  public @Nullable String variant(String agent) {
    return of(variants, agent);
  }

  /** The models that an agent's task is tried with when one fails, in order. */
  public List<ModelRef> fallbacks(String agent) {
    List<ModelRef> models = of(fallbacks, agent);
    return models == null ? List.of() : models;
  }

  private static <T> @Nullable T of(Map<String, T> byName, String agent) {
    T own = byName.get(KeyLimits.normalised(agent));
    return own == null ? byName.get(ANY_AGENT) : own;
  }
}
