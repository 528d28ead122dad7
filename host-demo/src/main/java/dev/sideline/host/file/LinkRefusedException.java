package dev.sideline.host.file;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A link that leads to where nothing is written. The message says which one and what to do. */
public final class LinkRefusedException extends IOException {

  private static final long serialVersionUID = 1L;

  LinkRefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
