package dev.sideline.host.embedded;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reply;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What a command has asked for, and how a reply reads as a line on its standard input.
 *
 * @param mark {@link Mark#ASK} or {@link Mark#PERMIT}
 * @param line what followed the mark
 */
record CommandRequest(Mark mark, String line) {

  static final int MAX_REPLY_CHARS = 4_000;

  private static final List<String> PERMISSION_ANSWERS = List.of("allow", "always", "reject");

  PendingRequest as(String id, String sessionId) {
    if (mark == Mark.PERMIT) {
      return new PendingRequest(
          id, sessionId, PendingRequest.Kind.PERMISSION, line, PERMISSION_ANSWERS);
    }
    List<String> parts =
        Arrays.stream(line.split("\\|", -1))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .toList();
    return new PendingRequest(
        id,
        sessionId,
        PendingRequest.Kind.QUESTION,
        parts.isEmpty() ? line : parts.get(0),
        parts.isEmpty() ? parts : parts.subList(1, parts.size()));
  }

  /**
   * The reply as a line, without its end.
   *
   * @throws IllegalArgumentException if the reply does not fit; the message says why
   */
  String lineFor(Reply reply) {
    String text = mark == Mark.PERMIT ? permission(reply) : answer(reply);
    if (text.length() > MAX_REPLY_CHARS) {
      throw new IllegalArgumentException(
          String.format(
              "a reply may have %,d characters, got %,d", MAX_REPLY_CHARS, text.length()));
    }
    return text;
  }

  private static String permission(Reply reply) {
    if (reply instanceof Reply.Allow) {
      return "allow";
    }
    if (reply instanceof Reply.AllowAlways) {
      return "always";
    }
    if (reply instanceof Reply.Reject reject) {
      return ("reject " + oneLine(Objects.requireNonNullElse(reject.message(), ""))).strip();
    }
    throw new IllegalArgumentException(
        "it is a permission: allow it, once or always, or reject it");
  }

  private static String answer(Reply reply) {
    if (reply instanceof Reply.Reject reject) {
      return oneLine(Objects.requireNonNullElse(reject.message(), ""));
    }
    if (reply instanceof Reply.Answer answer && answer.answers().size() == 1) {
      return answer.answers().get(0).stream()
          .map(CommandRequest::oneLine)
          .collect(Collectors.joining(", "));
    }
    throw new IllegalArgumentException("it is one question: give one answer, or reject it");
  }

  private static String oneLine(String text) {
    return text.lines().map(String::strip).collect(Collectors.joining(" "));
  }
}
