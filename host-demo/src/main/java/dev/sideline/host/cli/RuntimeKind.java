package dev.sideline.host.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where sessions come from. */
enum RuntimeKind {
  EMBEDDED,
  OPENCODE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads the option. */
  static final class Converter implements ITypeConverter<RuntimeKind> {
    @Override
    public RuntimeKind convert(String value) {
      for (RuntimeKind kind : values()) {
        if (kind.toString().equals(value)) {
          return kind;
        }
      }
      throw new TypeConversionException("'" + value + "' is not allowed; use embedded or opencode");
    }
  }
}
