package dev.sideline.background.text;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.Message.Role;
import dev.sideline.api.ToolUse;
import dev.sideline.background.character.Characters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the messages of a session, as many as fit.
 *
 * @param entries the messages, oldest first
 * @param total how many messages there are
 * @param next the number of the message to read on with; negative if there is none
 * @param older whether there are messages before these that cannot be shown; the numbers then count
 *     from the oldest that can
 */
public record TranscriptPage(List<Entry> entries, int total, int next, boolean older) {

  /** What a message takes beside its texts. */
  private static final int OVERHEAD_CHARS = 60;

  private static final int MAX_ARGUMENTS_CHARS = 400;
  private static final int MAX_RESULT_CHARS = 2_000;
  private static final int MAX_FAILURE_CHARS = 400;

  /**
   * A message.
   *
   * @param number its place in the session, 0 for the first
   * @param text what it says, its end if it is too long
   * @param left how many characters were left out before that
   * @param failure what went wrong; null if nothing did
   * @param tools its tool calls, the last of them if they are too many
   * @param leftTools how many were left out before those
   */
  public record Entry(
      int number,
      Role role,
      long createdMillis,
      String text,
      long left,
      @Nullable String failure,
      List<Tool> tools,
      int leftTools) {

    private int chars() {
      int chars = OVERHEAD_CHARS + text.length() + (failure == null ? 0 : failure.length());
      for (Tool tool : tools) {
        chars += tool.chars();
      }
      return chars;
    }
  }

  /**
   * A tool call.
   *
   * @param arguments its beginning if it is too long
   * @param result likewise; empty if it was not asked for or is not known
   */
  public record Tool(String name, ToolUse.State state, String arguments, String result) {

    private int chars() {
      return OVERHEAD_CHARS / 2 + name.length() + arguments.length() + result.length();
    }
  }

  /**
   * A page.
   *
   * @param newestFirst the messages of a session
   * @param older whether there are more before these
   * @param since the number of the first to show; negative for the newest that fit
   * @param maxChars how long they may be together; one is shown in any case, cut if need be
   * @param results whether to show what tool calls returned
   */
  public static TranscriptPage of(
      List<Message> newestFirst, boolean older, int since, int maxChars, boolean results) {
    int total = newestFirst.size();
    Deque<Entry> entries = new ArrayDeque<>();
    boolean backwards = since < 0;
    int number = backwards ? total - 1 : since;
    int left = maxChars;
    while (number >= 0 && number < total) {
      Entry entry = entry(newestFirst.get(total - 1 - number), number, maxChars, results);
      left -= entry.chars();
      if (left < 0 && !entries.isEmpty()) {
        break;
      }
      if (backwards) {
        entries.addFirst(entry);
        number--;
      } else {
        entries.addLast(entry);
        number++;
      }
    }
    int next = backwards || number >= total ? -1 : number;
    return new TranscriptPage(List.copyOf(entries), total, next, older);
  }

  private static Entry entry(Message message, int number, int maxChars, boolean results) {
    Excerpt text = Excerpt.end(message.text().strip(), maxChars);
    int left = maxChars - text.text().length();
    Deque<Tool> tools = new ArrayDeque<>();
    List<ToolUse> uses = new ArrayList<>(message.toolUses());
    for (int i = uses.size() - 1; i >= 0; i--) {
      Tool tool = tool(uses.get(i), results);
      left -= tool.chars();
      if (left < 0 && !tools.isEmpty()) {
        break;
      }
      tools.addFirst(tool);
    }
    Failure failure = message.failure();
    return new Entry(
        number,
        message.role(),
        message.createdAt().toEpochMilli(),
        text.text(),
        text.from(),
        failure == null
            ? null
            : Characters.cut(failure.name() + ": " + failure.message(), MAX_FAILURE_CHARS),
        List.copyOf(tools),
        uses.size() - tools.size());
  }

  private static Tool tool(ToolUse use, boolean results) {
    return new Tool(
        Phrases.name(use.tool()),
        use.state(),
        Characters.cut(use.arguments(), MAX_ARGUMENTS_CHARS),
        results ? Characters.cut(use.result().strip(), MAX_RESULT_CHARS) : "");
  }
}
