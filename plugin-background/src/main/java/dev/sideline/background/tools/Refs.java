package dev.sideline.background.tools;

import java.util.List;

/** The arguments by which a caller names tasks. */
final class Refs {

  private Refs() {}

  /** What {@code task_id} or {@code task_ids} name; empty if neither is given. */
  static List<String> read(Arguments arguments) {
    String one = arguments.optionalText("task_id", BackgroundTool.MAX_REF_CHARS);
    List<String> several =
        arguments.texts("task_ids", BackgroundTool.MAX_REFS, BackgroundTool.MAX_REF_CHARS);
    if (one != null && !several.isEmpty()) {
      throw new BadArgument("Give 'task_id' or 'task_ids', not both.");
    }
    return one == null ? several : List.of(one);
  }
}
