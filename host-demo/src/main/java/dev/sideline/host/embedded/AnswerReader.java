package dev.sideline.host.embedded;

import dev.sideline.api.ToolUse;
import dev.sideline.host.text.Characters;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes an answer out of what a command writes: decodes UTF-8 (what is none becomes U+FFFD), keeps
 * the end of the text, and takes lines with marks out of it. Thread-safe: one thread writes while
 * others read what is there.
 *
 * <p>A tool call begins with its line and is over when the next one begins or the command ends.
 */
final class AnswerReader {

  private static final int MAX_MARKED_LINE = 4_000;
  private static final int MAX_TOOL_NAME = 100;

  private final String callIdPrefix;
  private final List<Mark> marks;
  private final TailText text;
  private final NewestToolUses toolUses;

  /** What nobody has taken yet. */
  private final NewestToolUses news;

  private final List<CommandRequest> requests = new ArrayList<>();
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  /** Bytes of a character that is not complete yet. */
  private ByteBuffer incomplete = ByteBuffer.allocate(0);

  /** A line so far, while it may still turn out to have a mark. */
  private final StringBuilder candidate = new StringBuilder();

  private boolean mayBeMarked = true;
  private boolean asksTooMuch;
  private int toolCount;

  /**
   * @param marks of the lines that are no part of the answer
   * @param maxCharacters how much of the text is kept, and twice as much as of the tool calls
   */
  AnswerReader(String callIdPrefix, List<Mark> marks, int maxCharacters) {
    this.callIdPrefix = callIdPrefix;
    this.marks = List.copyOf(marks);
    this.text = new TailText(maxCharacters);
    this.toolUses = new NewestToolUses(maxCharacters / 2);
    this.news = new NewestToolUses(maxCharacters / 2);
  }

  synchronized void write(byte[] bytes, int length) {
    ByteBuffer input = ByteBuffer.allocate(incomplete.remaining() + length);
    input.put(incomplete).put(bytes, 0, length).flip();
    accept(decode(input, false));
    incomplete = ByteBuffer.allocate(input.remaining()).put(input).flip();
  }

  /** Adds words of ours at the end; no line of them is looked at for a mark. */
  synchronized void add(String words) {
    text.append(words);
  }

  /** The command has ended; its last tool call with it. */
  synchronized void end(boolean well) {
    accept(decode(incomplete, true));
    incomplete = ByteBuffer.allocate(0);
    flushCandidate();
    endToolUse(well ? ToolUse.State.COMPLETED : ToolUse.State.FAILED);
  }

  synchronized String text() {
    return text.text();
  }

  synchronized List<ToolUse> toolUses() {
    return toolUses.all();
  }

  /** The tool calls that have begun or ended since the last time. */
  synchronized List<ToolUse> takeToolNews() {
    return news.take();
  }

  /** What it has asked for since the last time. */
  synchronized List<CommandRequest> takeRequests() {
    List<CommandRequest> taken = List.copyOf(requests);
    requests.clear();
    return taken;
  }

  /** Whether it has asked for more than waits for a reply at most; the rest was left out. */
  synchronized boolean asksTooMuch() {
    return asksTooMuch;
  }

  private CharBuffer decode(ByteBuffer input, boolean end) {
    // One more than the bytes: what was incomplete may become a replacement character of its own.
    CharBuffer output = CharBuffer.allocate(input.remaining() + 1);
    decoder.decode(input, output, end);
    if (end) {
      decoder.flush(output);
      decoder.reset();
    }
    return output.flip();
  }

  private void accept(CharBuffer decoded) {
    if (marks.isEmpty()) {
      text.append(decoded);
      return;
    }
    int from = 0;
    while (from < decoded.length()) {
      int newline = indexOfNewline(decoded, from);
      boolean lineEnds = newline >= 0;
      int to = lineEnds ? newline + 1 : decoded.length();
      acceptPiece(decoded.subSequence(from, to), lineEnds);
      from = to;
    }
  }

  private void acceptPiece(CharSequence piece, boolean lineEnds) {
    if (!mayBeMarked) {
      text.append(piece);
      mayBeMarked = lineEnds;
      return;
    }
    int taken = Math.min(piece.length(), MAX_MARKED_LINE - candidate.length());
    candidate.append(piece, 0, taken);
    if (marks.stream().noneMatch(mark -> mark.mayBegin(candidate))) {
      // What was not taken into the candidate follows it.
      flushCandidate();
      text.append(piece.subSequence(taken, piece.length()));
      mayBeMarked = lineEnds;
    } else if (lineEnds) {
      flushCandidate(); // Of a line that is longer, the rest is left out.
    }
  }

  private void flushCandidate() {
    String line = candidate.toString();
    candidate.setLength(0);
    for (Mark mark : marks) {
      String content = mark.contentOf(line);
      if (!content.isEmpty()) {
        take(mark, Characters.whole(content)); // A line that was too long may end in half of one.
        return;
      }
    }
    text.append(line);
  }

  private void take(Mark mark, String content) {
    if (mark == Mark.TOOL) {
      beginToolUse(content);
    } else if (requests.size() < CommandRequests.MAX_WAITING) {
      requests.add(new CommandRequest(mark, content));
    } else {
      asksTooMuch = true;
    }
  }

  /** Arguments are what follows the name in braces; any other text belongs to the name. */
  private void beginToolUse(String content) {
    endToolUse(ToolUse.State.COMPLETED);
    int brace = content.indexOf(" {");
    boolean hasArguments = brace > 0 && content.endsWith("}");
    String name = hasArguments ? content.substring(0, brace).strip() : content;
    String arguments = hasArguments ? content.substring(brace + 1) : "";
    String shown = Characters.start(name, MAX_TOOL_NAME);
    ToolUse use =
        new ToolUse(callIdPrefix + "_" + ++toolCount, shown, ToolUse.State.RUNNING, arguments, "");
    toolUses.add(use);
    news.add(use);
  }

  private void endToolUse(ToolUse.State state) {
    ToolUse last = toolUses.last();
    if (last != null && !last.state().ended()) {
      ToolUse ended =
          new ToolUse(last.callId(), last.tool(), state, last.arguments(), last.result());
      toolUses.replaceLast(ended);
      news.add(ended);
    }
  }

  private static int indexOfNewline(CharSequence characters, int from) {
    for (int i = from; i < characters.length(); i++) {
      if (characters.charAt(i) == '\n') {
        return i;
      }
    }
    return -1;
  }
}
