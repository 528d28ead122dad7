package dev.sideline.host.tasks;

import static dev.sideline.host.opencode.harness.RealOpenCode.WORKER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.Message;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.model.Reply;
import dev.sideline.host.model.ScriptedModelServer;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many tasks at once with a model that is not to be relied on, on a real OpenCode server. */
@LeakCheck.OncePerClass
class ManyTasksOnOpenCodeIT extends OnOpenCode {

  private static final int TASKS = 50;
  private static final int AT_ONCE = 8;

  @BeforeEach
  void open() {
    openHost("max_running", Integer.toString(AT_ONCE), "max_running_per_parent", "0");
  }

  @Test
  void all_of_fifty_tasks_end_and_each_is_announced_once_whatever_their_model_does() {
    long seed = Long.getLong("sideline.seed", System.nanoTime());
    Random random = new Random(seed);
    Map<String, Fate> fates = new LinkedHashMap<>();
    StringBuilder script = new StringBuilder("-Dsideline.seed=" + seed + ":");
    for (int i = 0; i < TASKS; i++) {
      String prompt = "errand number " + i + ".";
      Fate fate = Fate.values()[random.nextInt(Fate.values().length)];
      fate.play(opencode.model().whenAsked(prompt), i);
      script.append(' ').append(i).append('=').append(fate);
      fates.put(host.launch(parent, WORKER, prompt), fate);
    }
    System.out.println(script);

    Set<String> tooMany = new HashSet<>();
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              Map<String, SessionStatus> busy = TaskHost.get(host.sessions().statuses());
              long children = busy.keySet().stream().filter(id -> !id.equals(parent)).count();
              if (children > AT_ONCE) {
                tooMany.add(busy.toString());
              }
              return ended().containsAll(fates.keySet());
            });
    assertThat(tooMany).as("at work at once; %s", script).isEmpty();

    for (Map.Entry<String, Fate> task : fates.entrySet()) {
      JsonNode shown = host.task(parent, task.getKey());
      assertThat(shown.path("status").asText())
          .as(() -> task + " is " + shown + " after " + said(shown) + "; " + script)
          .matches(task.getValue()::mayEnd);
    }
    await()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(
            () -> assertThat(announced()).containsExactlyInAnyOrderElementsOf(fates.keySet()));
    List<Message> notices = host.notices(parent);
    assertThat(notices)
        .extracting(Message::id)
        .containsExactlyElementsOf(
            host.published(PluginEvent.NoticeSent.class).stream()
                .map(PluginEvent.NoticeSent::messageId)
                .toList());
    assertThat(notices.get(notices.size() - 1).text()).contains("All of your background tasks");
    assertThat(host.published(PluginEvent.AllTasksEnded.class))
        .extracting(PluginEvent.AllTasksEnded::sessionId)
        .contains(parent);
  }

  /** The messages of a task's session. */
  private String said(JsonNode task) {
    return TaskHost.get(host.sessions().messages(task.path("session_id").asText(), 20)).toString();
  }

  /** Tasks that have ended, each of which may be there once only. */
  private Set<String> ended() {
    Set<String> ended = new HashSet<>();
    for (PluginEvent.TaskChanged change : host.published(PluginEvent.TaskChanged.class)) {
      if (change.status().terminal()) {
        assertThat(ended.add(change.taskId())).as("%s ended twice", change).isTrue();
      }
    }
    return ended;
  }

  private List<String> announced() {
    return host.published(PluginEvent.NoticeSent.class).stream()
        .flatMap(notice -> notice.taskIds().stream())
        .toList();
  }

  /** What happens to a task. */
  private enum Fate {
    ANSWERS,
    USES_TOOLS,
    IS_SLOWED_DOWN,
    STUMBLES,
    IS_CUT,
    IS_REFUSED,
    SAYS_NOTHING;

    void play(ScriptedModelServer.Rule rule, int number) {
      Reply answer = Reply.text("answer " + number);
      switch (this) {
        case ANSWERS -> rule.reply(answer);
        case USES_TOOLS ->
            rule.reply(Reply.tool("bash", "{\"command\":\"echo 1\",\"description\":\"look\"}"))
                .reply(answer);
        case IS_SLOWED_DOWN -> rule.reply(Reply.error(429, "slow down")).reply(answer);
        case STUMBLES -> rule.reply(Reply.error(500, "oops")).reply(answer);
        case IS_CUT -> rule.reply(Reply.text("half an ans").thenCut()).reply(answer);
        case IS_REFUSED -> rule.reply(Reply.error(400, "no"));
        case SAYS_NOTHING -> rule.reply(Reply.empty());
      }
    }

    boolean mayEnd(String status) {
      return switch (this) {
        case ANSWERS, USES_TOOLS, IS_SLOWED_DOWN, STUMBLES -> status.equals("completed");
        case IS_REFUSED -> status.equals("failed");
        case IS_CUT, SAYS_NOTHING -> status.equals("completed") || status.equals("failed");
      };
    }
  }
}
