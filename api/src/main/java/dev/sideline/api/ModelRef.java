package dev.sideline.api;

import java.util.Objects;

/**
 * A model of a provider.
 *
 * @param provider the provider's id, without a slash
 * @param model the provider's name for the model; may contain slashes
 */
public record ModelRef(String provider, String model) {

  public ModelRef {
    Objects.requireNonNull(provider, "provider");
    Objects.requireNonNull(model, "model");
    if (provider.isEmpty() || model.isEmpty() || provider.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "model must be PROVIDER/MODEL, got '" + provider + "/" + model + "'");
    }
  }

  /**
   * Reads {@code provider/model}; everything after the first slash is the model.
   *
   * @throws IllegalArgumentException if there is no slash, or nothing before or after it
   */
  public static ModelRef parse(String text) {
    int slash = text.indexOf('/');
    if (slash <= 0 || slash == text.length() - 1) {
      throw new IllegalArgumentException("model must be PROVIDER/MODEL, got '" + text + "'");
    }
    return new ModelRef(text.substring(0, slash), text.substring(slash + 1));
  }

  @Override
  public String toString() {
    return provider + "/" + model;
  }
}
