package dev.sideline.host.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenCallsTest {

  private final OpenCalls calls = new OpenCalls();
  private final List<String> told = new ArrayList<>();

  @Test
  void a_cancellation_between_a_request_and_the_begin_of_its_call_is_given() {
    calls.arrived("1");
    calls.cancel("1");

    begin("1");

    assertThat(told).containsExactly("1");
  }

  @Test
  void a_cancellation_finds_the_call_of_its_request_alone() {
    calls.arrived("1");
    calls.arrived("\"1\"");
    begin("1");
    begin("\"1\"");

    calls.cancel("\"1\"");

    assertThat(told).containsExactly("\"1\"");
  }

  @Test
  void a_cancellation_of_a_call_that_is_over_finds_nothing_not_even_the_next_of_that_id() {
    calls.arrived("1");
    CallCancellation first = begin("1");
    calls.end("1", first);

    calls.cancel("1");
    calls.arrived("1");
    begin("1");

    assertThat(told).isEmpty();
  }

  @Test
  void a_client_that_has_gone_waits_for_nothing_also_not_for_what_begins_later() {
    begin("1");
    begin(null);
    calls.end("2", begin("2"));

    calls.cancelAll();
    assertThat(told).containsExactlyInAnyOrder("1", "null");

    begin("3");
    assertThat(told).contains("3");
  }

  @Test
  void an_error_in_one_call_does_not_keep_the_others_from_being_told() {
    calls
        .begin("1")
        .onCancel(
            () -> {
              throw new StackOverflowError();
            });
    begin("2");

    calls.cancelAll();

    assertThat(told).containsExactly("2");
  }

  private CallCancellation begin(String request) {
    CallCancellation call = calls.begin(request);
    call.onCancel(() -> told.add(String.valueOf(request)));
    return call;
  }
}
