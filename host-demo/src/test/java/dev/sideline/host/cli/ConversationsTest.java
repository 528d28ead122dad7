package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.Message;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reach;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.testing.RecordingSessionClient;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sessions of conversations that other programs hold. */
class ConversationsTest {

  private final RecordingSessionClient sessions = new RecordingSessionClient();
  private final Conversations conversations = new Conversations(sessions);
  private final List<String> woken = new ArrayList<>();

  @Test
  void a_session_of_one_is_told_in_answers_and_all_others_as_their_runtime_says() {
    conversations.heldElsewhere("ses_client");

    assertThat(conversations.reach("ses_client")).isEqualTo(Reach.ANSWERED);
    assertThat(conversations.reach("ses_task")).isEqualTo(Reach.WOKEN);
    assertThat(conversations.usualReach()).isEqualTo(Reach.ANSWERED);
  }

  @Test
  void one_that_can_be_woken_gets_what_wakes_it_from_its_program_and_keeps_it_for_whoever_looks() {
    sessions.addSession("ses_codex");
    conversations.heldElsewhere("ses_codex", text -> told(text, null));

    conversations
        .prompt(Prompt.of("ses_codex", "msg_1", "all have ended"))
        .toCompletableFuture()
        .join();
    conversations
        .prompt(Prompt.of("ses_codex", "msg_2", "one has ended").withoutWaking())
        .toCompletableFuture()
        .join();

    assertThat(conversations.reach("ses_codex")).isEqualTo(Reach.WOKEN);
    assertThat(woken).containsExactly("all have ended");
    assertThat(sessions.messages("ses_codex", 10).toCompletableFuture().join())
        .extracting(Message::id)
        .containsExactlyInAnyOrder("msg_1", "msg_2");
    assertThat(sessions.working("ses_codex")).isFalse();
  }

  @Test
  void what_its_program_has_not_taken_is_not_kept_as_if_it_had() {
    sessions.addSession("ses_codex");
    SessionException busy = new SessionException(SessionException.Code.UNAVAILABLE, "no");
    conversations.heldElsewhere("ses_codex", text -> told(text, busy));

    assertThatThrownBy(
            () ->
                conversations
                    .prompt(Prompt.of("ses_codex", "msg_1", "all have ended"))
                    .toCompletableFuture()
                    .join())
        .hasCause(busy);
    assertThat(sessions.messages("ses_codex", 10).toCompletableFuture().join()).isEmpty();
  }

  private CompletionStage<Void> told(String text, SessionException failure) {
    woken.add(text);
    return failure == null
        ? CompletableFuture.completedStage(null)
        : CompletableFuture.failedStage(failure);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void what_it_does_not_decide_it_passes_on(Method method) throws NoSuchMethodException {
    assertThat(
            Conversations.class
                .getMethod(method.getName(), method.getParameterTypes())
                .getDeclaringClass())
        .isEqualTo(Conversations.class);
  }

  static Stream<Method> methods() {
    return Stream.of(SessionClient.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()));
  }
}
