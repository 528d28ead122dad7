package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Prompt;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.testing.NextCall;
import dev.sideline.api.testing.RecordingSessionClient;
import dev.sideline.api.testing.SessionCall;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SharedStatusesTest {

  private final RecordingSessionClient client = new RecordingSessionClient();
  private final SharedStatuses statuses = new SharedStatuses(InlineClients.around(client));

  @Test
  void whoever_asks_while_nobody_does_asks_the_host() {
    assertThat(statuses.fetch()).isCompletedWithValue(Map.of());
    assertThat(statuses.fetch()).isCompletedWithValue(Map.of());
    assertThat(asked()).isEqualTo(2);
  }

  @Test
  void those_who_ask_meanwhile_share_one_request_that_begins_after() {
    NextCall.Held first = client.next(SessionCall.GetStatuses.class).isHeld();
    NextCall.Held second = client.next(SessionCall.GetStatuses.class).isHeld();
    CompletableFuture<Map<String, SessionStatus>> early = statuses.fetch();
    CompletableFuture<Map<String, SessionStatus>> late = statuses.fetch();
    CompletableFuture<Map<String, SessionStatus>> later = statuses.fetch();
    assertThat(asked()).isEqualTo(1);

    first.release();
    assertThat(early).isCompletedWithValue(Map.of());
    assertThat(late).isNotDone();
    assertThat(asked()).isEqualTo(2);

    client.addSession("busy");
    assertThat(
            client.prompt(new Prompt("busy", "m", "work", null, null, null, Set.of(), true, null)))
        .isCompleted();
    second.release();
    assertThat(late).isCompletedWithValue(Map.of("busy", SessionStatus.BUSY));
    assertThat(later).isCompletedWithValue(Map.of("busy", SessionStatus.BUSY));
    assertThat(asked()).isEqualTo(2);
  }

  @Test
  void a_failure_is_told_to_those_it_concerns_and_the_next_request_is_made() {
    NextCall.Held held = client.next(SessionCall.GetStatuses.class).isHeld();
    client
        .next(SessionCall.GetStatuses.class)
        .fails(new SessionException(Code.UNAVAILABLE, "no host"));
    CompletableFuture<Map<String, SessionStatus>> early = statuses.fetch();
    CompletableFuture<Map<String, SessionStatus>> late = statuses.fetch();

    held.release();

    assertThat(early).isCompletedWithValue(Map.of());
    assertThat(late).isCompletedExceptionally();
    assertThat(statuses.fetch()).isCompletedWithValue(Map.of());
  }

  private int asked() {
    return client.calls(SessionCall.GetStatuses.class).size();
  }
}
