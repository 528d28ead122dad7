package dev.sideline.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ToolTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final ToolCall CALL = ToolCall.of("session", "{}");

  private final CompletableFuture<ToolResult> answer = new CompletableFuture<>();

  @Test
  void an_answer_that_is_there_is_returned_whatever_the_time_limit() {
    ToolResult done = ToolResult.of("done", null);
    answer.complete(done);

    assertThat(tool(call -> answer).callAndWait(CALL, Duration.ZERO)).isEqualTo(done);
    assertThat(tool(call -> answer).callAndWait(CALL, Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo(done);
  }

  @Test
  void a_call_without_an_answer_in_time_is_given_up_and_what_the_tool_says_then_is_the_result() {
    Tool patient =
        tool(
            call -> {
              call.cancellation()
                  .onCancel(() -> answer.complete(ToolResult.failure("ended while it waited")));
              return answer;
            });

    assertThat(patient.callAndWait(CALL, Duration.ofMillis(1)))
        .isEqualTo(ToolResult.failure("ended while it waited"));
  }

  @Test
  void a_tool_that_says_nothing_even_then_is_an_error_with_the_reason() {
    ToolResult result = tool(call -> answer).callAndWait(CALL, Duration.ofMillis(1));

    assertThat(result.error()).isTrue();
    assertThat(result.text())
        .isEqualTo("There was no answer within 1 ms. What the call has begun goes on.");
  }

  @Test
  void an_interrupt_ends_the_wait_and_is_still_there_for_the_caller() throws Exception {
    AtomicReference<ToolResult> result = new AtomicReference<>();
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    CompletableFuture<Void> waiting = new CompletableFuture<>();
    Tool tool =
        tool(
            call -> {
              call.cancellation().onCancel(() -> answer.complete(ToolResult.failure("given up")));
              waiting.complete(null);
              return answer;
            });
    Thread caller =
        new Thread(
            () -> {
              result.set(tool.callAndWait(CALL, LONG));
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    caller.start();
    waiting.join();
    caller.interrupt();
    caller.join(LONG.toMillis());

    assertThat(result.get()).isEqualTo(ToolResult.failure("given up"));
    assertThat(interrupted.get()).isTrue();
  }

  @Test
  void the_callers_own_signal_ends_the_wait() {
    CancelSource source = new CancelSource();
    CompletableFuture<ToolResult> result =
        CompletableFuture.supplyAsync(
            () -> tool(call -> answer).callAndWait(CALL.withCancellation(source.signal()), LONG));
    source.cancel();

    await().atMost(LONG).until(result::isDone);
    assertThat(result.join().text()).startsWith("The call was cancelled.");
  }

  @Test
  void nothing_stays_registered_with_the_callers_signal() {
    CancelSource source = new CancelSource();
    boolean[] told = {false};
    answer.complete(ToolResult.of("done", null));
    tool(call -> {
          call.cancellation().onCancel(() -> told[0] = true);
          return answer;
        })
        .callAndWait(CALL.withCancellation(source.signal()), LONG);
    source.cancel();

    assertThat(told[0]).isFalse();
  }

  @Test
  void a_defect_of_the_tool_is_thrown() {
    IllegalStateException defect = new IllegalStateException("broken");
    answer.completeExceptionally(defect);
    CompletableFuture<ToolResult> cancelled = new CompletableFuture<>();
    cancelled.cancel(true);

    assertThatThrownBy(() -> tool(call -> answer).callAndWait(CALL, LONG))
        .isInstanceOf(CompletionException.class)
        .hasCause(defect);
    assertThatThrownBy(() -> tool(call -> cancelled).callAndWait(CALL, LONG))
        .isInstanceOf(CompletionException.class);
  }

  @Test
  void a_tool_is_found_by_its_name_and_one_that_is_not_there_is_refused_with_those_that_are() {
    Tool echo = tool(call -> answer);
    PluginHooks hooks =
        new PluginHooks() {
          @Override
          public List<Tool> tools() {
            return List.of(echo);
          }
        };

    assertThat(hooks.tool("echo")).isSameAs(echo);
    assertThatThrownBy(() -> hooks.tool("ehco"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the plugin has no tool 'ehco'; it has [echo]");
  }

  private static Tool tool(Function<ToolCall, CompletionStage<ToolResult>> body) {
    return new Tool() {
      @Override
      public ToolSpec spec() {
        return ToolSpec.of("echo", "Echoes", "{\"type\":\"object\"}");
      }

      @Override
      public CompletionStage<ToolResult> call(ToolCall call) {
        return body.apply(call);
      }
    };
  }
}
