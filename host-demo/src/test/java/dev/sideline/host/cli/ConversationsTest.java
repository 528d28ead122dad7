package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Reach;
import dev.sideline.api.SessionClient;
import dev.sideline.api.testing.RecordingSessionClient;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sessions of conversations that other programs hold. */
class ConversationsTest {

  private final Conversations conversations = new Conversations(new RecordingSessionClient());

  @Test
  void a_session_of_one_is_told_in_answers_and_all_others_as_their_runtime_says() {
    conversations.heldElsewhere("ses_client");

    assertThat(conversations.reach("ses_client")).isEqualTo(Reach.ANSWERED);
    assertThat(conversations.reach("ses_task")).isEqualTo(Reach.WOKEN);
    assertThat(conversations.usualReach()).isEqualTo(Reach.ANSWERED);
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
