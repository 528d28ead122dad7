package dev.sideline.host.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.ToolUse;
import dev.sideline.api.fuzz.Fuzz;
import dev.sideline.api.fuzz.Garble;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a command writes, and in whatever pieces, the same is made of it, within bounds. */
class CommandOutputFuzzTest {

  private static final int LIMIT = 2_000;

  @Test
  void what_is_made_of_an_output_does_not_hang_on_the_pieces_that_it_comes_in() {
    Fuzz.run(CommandOutputFuzzTest::round);
  }

  private static void round(Random random) {
    Garble garble = new Garble(random, "::ask ", "::tool ", "::permit ");
    StringBuilder output = new StringBuilder();
    for (int i = random.nextInt(40); i > 0; i--) {
      output
          .append(garble.any("", "", "::tool ", "::ask ", "::permit ", " ::ask ", "::", ":"))
          .append(garble.any(garble.text(), garble.json(), "a | b | c", "grep {\"x\":1}"))
          .append(garble.any("\n", "\n", "\r\n", "", "\n\n"));
    }
    byte[] bytes = garble.bytes(output.toString());

    Read whole = read(bytes, bytes.length + 1, random);
    Read pieces = read(bytes, 1 + random.nextInt(50), random);

    assertThat(pieces).isEqualTo(whole);
    assertThat(whole.text().length()).isLessThan(LIMIT + 100);
    assertThat(whole.requests()).hasSizeLessThanOrEqualTo(CommandRequests.MAX_WAITING);
    for (CommandRequest request : whole.requests()) {
      PendingRequest shown = request.as("que_1", "ses_1");
      assertThat(shown.text()).isNotBlank();
    }
    for (ToolUse use : whole.toolUses()) {
      assertThat(use.tool()).isNotEmpty().hasSizeLessThanOrEqualTo(100);
      assertThat(use.state().ended()).isTrue();
    }
  }

  private record Read(String text, List<ToolUse> toolUses, List<CommandRequest> requests) {}

  private static Read read(byte[] bytes, int most, Random random) {
    AnswerReader reader = new AnswerReader("c", List.of(Mark.TOOL, Mark.ASK, Mark.PERMIT), LIMIT);
    List<CommandRequest> requests = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, 1 + random.nextInt(most));
      reader.write(Arrays.copyOfRange(bytes, at, at + length), length);
      at += length;
      requests.addAll(reader.takeRequests());
    }
    reader.end(true);
    requests.addAll(reader.takeRequests());
    return new Read(reader.text(), reader.toolUses(), requests);
  }
}
