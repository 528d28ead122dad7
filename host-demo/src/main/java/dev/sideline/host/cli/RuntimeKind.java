package dev.sideline.host.cli;

import java.util.Locale;

/** Where sessions come from. */
enum RuntimeKind {
  EMBEDDED,
  OPENCODE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads the option. */
  static final class Converter extends EnumConverter<RuntimeKind> {
    Converter() {
      super(RuntimeKind.class);
    }
  }
}
