package dev.sideline.host.connect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a file of another program has to hold for us: how it is put into it and taken out. */
interface FileContent {

  /**
   * What the file was before connecting changed it.
   *
   * @param text null if there was no file
   */
  record Before(@Nullable String text) {}

  /**
   * The file's text with all of ours in it. The same text if that is so already.
   *
   * @param text null if there is no file
   * @throws RefusedException if something of somebody else's is in the way
   */
  String connected(@Nullable String text) throws RefusedException;

  /**
   * The file's text without ours: the same text if nothing of ours is in it, null if nothing of
   * anybody else's is in it either and the file can go.
   *
   * @param before what it was before, which tells what was there without us; null if not known
   * @throws RefusedException if something of somebody else's has the place of ours
   */
  @Nullable String disconnected(String text, @Nullable Before before) throws RefusedException;

  /** The command line of the tool server that stands in a text; empty if there is none of ours. */
  List<String> serverIn(String text) throws RefusedException;

  /** What of a change a person is shown, line by line. */
  default List<String> changes(@Nullable String before, @Nullable String after) {
    return LineChanges.between(before, after);
  }
}
