package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.ModelRef;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionClient;
import dev.sideline.api.testing.RecordingSessionClient;
import dev.sideline.api.testing.SessionCall;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Provenance;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EffectRunnerTest {

  private static final TaskId ID = new TaskId("bg_1");
  private static final Task TASK =
      Task.pending(
              ID,
              List.of("parent"),
              new TaskSpec("a", "do it", "agent", null, null, null, null),
              LaunchOptions.NONE,
              Provenance.LAUNCHED,
              null,
              1)
          .activated("child", "msg_prompt");
  private static final Notice NOTICE =
      new Notice("parent", "msg_notice", List.of(TASK), List.of(TASK), List.of(), 0, true);

  private final RecordingSessionClient sessions = new RecordingSessionClient();
  private final List<Input> inputs = new ArrayList<>();

  @Test
  void in_a_long_session_an_answer_to_an_older_prompt_is_not_taken_for_one_to_this() {
    sessions.addSession("child");
    for (int i = 0; i < 30; i++) {
      turn("msg_older_" + i, "older " + i);
    }

    assertThat(look("msg_not_there_yet").kind()).isEqualTo(ProbeResult.Kind.UNPROMPTED);
  }

  @Test
  void in_a_long_session_a_prompt_is_found_however_far_back_it_is() {
    talkForLong();

    assertThat(look("msg_prompt").kind()).isEqualTo(ProbeResult.Kind.FINISHED);
    assertThat(look("msg_prompt").text()).isEqualTo("later 29");
  }

  @Test
  void in_a_long_session_that_stopped_in_the_middle_a_prompt_that_never_came_is_missed() {
    sessions.addSession("child");
    for (int i = 0; i < 30; i++) {
      turn("msg_older_" + i, "older " + i);
    }
    prompt("child", "msg_broken_off", "agent", null);
    sessions.write("child", "half");
    assertThat(look("msg_not_there").kind()).isEqualTo(ProbeResult.Kind.WORKING);
    assertThat(sessions.calls(SessionCall.GetMessages.class)).hasSize(1);
    sessions.stumble("child");

    assertThat(look("msg_not_there").kind()).isEqualTo(ProbeResult.Kind.UNPROMPTED);
  }

  @Test
  void in_a_long_session_at_work_a_prompt_is_looked_for_where_it_is_to_be_known_if_it_came() {
    talkForLong();
    prompt("child", "msg_newest", "agent", null);
    sessions.write("child", "half");

    assertThat(look("msg_not_there", true).kind()).isEqualTo(ProbeResult.Kind.UNPROMPTED);
    assertThat(look("msg_not_there", true).busy()).isTrue();
    assertThat(look("msg_prompt", true).kind()).isEqualTo(ProbeResult.Kind.WORKING);
  }

  @Test
  void what_a_session_that_was_not_prompted_here_has_said_is_found_however_far_back_it_is() {
    sessions.addSession("child");
    turn("msg_first", "42");
    for (int i = 0; i < 30; i++) {
      turn("msg_silent_" + i, "");
    }

    assertThat(look(null).text()).isEqualTo("42");
  }

  @Test
  void a_look_at_a_short_session_asks_once() {
    sessions.addSession("child");
    turn("msg_prompt", "42");
    look("msg_prompt");

    assertThat(sessions.calls(SessionCall.GetMessages.class)).hasSize(1);
  }

  @Test
  void a_session_that_was_created_although_the_answer_was_lost_is_found_by_its_metadata() {
    sessions.addSession("parent");
    sessions.next(SessionCall.Create.class).losesItsAnswer();
    run(sessions, new Effect.OpenSession(TASK, false));

    assertThat(sessions.sessions()).hasSize(2);
    assertThat(inputs)
        .containsExactly(new Input.SessionOpened(ID, sessions.sessions().get(1).id()));
  }

  @Test
  void a_notice_carries_the_agent_and_model_that_its_parent_is_using_now() {
    sessions.addSession("parent");
    ModelRef model = new ModelRef("some", "model");
    prompt("parent", "msg_1", "planner", null);
    sessions.finish("parent", "planned");
    prompt("parent", "msg_2", "builder", model);
    sessions.finish("parent", "built");
    run(sessions, new Effect.SendNotice(NOTICE, true, false));

    List<SessionCall.SendPrompt> sent = sessions.calls(SessionCall.SendPrompt.class);
    Prompt notice = sent.get(sent.size() - 1).prompt();
    assertThat(notice.agent()).isEqualTo("builder");
    assertThat(notice.model()).isEqualTo(model);
    assertThat(notice.wake()).isTrue();
    assertThat(inputs).containsExactly(new Input.NoticeArrived("parent", "msg_notice"));
  }

  /** What a host does when it is called. */
  private record Manner(Throwable thrown, Object returned) {

    Object answer() throws Throwable {
      if (thrown != null) {
        throw thrown;
      }
      return returned;
    }
  }

  static Stream<Arguments> awkwardHosts() {
    List<Effect> effects =
        List.of(
            new Effect.OpenSession(TASK, false),
            new Effect.SendPrompt(TASK, "do it"),
            new Effect.Probe(ID, 1, "child", "msg_prompt", "msg_prompt", false, true),
            new Effect.Abort(ID, "child"),
            new Effect.FetchStatuses(),
            new Effect.AnswerRequest(ID, "per_1", new Reply.Allow()),
            new Effect.FetchRequests(),
            new Effect.CheckResult(ID, 1, "{}", "{}"),
            new Effect.SendNotice(NOTICE, true, false),
            new Effect.ProbeNotice(NOTICE));
    List<Manner> manners =
        List.of(
            new Manner(new IllegalStateException("broken"), null),
            new Manner(new NoClassDefFoundError("put together from parts that do not fit"), null),
            new Manner(null, null),
            new Manner(null, CompletableFuture.completedFuture(null)),
            new Manner(null, CompletableFuture.failedFuture(new IllegalStateException("broken"))),
            new Manner(null, CompletableFuture.failedFuture(new StackOverflowError())));
    return effects.stream()
        .flatMap(
            effect ->
                manners.stream()
                    .map(
                        manner ->
                            Arguments.of(
                                effect.getClass().getSimpleName(),
                                manners.indexOf(manner),
                                effect,
                                manner)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("awkwardHosts")
  void whatever_a_host_answers_the_ledger_is_told_something(
      String name, int number, Effect effect, Manner manner) {
    SessionClient awkward =
        (SessionClient)
            Proxy.newProxyInstance(
                SessionClient.class.getClassLoader(),
                new Class<?>[] {SessionClient.class},
                (proxy, method, arguments) -> manner.answer());
    run(awkward, effect);

    assertThat(inputs).hasSize(1);
  }

  private ProbeResult look(String promptId) {
    return look(promptId, false);
  }

  private ProbeResult look(String promptId, boolean sought) {
    inputs.clear();
    run(sessions, new Effect.Probe(ID, 2, "child", promptId, promptId, sought, true));
    assertThat(inputs).hasSize(1);
    return ((Input.Probed) inputs.get(0)).result();
  }

  /** The prompt is far back in this session. */
  private void talkForLong() {
    sessions.addSession("child");
    turn("msg_prompt", "first");
    for (int i = 0; i < 30; i++) {
      turn("msg_later_" + i, "later " + i);
    }
  }

  private void turn(String messageId, String answer) {
    prompt("child", messageId, "agent", null);
    sessions.finish("child", answer);
  }

  private void prompt(String session, String messageId, String agent, ModelRef model) {
    var unused =
        sessions.prompt(
            new Prompt(session, messageId, "do it", agent, model, null, Set.of(), true, null));
  }

  private void run(SessionClient client, Effect effect) {
    new EffectRunner(
            InlineClients.around(client),
            event -> {},
            SettingsReader.defaults(),
            Runnable::run,
            new ResultChecks(Runnable::run, Runnable::run),
            reply -> {},
            inputs::add)
        .run(effect);
  }
}
