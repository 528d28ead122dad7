package dev.sideline.background.engine.model;

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

  @Test
  void the_same_call_again_is_counted_and_another_begins_anew() {
    call("call_1", "{\"for\":1}");
    assertThat(meter.sameCalls()).isEqualTo(1);
    call("call_2", "{\"for\":1}");
    call("call_3", "{\"for\":1}");
    assertThat(meter.sameCalls()).isEqualTo(3);
    call("call_4", "{\"for\":2}");
    assertThat(meter.sameCalls()).isEqualTo(1);
    meter.report(new ToolUse("call_5", "read", ToolUse.State.RUNNING, "{\"for\":2}", ""));

    assertThat(meter.sameCalls()).isEqualTo(1);
  }

  @Test
  void a_call_is_compared_when_its_arguments_are_there() {
    call("call_1", "{}");
    meter.report(new ToolUse("call_2", "grep", ToolUse.State.PENDING, "{", ""));
    meter.report(new ToolUse("call_2", "grep", ToolUse.State.RUNNING));
    assertThat(meter.sameCalls()).isEqualTo(1);
    call("call_2", "{}");
    assertThat(meter.sameCalls()).isEqualTo(2);
    call("call_2", "{}");

    assertThat(meter.sameCalls()).isEqualTo(2);
  }

  @Test
  void calls_whose_arguments_are_never_shown_are_not_the_same() {
    for (int call = 0; call < 5; call++) {
      meter.report(new ToolUse("call_" + call, "grep", ToolUse.State.RUNNING));
      meter.report(new ToolUse("call_" + call, "grep", ToolUse.State.COMPLETED));
    }
    assertThat(meter.sameCalls()).isZero();
    call("call_9", "{}");
    meter.report(new ToolUse("call_10", "grep", ToolUse.State.FAILED));
    call("call_11", "{}");

    assertThat(meter.sameCalls()).isEqualTo(1);
  }

  private void call(String id, String arguments) {
    meter.report(new ToolUse(id, "grep", ToolUse.State.RUNNING, arguments, ""));
  }
}
