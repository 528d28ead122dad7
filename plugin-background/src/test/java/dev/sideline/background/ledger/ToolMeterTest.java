package dev.sideline.background.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.ToolUse;
import org.junit.jupiter.api.Test;

class ToolMeterTest {

  private final ToolMeter meter = new ToolMeter();

  @Test
  void a_call_counts_once_however_often_it_is_reported() {
    meter.report(new ToolUse("call_1", "bash", ToolUse.State.PENDING));
    meter.report(new ToolUse("call_2", "read", ToolUse.State.PENDING));
    meter.report(new ToolUse("call_1", "bash", ToolUse.State.COMPLETED));

    assertThat(meter.count()).isEqualTo(2);
    assertThat(meter.lastTool()).isEqualTo("read");
  }

  @Test
  void the_newest_64_calls_are_known_again_among_many() {
    for (int call = 0; call < 1_000; call++) {
      meter.report(new ToolUse("call_" + call, "bash", ToolUse.State.RUNNING));
      for (int earlier = Math.max(0, call - 63); earlier <= call; earlier++) {
        meter.report(new ToolUse("call_" + earlier, "bash", ToolUse.State.COMPLETED));
      }
    }

    assertThat(meter.count()).isEqualTo(1_000);
  }
}
