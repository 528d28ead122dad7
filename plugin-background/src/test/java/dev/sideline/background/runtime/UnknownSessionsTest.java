package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.NewSession;
import dev.sideline.api.Reach;
import dev.sideline.api.Session;
import dev.sideline.api.SessionException;
import dev.sideline.api.testing.NextCall;
import dev.sideline.api.testing.RecordingSessionClient;
import dev.sideline.api.testing.SessionCall;
import dev.sideline.api.testing.SettableClock;
import dev.sideline.background.engine.protocol.Input;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UnknownSessionsTest {

  private final SettableClock clock = new SettableClock();
  private final RecordingSessionClient sessions = new RecordingSessionClient();
  private final List<Input> inputs = new ArrayList<>();
  private final UnknownSessions unknownSessions =
      new UnknownSessions(
          InlineClients.around(sessions),
          clock::millis,
          Runnable::run,
          Set.of("parent")::contains,
          inputs::add);

  @BeforeEach
  void sessions() {
    sessions.addSession("parent");
    sessions.addSession("elsewhere");
  }

  @Test
  void a_child_that_the_host_has_created_under_a_session_with_tasks_is_told() {
    Session child = sessions.addSession("child", "parent");

    unknownSessions.met("child");

    assertThat(inputs).containsExactly(new Input.ChildAppeared(child, Reach.WOKEN));
  }

  @Test
  void nothing_else_is() {
    sessions.addSession("other", "elsewhere");
    Session launched =
        sessions
            .create(new NewSession("parent", "a task", null, Map.of("sideline.task", "bg_1")))
            .toCompletableFuture()
            .join();

    unknownSessions.met("elsewhere");
    unknownSessions.met("other");
    unknownSessions.met("gone");
    unknownSessions.met(launched.id());

    assertThat(inputs).isEmpty();
  }

  @Test
  void a_session_is_asked_about_once_and_again_much_later() {
    sessions.addSession("other", "elsewhere");
    for (int event = 0; event < 100; event++) {
      unknownSessions.met("other");
    }
    assertThat(asked()).isEqualTo(1);
    assertThat(unknownSessions.mayMatter("other")).isFalse();

    clock.advance(Duration.ofHours(1));
    assertThat(unknownSessions.mayMatter("other")).isTrue();
    unknownSessions.met("other");
    assertThat(asked()).isEqualTo(2);
  }

  @Test
  void while_it_is_asked_about_it_is_not_asked_about_again() {
    NextCall.Held held = sessions.next(SessionCall.Get.class).isHeld();
    sessions.addSession("child", "parent");
    unknownSessions.met("child");
    unknownSessions.met("child");
    assertThat(unknownSessions.mayMatter("child")).isFalse();

    held.release();

    assertThat(asked()).isEqualTo(1);
    assertThat(inputs).hasSize(1);
  }

  @Test
  void a_host_that_does_not_answer_is_not_asked_at_every_event() {
    sessions
        .next(SessionCall.Get.class)
        .fails(new SessionException(SessionException.Code.UNAVAILABLE, "down"));
    sessions.addSession("child", "parent");

    unknownSessions.met("child");
    unknownSessions.met("child");

    assertThat(asked()).isEqualTo(1);
    assertThat(inputs).isEmpty();
  }

  @Test
  void few_are_asked_about_at_once_and_not_many_wait() {
    for (int call = 0; call < 4; call++) {
      sessions.next(SessionCall.Get.class).neverAnswers();
    }
    for (int session = 0; session < 5_000; session++) {
      unknownSessions.met("session-" + session);
    }

    assertThat(asked()).isEqualTo(4);
    assertThat(unknownSessions.mayMatter("session-4999")).isFalse();
    assertThat(unknownSessions.mayMatter("one-more")).isFalse();
  }

  private int asked() {
    return sessions.calls(SessionCall.Get.class).size();
  }
}
