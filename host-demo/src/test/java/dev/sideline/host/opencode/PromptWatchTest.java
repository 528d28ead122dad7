package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Message;
import dev.sideline.api.Prompt;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.Usage;
import dev.sideline.host.EventSink;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PromptWatchTest {

  private static final String SESSION = "ses_1";
  private static final SessionEvent IDLE = new SessionEvent.Idle(SESSION);

  private final List<Prompt> sentAgain = new ArrayList<>();
  private final RecordingSink sink = new RecordingSink();
  private CompletableFuture<List<Message>> newest =
      CompletableFuture.completedFuture(List.of(message("msg_2", Message.Role.USER)));
  private final PromptWatch watch =
      new PromptWatch(
          (session, limit) -> newest,
          prompt -> {
            sentAgain.add(prompt);
            return CompletableFuture.completedFuture(null);
          });
  private final EventSink events = watch.before(sink);
  private final Prompt prompt = prompt("msg_2", true);

  @Test
  void a_prompt_that_the_server_sleeps_over_is_sent_again_as_it_was() {
    watch.sending(prompt);
    events.accept(IDLE);

    assertThat(sentAgain).containsExactly(prompt);
    assertThat(sink.events()).containsExactly(IDLE);
  }

  @Test
  void a_prompt_whose_answer_has_begun_is_left_alone() {
    watch.sending(prompt);
    events.accept(updated(message("msg_3", Message.Role.ASSISTANT)));
    events.accept(IDLE);

    assertThat(sentAgain).isEmpty();
  }

  @Test
  void the_answer_to_an_earlier_prompt_is_none_to_this() {
    watch.sending(prompt);
    events.accept(updated(message("msg_1", Message.Role.ASSISTANT)));
    events.accept(updated(message("msg_2", Message.Role.USER)));
    events.accept(IDLE);

    assertThat(sentAgain).containsExactly(prompt);
  }

  @Test
  void a_prompt_that_has_not_come_yet_is_waited_for() {
    watch.sending(prompt);
    newest = CompletableFuture.completedFuture(List.of(message("msg_1", Message.Role.ASSISTANT)));
    events.accept(IDLE);
    assertThat(sentAgain).isEmpty();

    newest = CompletableFuture.completedFuture(List.of(message("msg_2", Message.Role.USER)));
    events.accept(IDLE);
    assertThat(sentAgain).containsExactly(prompt);
  }

  @Test
  void a_session_that_is_stopped_is_not_woken() {
    watch.sending(prompt);
    CompletableFuture<List<Message>> late = new CompletableFuture<>();
    newest = late;
    events.accept(IDLE);
    watch.stopping(SESSION);
    late.complete(List.of(message("msg_2", Message.Role.USER)));

    assertThat(sentAgain).isEmpty();
  }

  @Test
  void a_prompt_that_wakes_nobody_is_never_repeated() {
    watch.sending(prompt("msg_2", false));
    events.accept(IDLE);

    assertThat(sentAgain).isEmpty();
  }

  @Test
  void a_server_that_never_wakes_is_left_in_peace() {
    watch.sending(prompt);
    for (int i = 0; i < 20; i++) {
      events.accept(IDLE);
    }

    assertThat(sentAgain).hasSize(3);
  }

  @Test
  void a_failed_look_is_no_harm() {
    watch.sending(prompt);
    newest =
        CompletableFuture.failedFuture(
            new SessionException(SessionException.Code.UNAVAILABLE, "away"));
    events.accept(IDLE);

    assertThat(sentAgain).isEmpty();
  }

  private static SessionEvent updated(Message message) {
    return new SessionEvent.MessageUpdated(SESSION, message);
  }

  private static Message message(String id, Message.Role role) {
    return new Message(
        id, role, Instant.EPOCH, null, null, null, "", List.of(), null, null, null, Usage.NONE);
  }

  private static Prompt prompt(String messageId, boolean wake) {
    return new Prompt(SESSION, messageId, "text", "worker", null, null, Set.of(), wake, null);
  }
}
