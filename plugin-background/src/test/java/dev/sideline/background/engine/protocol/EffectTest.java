package dev.sideline.background.engine.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each effect is carried out by what carries out its kind, and says what follows if it cannot be.
 */
class EffectTest {

  private static final Task TASK = SampleTasks.running("bg_a");
  private static final TaskId ID = TASK.id();
  private static final Notice NOTICE =
      new Notice("parent", "msg_1", List.of(TASK), List.of(), List.of(), 0, true);
  private static final String WHY = "it was stopped before";

  /** An effect, and what the engine is told when it has failed with a code. */
  private record Sample(Effect effect, Code code, Input told) {}

  static Stream<Sample> samples() {
    return Stream.of(
        new Sample(new Effect.Reply(1, new Answer.Failed(), false), Code.UNAVAILABLE, null),
        new Sample(
            new Effect.Reply(1, new Answer.Failed(), true),
            Code.UNAVAILABLE,
            new Input.ReplyEnded(1, false)),
        new Sample(new Effect.TellProgress(1, 0, 1, List.of(TASK)), Code.UNAVAILABLE, null),
        new Sample(
            new Effect.OpenSession(TASK, false),
            Code.UNAVAILABLE,
            new Input.OpenFailed(ID, Code.UNAVAILABLE, WHY)),
        new Sample(
            new Effect.SendPrompt(TASK, "do it"),
            Code.UNCERTAIN,
            new Input.PromptFailed(ID, TASK.activation(), Code.UNCERTAIN, WHY)),
        new Sample(
            new Effect.Probe(ID, 2, "ses_a", null, null, false, false),
            Code.UNAVAILABLE,
            new Input.ProbeFailed(ID, 2)),
        new Sample(
            new Effect.Probe(ID, 2, "ses_a", null, null, false, false),
            Code.NOT_FOUND,
            new Input.Probed(ID, 2, ProbeResult.notFound())),
        new Sample(
            new Effect.CheckResult(ID, 2, "{}", "42"),
            Code.UNAVAILABLE,
            new Input.ResultChecked(
                ID, 2, new ResultCheck(null, List.of("it cannot be checked: " + WHY)))),
        new Sample(new Effect.Abort(ID, "ses_a"), Code.UNAVAILABLE, new Input.AbortEnded(ID)),
        new Sample(new Effect.DeleteSession("ses_a"), Code.UNAVAILABLE, null),
        new Sample(
            new Effect.AnswerRequest(ID, "req_1", new dev.sideline.api.Reply.Allow()),
            Code.INVALID,
            new Input.RequestReplyFailed(ID, "req_1", Code.INVALID, WHY)),
        new Sample(new Effect.FetchRequests(), Code.UNAVAILABLE, new Input.RequestsFailed()),
        new Sample(new Effect.FetchStatuses(), Code.UNAVAILABLE, new Input.StatusesFailed()),
        new Sample(
            new Effect.SendNotice(NOTICE, false, false),
            Code.INVALID,
            new Input.NoticeFailed("parent", "msg_1", Code.INVALID)),
        new Sample(
            new Effect.ProbeNotice(NOTICE),
            Code.NOT_FOUND,
            new Input.NoticeFailed("parent", "msg_1", Code.NOT_FOUND)),
        new Sample(new Effect.ReportDefect(new Error("odd")), Code.UNAVAILABLE, null),
        new Sample(
            new Effect.Publish(new PluginEvent.AllTasksEnded("parent", "parent")),
            Code.UNAVAILABLE,
            null));
  }

  @Test
  void every_kind_has_a_sample() {
    Set<Class<?>> sampled =
        samples().map(sample -> sample.effect().getClass()).collect(Collectors.toSet());

    assertThat(sampled).containsExactlyInAnyOrder(Effect.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void it_is_carried_out_by_what_carries_out_its_kind(Sample sample) {
    String kind = sample.effect().getClass().getSimpleName();

    assertThat(carriedOut(sample.effect()))
        .containsExactly(Character.toLowerCase(kind.charAt(0)) + kind.substring(1));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void it_says_what_follows_if_it_cannot_be_carried_out(Sample sample) {
    assertThat(sample.effect().failed(sample.code(), WHY)).isEqualTo(sample.told());
  }

  /** The methods that were called, each with the effect itself. */
  private static List<String> carriedOut(Effect effect) {
    List<String> called = new ArrayList<>();
    Effect.Performer performer =
        (Effect.Performer)
            Proxy.newProxyInstance(
                EffectTest.class.getClassLoader(),
                new Class<?>[] {Effect.Performer.class},
                (proxy, method, arguments) -> {
                  assertThat(arguments).containsExactly(effect);
                  called.add(method.getName());
                  return null;
                });
    effect.carryOutBy(performer);
    return called;
  }
}
