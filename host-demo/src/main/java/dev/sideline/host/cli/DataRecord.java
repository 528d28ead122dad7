package dev.sideline.host.cli;

import dev.sideline.host.record.RecordException;
import java.nio.file.Path;

/** What commands that have to do with the record have in common. */
final class DataRecord {

  private DataRecord() {}

  /**
   * The folder that it is in.
   *
   * @throws CommandFailedException if there is none for this user
   */
  static Path folder(CommonOptions options) {
    return options
        .dataDirectory()
        .orElseThrow(
            () ->
                CommandFailedException.usage(
                    "there is no data folder of yours, as $HOME names none; name one with --data"));
  }

  /** Does something with it; what is wrong with it is said in its own words. */
  static void orFail(Runnable work) {
    try {
      work.run();
    } catch (RecordException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), e);
    }
  }
}
