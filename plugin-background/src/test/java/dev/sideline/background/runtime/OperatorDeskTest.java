package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.TaskOperator.Answered;
import dev.sideline.api.TaskOperator.Fate;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.OperatorAnswered;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import org.junit.jupiter.api.Test;

class OperatorDeskTest {

  private static final String NOTE =
      "This could not be recorded: it holds only for as long as the host's process lives.";

  @Test
  void an_operator_is_told_what_is_not_recorded() {
    Answer kept = new OperatorAnswered(ReplyStatus.KEPT, null);
    Answer refused = new OperatorAnswered(ReplyStatus.REFUSED, "The host is down.");

    assertThat(OperatorDesk.answered(kept)).isEqualTo(new Answered(Fate.KEPT, null));
    assertThat(OperatorDesk.answered(new Answer.Unrecorded(kept)))
        .isEqualTo(new Answered(Fate.KEPT, NOTE));
    assertThat(OperatorDesk.answered(new Answer.Unrecorded(refused)))
        .isEqualTo(new Answered(Fate.REFUSED, "The host is down. " + NOTE));
  }
}
