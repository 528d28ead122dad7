package dev.sideline.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.Session;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.SessionCall;
import dev.sideline.api.testing.TestHost;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The plugin as a host sees it: tools, events, dispose. */
class BackgroundPluginTest {

  private final TestHost host = new TestHost();

  @BeforeEach
  void activate() {
    host.activate(new BackgroundPlugin());
    host.sessions().addSession("parent");
  }

  @AfterEach
  void dispose() {
    host.close();
  }

  @Test
  void the_plugin_says_what_it_is_and_what_can_be_set() {
    BackgroundPlugin plugin = new BackgroundPlugin();

    assertThat(plugin.id()).isEqualTo("sideline-background");
    assertThat(plugin.version()).isNotEmpty();
    assertThat(plugin.settings())
        .anySatisfy(
            setting -> {
              assertThat(setting.key()).isEqualTo("max_running");
              assertThat(setting.defaultValue()).isEqualTo("16");
              assertThat(setting.choices()).isEmpty();
            })
        .anySatisfy(
            setting -> {
              assertThat(setting.key()).isEqualTo("when_full");
              assertThat(setting.choices()).containsExactly("wait", "refuse");
              assertThat(setting.allowed()).isEqualTo("wait or refuse");
            })
        .allSatisfy(
            setting ->
                assertThat(
                        setting.choices().isEmpty()
                            || setting.choices().contains(setting.defaultValue()))
                    .isTrue());
  }

  @Test
  void a_task_runs_in_a_child_session_and_its_answer_is_read() {
    String id = launch("parent", "count the files");
    String child = childOf("parent");

    host.sessions().finish(child, "there are 42");

    ToolResult output = call("background_output", "{\"task_id\":\"" + id + "\",\"wait\":\"all\"}");
    assertThat(output.error()).isFalse();
    assertThat(output.text()).contains("completed").contains("there are 42").contains("fence=");
    assertThat(output.structured()).contains("\"output\":\"there are 42\"");
  }

  @Test
  void a_parent_that_does_not_read_is_told() {
    String id = launch("parent", "count the files");

    host.sessions().finish(childOf("parent"), "there are 42");

    await()
        .untilAsserted(
            () ->
                assertThat(host.sessions().transcript("parent"))
                    .anySatisfy(
                        message ->
                            assertThat(message.text())
                                .contains("All of your background tasks have ended")
                                .contains(id)));
  }

  @Test
  void a_cancelled_task_has_really_stopped_when_the_call_returns() {
    String id = launch("parent", "count for ever");
    String child = childOf("parent");

    ToolResult cancelled = call("background_cancel", "{\"task_id\":\"" + id + "\"}");

    assertThat(cancelled.text()).startsWith("Stopped:").contains(id);
    assertThat(host.sessions().working(child)).isFalse();
  }

  private String launch(String caller, String prompt) {
    ToolResult launched =
        call(
            caller,
            "background_task",
            "{\"description\":\"a test\",\"agent\":\"worker\",\"prompt\":\"" + prompt + "\"}");
    assertThat(launched.error()).as(launched.text()).isFalse();
    String structured = launched.structured();
    assertThat(structured).isNotNull();
    int at = structured.indexOf("bg_");
    return structured.substring(at, structured.indexOf('"', at));
  }

  private String childOf(String parent) {
    await()
        .untilAsserted(
            () -> assertThat(host.sessions().calls(SessionCall.SendPrompt.class)).isNotEmpty());
    List<Session> children =
        host.sessions().sessions().stream().filter(s -> parent.equals(s.parentId())).toList();
    return children.get(children.size() - 1).id();
  }

  private ToolResult call(String tool, String arguments) {
    return call("parent", tool, arguments);
  }

  private ToolResult call(String caller, String tool, String arguments) {
    return host.call(tool, caller, arguments)
        .toCompletableFuture()
        .orTimeout(5, TimeUnit.SECONDS)
        .join();
  }
}
