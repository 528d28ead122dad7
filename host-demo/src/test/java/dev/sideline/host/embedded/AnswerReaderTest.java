package dev.sideline.host.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sideline.api.ToolUse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {

  private static final String OUTPUT =
      """
      ::tool grep
      found 漢字 😀
      ::toolbox
      : ::tool no
      ::tool \s
      ::tool read a b\r
      end ::\
      """;

  /** However the bytes are cut, the answer is the same. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 11, 1000})
  void an_answer_does_not_depend_on_how_its_bytes_come(int step) {
    AnswerReader reader = new AnswerReader("call", List.of(Mark.TOOL), 1_000);
    byte[] bytes = OUTPUT.getBytes(StandardCharsets.UTF_8);
    for (int from = 0; from < bytes.length; from += step) {
      byte[] piece = Arrays.copyOfRange(bytes, from, Math.min(from + step, bytes.length));
      reader.write(piece, piece.length);
    }
    reader.end(true);

    assertThat(reader.text())
        .isEqualTo("found 漢字 \uD83D\uDE00\n::toolbox\n: ::tool no\n::tool  \nend ::");
    assertThat(reader.toolUses())
        .containsExactly(
            new ToolUse("call_1", "grep", ToolUse.State.COMPLETED),
            new ToolUse("call_2", "read a b", ToolUse.State.COMPLETED));
  }

  @Test
  void a_tool_call_runs_until_the_next_and_fails_with_the_command() {
    AnswerReader reader = new AnswerReader("call", List.of(Mark.TOOL), 1_000);
    write(reader, "::tool one\n");
    assertThat(reader.takeToolNews())
        .containsExactly(new ToolUse("call_1", "one", ToolUse.State.RUNNING));
    write(reader, "::tool two\n");
    assertThat(reader.takeToolNews())
        .containsExactly(
            new ToolUse("call_1", "one", ToolUse.State.COMPLETED),
            new ToolUse("call_2", "two", ToolUse.State.RUNNING));
    reader.end(false);

    assertThat(reader.takeToolNews())
        .containsExactly(new ToolUse("call_2", "two", ToolUse.State.FAILED));
    assertThat(reader.takeToolNews()).isEmpty();
  }

  @Test
  void a_tool_call_may_have_arguments() {
    AnswerReader reader = new AnswerReader("call", List.of(Mark.TOOL), 1_000);
    write(reader, "::tool grep {\"pattern\": \"a {b}\"}\n::tool odd {name\n::tool {}\n");

    assertThat(reader.toolUses())
        .extracting(ToolUse::tool, ToolUse::arguments)
        .containsExactly(
            tuple("grep", "{\"pattern\": \"a {b}\"}"), tuple("odd {name", ""), tuple("{}", ""));
  }

  @Test
  void what_a_command_asks_for_is_no_part_of_its_answer() {
    AnswerReader reader = new AnswerReader("call", List.of(Mark.ASK, Mark.PERMIT), 1_000);
    write(reader, "one\n::ask Tea? | Yes | No\n::tool stays\n::permit rm -rf build\ntwo ::ask no");
    reader.end(true);

    assertThat(reader.takeRequests())
        .containsExactly(
            new CommandRequest(Mark.ASK, "Tea? | Yes | No"),
            new CommandRequest(Mark.PERMIT, "rm -rf build"));
    assertThat(reader.takeRequests()).isEmpty();
    assertThat(reader.text()).isEqualTo("one\n::tool stays\ntwo ::ask no");
  }

  @Test
  void a_line_without_end_is_shown_as_it_comes() {
    AnswerReader reader = new AnswerReader("call", List.of(Mark.TOOL), 1_000);
    write(reader, "no newline");

    assertThat(reader.text()).isEqualTo("no newline");
  }

  @Test
  void an_endless_tool_name_and_endless_calls_are_bounded() {
    AnswerReader reader = new AnswerReader("call", List.of(Mark.TOOL), 10_000);
    write(reader, "::tool " + "x".repeat(50_000) + "y\n");
    assertThat(reader.takeToolNews().get(0).tool()).hasSize(100);
    for (int i = 0; i < 3_000; i++) {
      write(reader, "::tool t\n");
    }

    assertThat(reader.toolUses()).hasSize(1_000);
    assertThat(reader.text()).isEmpty();
  }

  @Test
  void tool_calls_of_many_words_are_bounded_as_the_answer_is() {
    AnswerReader reader = new AnswerReader("call", List.of(Mark.TOOL), 8_000);
    for (int i = 0; i < 100; i++) {
      write(reader, "::tool t {" + "x".repeat(1_000) + i + "}\n");
    }

    assertThat(reader.toolUses()).hasSize(3);
    assertThat(reader.toolUses().get(2).arguments()).endsWith("x99}");
    assertThat(reader.takeToolNews()).hasSize(3);
    write(reader, "::tool t {" + "x".repeat(1_000) + "}\n");
    assertThat(reader.takeToolNews())
        .extracting(ToolUse::callId)
        .containsExactly("call_100", "call_101");
  }

  @Test
  void of_a_long_text_the_end_is_kept_and_no_character_is_halved() {
    TailText tail = new TailText(3);
    for (int i = 0; i < 10; i++) {
      tail.append("\uD83D\uDE00");
    }

    assertThat(tail.text())
        .isEqualTo(
            "\uD83D\uDE00\n"
                + "[The command has written more than is kept: the first 18 characters of this are"
                + " missing.]\n");
    tail.append("end");
    assertThat(tail.text())
        .isEqualTo(
            "end\n"
                + "[The command has written more than is kept: the first 20 characters of this are"
                + " missing.]\n");
  }

  @Test
  void what_nobody_takes_is_bounded() {
    AnswerReader reader = new AnswerReader("c", List.of(Mark.TOOL, Mark.ASK), 20_000);

    for (int i = 0; i < 5_000; i++) {
      write(reader, "::tool t" + i + "\n::ask q" + i + "\n");
    }

    assertThat(reader.takeToolNews()).hasSize(1_000);
    assertThat(reader.takeRequests()).hasSize(CommandRequests.MAX_WAITING);
    assertThat(reader.asksTooMuch()).isTrue();
  }

  @Test
  void a_small_JVM_keeps_less_of_each_answer_and_runs_fewer_at_once() {
    long small = 64L << 20;
    EmbeddedLimits limits = EmbeddedLimits.within(small);

    // In characters of two bytes, a quarter more while it is written, and its tool calls.
    assertThat(limits.processes() * (limits.answerCharacters() * 3.5)).isLessThan(small / 2.0);
    assertThat(limits.keptCharacters() * 2).isLessThan(small / 4);
    assertThat(EmbeddedLimits.within(4L << 30).answerCharacters()).isEqualTo(1 << 20);
    assertThat(EmbeddedLimits.within(4L << 30).processes()).isEqualTo(256);
    assertThat(EmbeddedLimits.within(4L << 30).keptCharacters()).isEqualTo(128L << 20);
  }

  private static void write(AnswerReader reader, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    reader.write(bytes, bytes.length);
  }
}
