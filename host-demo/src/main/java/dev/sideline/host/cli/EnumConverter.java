package dev.sideline.host.cli;

import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads one of a few words, as the constants of an enum call themselves. */
abstract class EnumConverter<E extends Enum<E>> implements ITypeConverter<E> {

  private final Class<E> words;

  EnumConverter(Class<E> words) {
    this.words = words;
  }

  @Override
  public E convert(String value) {
    E[] all = words.getEnumConstants();
    return Arrays.stream(all)
        .filter(word -> word.toString().equals(value))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'"
                        + value
                        + "' is not allowed; use "
                        + Arrays.stream(all).map(E::toString).collect(Collectors.joining(" or "))));
  }
}
