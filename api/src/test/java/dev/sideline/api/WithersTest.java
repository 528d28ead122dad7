package dev.sideline.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is set on a record one by one is what its constructor would have set at once. */
class WithersTest {

  private static final Instant THEN = Instant.EPOCH;
  private static final ModelRef MODEL = new ModelRef("p", "m");

  @Test
  void prompts() {
    assertThat(
            Prompt.of("ses", "msg", "text")
                .withAgent("agent")
                .withModel(MODEL)
                .withVariant("high")
                .withDeniedTools(Set.of("t"))
                .withoutWaking()
                .withResultSchema("{}"))
        .isEqualTo(
            new Prompt("ses", "msg", "text", "agent", MODEL, "high", Set.of("t"), false, "{}"));
    assertThat(Prompt.of("ses", "msg", "text").wake()).isTrue();
  }

  @Test
  void messages() {
    ToolUse use = new ToolUse("c", "t", ToolUse.State.RUNNING);
    Failure failure = new Failure("f", "m");
    Usage usage = new Usage(1, 2, 3, 4, 5, 6);
    assertThat(
            Message.ofAssistant("msg", THEN, "")
                .withText("text")
                .withCompletedAt(THEN.plusSeconds(1))
                .withAgent("agent")
                .withModel(MODEL)
                .withToolUses(List.of(use))
                .withStructured("{}")
                .withFinish("stop")
                .withFailure(failure)
                .withUsage(usage))
        .isEqualTo(
            new Message(
                "msg",
                Message.Role.ASSISTANT,
                THEN,
                THEN.plusSeconds(1),
                "agent",
                MODEL,
                "text",
                List.of(use),
                "{}",
                "stop",
                failure,
                usage));
    assertThat(Message.ofUser("msg", THEN, "hello").completedAt()).isEqualTo(THEN);
    assertThat(Message.ofAssistant("msg", THEN, "hello").completedAt()).isNull();
  }

  @Test
  void sessions() {
    NewSession request =
        NewSession.of("title")
            .withParentId("parent")
            .withDirectory("/d")
            .withMetadata(Map.of("k", "v"));
    assertThat(request).isEqualTo(new NewSession("parent", "title", "/d", Map.of("k", "v")));
    assertThat(Session.of("ses", request))
        .isEqualTo(new Session("ses", "parent", "title", "/d", Map.of("k", "v")))
        .isEqualTo(
            Session.of("ses", "title")
                .withParentId("parent")
                .withDirectory("/d")
                .withMetadata(Map.of("k", "v")));
  }

  @Test
  void tools_and_calls() {
    CancelSignal signal = action -> () -> {};
    ToolCall call =
        ToolCall.of("ses", "{}")
            .withMessageId("msg")
            .withCallId("call")
            .withCancellation(signal)
            .withProgress(System.out::println);
    assertThat(call).isEqualTo(new ToolCall("{}", "ses", "msg", "call", signal, call.progress()));
    ToolSpec.Hints hints = new ToolSpec.Hints(true, false, true, false);
    assertThat(
            ToolSpec.of("n", "d", "{}")
                .withOutputSchema("{}")
                .withHints(hints)
                .withTitle("t")
                .withUpFront(true))
        .isEqualTo(new ToolSpec("n", "t", "d", "{}", "{}", hints, true));
  }
}
