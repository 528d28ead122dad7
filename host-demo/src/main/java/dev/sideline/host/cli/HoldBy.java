package dev.sideline.host.cli;

import java.util.Locale;

/** How a program's hook asks whether a turn may end. */
enum HoldBy {
  TOOL,
  SOCKET;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads the option. */
  static final class Converter extends EnumConverter<HoldBy> {
    Converter() {
      super(HoldBy.class);
    }
  }
}
