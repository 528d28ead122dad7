package dev.sideline.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoInteractions;

import dev.sideline.api.HostContext;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.SessionClient;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.NextCall;
import dev.sideline.api.testing.RecordingSessionClient;
import dev.sideline.api.testing.SessionCall;
import dev.sideline.api.testing.TestHost;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What a disposed plugin does with what still comes in. The host is a mock around the fake, for it
 * notices a call of any method, also of one that the contract does not have yet.
 */
class DisposedTest {

  private final TestHost fake = new TestHost().setting("dispose_seconds", "1");
  private final RecordingSessionClient fakeSessions = fake.sessions();
  private final SessionClient sessions = mock(SessionClient.class, delegatesTo(fakeSessions));
  private final HostContext host = mock(HostContext.class, delegatesTo(fake));

  @Test
  void nothing_of_the_host_is_called_whatever_still_comes_in() {
    doReturn(sessions).when(host).sessions();
    fakeSessions.addSession("parent");
    PluginHooks hooks = new BackgroundPlugin().activate(host);
    fakeSessions.onEvent(hooks::onEvent);
    assertThat(launch(hooks).error()).isFalse();
    await().until(() -> !fakeSessions.calls(SessionCall.SendPrompt.class).isEmpty());
    String task = fakeSessions.sessions().get(1).id();
    NextCall.Held abort = fakeSessions.next(SessionCall.Abort.class).isHeld();

    hooks.dispose();
    clearInvocations(host, sessions);

    fakeSessions.write(task, "late");
    abort.release();
    hooks.onEventsLost();
    assertThat(launch(hooks).error()).isTrue();
    verifyNoInteractions(host, sessions);
  }

  private static ToolResult launch(PluginHooks hooks) {
    String arguments = "{\"description\": \"work\", \"agent\": \"worker\", \"prompt\": \"Work.\"}";
    return hooks
        .tool("background_task")
        .callAndWait(ToolCall.of("parent", arguments), Duration.ofSeconds(10));
  }
}
