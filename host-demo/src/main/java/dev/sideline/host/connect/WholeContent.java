package dev.sideline.host.connect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file that is ours alone.
 *
 * @param mark with which every version of it has begun
 * @param whole what it has to be
 */
record WholeContent(String mark, String whole) implements FileContent {

  @Override
  public String connected(@Nullable String text) throws RefusedException {
    refuseForeign(text);
    return whole;
  }

  @Override
  public @Nullable String disconnected(String text, @Nullable Before before)
      throws RefusedException {
    refuseForeign(text);
    return null;
  }

  @Override
  public List<String> serverIn(String text) {
    return List.of();
  }

  /** Nobody has to look at it line by line. */
  @Override
  public List<String> changes(@Nullable String before, @Nullable String after) {
    return List.of();
  }

  private void refuseForeign(@Nullable String text) throws RefusedException {
    if (text != null && !text.startsWith(mark)) {
      throw new RefusedException("it was not written by 'connect'; rename or remove it first");
    }
  }
}
